#!/usr/bin/env python3
"""Kills a SELECT that prints into a file, goes on with it, and compares the file with that of an undisturbed run.

usage: select_output.py MILLRACE [--seed N]
"""
import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile

from operators import EVENTS

KILLED_AT = ["trigger", "write", "acknowledge", "manifest", "rename", "sync", "notify", "settle"]
QUERIES = {
    "rows": "SELECT bidder, auction, price FROM bids WHERE price > 100",
    "windows": "SELECT window_start, auction, COUNT(*) AS bids FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at_time),"
               " INTERVAL '0.02' SECOND)) GROUP BY window_start, window_end, auction",
    "changes": "SELECT bidder, COUNT(*) AS bids, MAX(price) AS highest FROM bids GROUP BY bidder",
}


class Select:
    """A SELECT and the file that its runs append to."""

    def __init__(self, binary, folder, query):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.script = self.folder / "select.sql"
        tables = EVENTS[:EVENTS.index("CREATE TABLE answer")]
        self.script.write_text(f"{tables}{query};\n")

    def run(self, out, state, *words, fast="false", fail_point="", mode="ab"):
        command = [self.binary, "run", str(self.script), "--output", "json", "--quiet", "--define", "EVENTS=1500",
                   "--define", f"FAST={fast}", "--checkpoint-dir", str(self.folder / state), *words]
        with open(self.folder / out, mode) as stdout:
            done = subprocess.run(command, env=dict(os.environ, MILLRACE_FAIL_POINT=fail_point), stdout=stdout,
                                  stderr=subprocess.PIPE, text=True, timeout=300)
        return done.returncode, done.stderr

    def rows(self, out):
        """The answer as a multiset: changes are folded."""
        rows = collections.Counter()
        for line in (self.folder / out).read_text().splitlines():
            if line.startswith("#"):
                continue
            change = json.loads(line)
            rows[json.dumps(change["row"])] += 1 if change["op"] in ("+I", "+U") else -1
        return {row: n for row, n in rows.items() if n}


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(text)


def kill_and_go_on(select, chance, expected, name):
    out, state = f"{name}.out", f"{name}.state"
    (select.folder / out).write_text("# what was there before stays\n")
    steps = [f"{chance.choice(KILLED_AT)}:kill:{chance.randint(1, 4)}" for _ in range(3)]
    killed = 0
    for step in [*steps, ""]:
        code, text = select.run(out, state, "--resume", fail_point=step, fast="false" if step else "true")
        check(f"{name}: a run ends as told at {step or 'its end'}", code in ([0, -signal.SIGKILL] if step else [0]), text)
        killed += code == -signal.SIGKILL
    rows = select.rows(out)
    lost = {r: n for r, n in expected.items() if rows.get(r, 0) < n}
    more = {r: n for r, n in rows.items() if expected.get(r, 0) < n}
    check(f"{name}: killed {killed} times, no row is lost or doubled", rows == expected,
          f"lost {list(lost.items())[:3]}, doubled {list(more.items())[:3]}, killed at {steps}")
    check(f"{name}: what was there stays", (select.folder / out).read_text().startswith("# what was there"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    for name, query in QUERIES.items():
        with tempfile.TemporaryDirectory(prefix="millrace-select-") as folder:
            select = Select(args.binary, folder, query)
            code, text = select.run("whole", "whole.state", fast="true")
            expected = select.rows("whole")
            check(f"{name}: an undisturbed run", code == 0 and expected, text)
            for i in range(3):
                kill_and_go_on(select, chance, expected, f"{name}-{i}")


main()
