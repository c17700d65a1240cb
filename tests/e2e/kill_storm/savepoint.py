#!/usr/bin/env python3
"""Checks what `run` says of its checkpoint directory, and that a job goes on from a savepoint exactly.

usage: savepoint.py MILLRACE [--unaligned]
"""
import pathlib
import signal
import subprocess
import sys
import tempfile

from kill_storm import command, committed, compare

BINARY = sys.argv[1]
UNALIGNED = ["--set", "execution.checkpointing.unaligned.enabled=true"] if "--unaligned" in sys.argv else []


def words(out, state, fast, *extra):
    return command(BINARY, out, 200000, fast, 5, ["--checkpoint-dir", str(state), "--log-checkpoints", *UNALIGNED, *extra])


def run(*args):
    done = subprocess.run(words(*args), capture_output=True, text=True)
    return done.returncode, done.stderr


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(text)


def wait_for_checkpoints(process, jobs):
    """Reads until each of so many jobs has told of a checkpoint."""
    seen = set()
    for line in process.stderr:
        if "is complete" in line:
            seen.add(line.split(":")[0])
        if len(seen) == jobs:
            return
    sys.exit("the job ended before its checkpoints")


def interrupted(out, state):
    """Runs until all jobs have checkpoints, tries a second run meanwhile, stops with savepoints; gives their paths."""
    process = subprocess.Popen(words(out, state, "false", "--savepoint-on-exit"), stderr=subprocess.PIPE, text=True)
    wait_for_checkpoints(process, 4)
    code, text = run(out, state, "true", "--resume")
    check("a second live run is refused", code == 1 and "6004" in text, text)
    process.send_signal(signal.SIGINT)
    text = process.stderr.read()
    check("Ctrl-C ends with 130", process.wait() == 130, text)
    paths = [line.split(" savepoint ")[1] for line in text.splitlines() if " savepoint " in line]
    check("every job has a savepoint", len(paths) == 4, text)
    return paths


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-savepoint-") as folder:
        at = pathlib.Path(folder)
        code, text = run(at / "whole", at / "a", "true")
        check("a run to the end", code == 0, text)
        whole = committed(at / "whole")
        code, text = run(at / "whole", at / "a", "true")
        check("checkpoints of an earlier run are not run over", code == 2 and "--resume" in text, text)
        code, text = run(at / "whole", at / "a", "true", "--resume")
        check("resuming what has ended commits nothing", code == 0 and not compare(whole, committed(at / "whole")), text)

        paths = interrupted(at / "parts", at / "b")
        moved = at / "moved"
        pathlib.Path(paths[0]).parent.rename(moved)
        code, text = run(at / "parts", at / "c", "true", "--from-savepoint", str(moved), "--parallelism", "3")
        check("starting from savepoints that were moved", code == 0, text)
        check("all rows are there once", not compare(whole, committed(at / "parts")))


main()
