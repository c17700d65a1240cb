#!/usr/bin/env python3
"""Checkpoints in S3: the contract of checkpoint storage, kill -9 and resume, savepoints, two runs of one job.

usage: s3.py MILLRACE STORE_TESTS [--faults | --endpoint URL] [--kills N]
Against tests/support/fake_s3; with --faults the contract and the kills while it has faults (errors, throttling, cut
connections, answers lost behind their effect); with --endpoint against that server, which takes the account in AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY and has a bucket `millrace-test`.
"""
import argparse
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
FAKE = HERE.parent.parent / "support/fake_s3/fake_s3.py"
KILL_STORM = HERE.parent / "kill_storm/kill_storm.py"
sys.path[:0] = [str(FAKE.parent), str(KILL_STORM.parent)]

import fake_s3  # noqa: E402
from kill_storm import command, committed, compare  # noqa: E402

LOCATION = f"s3://millrace-test/{os.getpid()}"
FAULTS = "error:ANY:9,throttle:ANY:13,cut:ANY:17,lost:PUT:5,lost:POST:2,lost:DELETE:7,slow:GET:50"
LOST_SWAPS = "lost:PUT:2:pointer,cut:PUT:7:pointer"
QUICK = ["--set", "s3.retry.interval=1 ms", "--set", "s3.attempts.maximum=12"]


@contextlib.contextmanager
def fake(faults=""):
    """A fake server; gives the environment of its clients."""
    server = subprocess.Popen([sys.executable, str(FAKE), "--faults", faults], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().split()[-1]
        yield {**os.environ, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
               "AWS_ACCESS_KEY_ID": fake_s3.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": fake_s3.SECRET_KEY}
    finally:
        server.stdin.close()
        server.wait()


def stats(environment):
    with urllib.request.urlopen(environment["AWS_ENDPOINT_URL_S3"] + "/-/stats") as answer:
        return json.load(answer)


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what, flush=True)
    if not holds:
        sys.exit(text)


def contract(args, environment, name):
    done = subprocess.run([args.store_tests, "--gtest_brief=1"], capture_output=True, text=True,
                          env={**environment, "MILLRACE_S3_LOCATION": f"{LOCATION}/contract"})
    check(f"contract of the store, {name}", done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:])


def storm(args, environment, name):
    words = [sys.executable, str(KILL_STORM), args.binary, "--kills", str(args.kills), "--seed", "11", "--events", "20000",
             "--state", f"{LOCATION}/{name}", *QUICK]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    check(f"{args.kills} times kill -9 and resume, {name}: nothing lost or doubled", done.returncode == 0,
          done.stdout + done.stderr)


def run_words(args, out, fast, *extra):
    return command(args.binary, out, 200000, fast, 5, ["--log-checkpoints", *QUICK, *extra])


def wait_for_checkpoints(process, jobs):
    seen = set()
    for line in process.stderr:
        if "is complete" in line:
            seen.add(line.split(":")[0])
        if len(seen) == jobs:
            return
    sys.exit("the job ended before its checkpoints")


def savepoints_and_views(args, environment, folder):
    """A job that stops with savepoints in S3; what `state` says of them; a job that goes on from them."""
    state = f"{LOCATION}/savepoint"
    whole = folder / "whole"
    subprocess.run(run_words(args, whole, "true"), capture_output=True, check=True, env=environment)
    words = run_words(args, folder / "parts", "false", "--checkpoint-dir", state, "--savepoint-on-exit")
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment)
    wait_for_checkpoints(process, 4)
    refused = subprocess.run(run_words(args, folder / "other", "true", "--checkpoint-dir", state), capture_output=True,
                             text=True, env=environment)
    check("a second run without --resume is refused", refused.returncode == 2 and "--resume" in refused.stderr,
          refused.stderr)
    process.send_signal(signal.SIGINT)
    text = process.stderr.read()
    check("and the first goes on to its savepoints", process.wait() == 130 and text.count(" savepoint s3://") == 4, text)
    views(args, environment, state)
    done = subprocess.run(run_words(args, folder / "parts", "true", "--from-savepoint", f"{state}/savepoints"),
                          capture_output=True, text=True, env=environment)
    check("a job goes on from savepoints in S3", done.returncode == 0, done.stderr)
    check("exactly", not compare(committed(whole), committed(folder / "parts")))


def views(args, environment, state):
    def ask(*words, code=0):
        done = subprocess.run([args.binary, "state", *words], capture_output=True, text=True, env=environment)
        check("state " + " ".join(words).replace(LOCATION, "..."), done.returncode == code, done.stdout + done.stderr)
        return done.stdout
    jobs = [line.split()[0] for line in ask("ls", state).splitlines()]
    check("lists the jobs", jobs == ["job-1", "job-2", "job-3", "job-4"], str(jobs))
    savepoint = state + "/savepoints/" + ask("ls", f"{state}/savepoints").split()[0]
    check("shows operators", "operator " in ask("show", f"{state}/job-1"))
    check("verifies", ask("verify", savepoint).startswith("ok: "))
    check("has rows", ask("cat", savepoint, "--limit", "3").count("\n") == 3)
    ask("diff", savepoint, savepoint)
    ask("show", f"{LOCATION}/nowhere", code=2)


def take_over(args, environment, folder):
    """A second run takes a job over while the first is alive: the first stops, and the output is exact."""
    state = f"{LOCATION}/taken"
    out = folder / "taken"
    words = run_words(args, out, "false", "--checkpoint-dir", state)
    first = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment)
    wait_for_checkpoints(first, 4)
    second = subprocess.run(run_words(args, out, "true", "--checkpoint-dir", state, "--resume"), capture_output=True,
                            text=True, env=environment)
    text = first.stderr.read()
    # Its sinks may notice first: what they had staged for a checkpoint that cannot be is gone.
    check("the first of two runs stops", first.wait() == 1 and ("6004" in text or "4001" in text), text)
    check("the second ends", second.returncode == 0, second.stderr)
    check("and what they committed is exact", not compare(committed(folder / "whole"), committed(out)))


def leaves_nothing(environment):
    left = stats(environment)
    check("no upload is left over", left["uploads"] == 0, str(left))
    halves = [o for o in left["objects"] if "/storm/" in o and "/chk-" in o]
    folders = {o.split("/chk-")[0] + "/chk-" + o.split("/chk-")[1].split("/")[0] for o in halves}
    check("one checkpoint per job is left", len(folders) <= 4, str(sorted(folders)))


def faults_of_the_server(args):
    for title, faults in (("with faults", FAULTS), ("with lost answers to swaps", LOST_SWAPS)):
        with fake(faults) as faulty:
            contract(args, faulty, title)
            storm(args, faulty, title.replace(" ", "-"))
            print("     faults:", stats(faulty)["counts"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("store_tests")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--endpoint")
    parser.add_argument("--kills", type=int, default=3)
    args = parser.parse_args()
    if args.faults:
        return faults_of_the_server(args)
    with tempfile.TemporaryDirectory(prefix="millrace-s3-") as name, contextlib.ExitStack() as stack:
        real = {**os.environ, "AWS_ENDPOINT_URL_S3": args.endpoint or ""}
        environment = real if args.endpoint else stack.enter_context(fake())
        contract(args, environment, "without faults")
        storm(args, environment, "storm")
        if not args.endpoint:
            leaves_nothing(environment)
        savepoints_and_views(args, environment, pathlib.Path(name))
        take_over(args, environment, pathlib.Path(name))
    return None


if __name__ == "__main__":
    main()
