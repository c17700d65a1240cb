#!/usr/bin/env python3
"""Stops millrace at every step of its checkpoints, resumes it, and compares what it committed with an undisturbed run.

usage: fail_points.py MILLRACE DISK_FAULTS_LIBRARY [--full] [--seed N] [--case CASE ...]
At each step the process is killed (what was not synced is lost, tests/support/disk_faults), or the step fails, or it is
delayed beyond the checkpoint's time-out. Without --full every step and action is tried with one kind of stateful operator,
drawn from the seed; with it, with all, and with unaligned barriers, too. A failure prints the words that repeat it alone. Exits 0 when no row is lost or
doubled.
"""
import argparse
import collections
import concurrent.futures
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import tempfile

from operators import OPERATORS
from runs import Job, Place

ACTIONS = ["kill", "error", "delay"]
# Step -> how often it may be passed before something happens. A test of every step is a line here.
CASES = {
    "recover": 1, "clear": 1, "trigger": 4, "inject": 4, "align": 4, "freeze": 8, "write": 6, "acknowledge": 6,
    "manifest": 4, "rename": 4, "sync": 4, "clean-up": 4, "notify": 4, "commit": 3, "publish": 3, "publish-sync": 3,
    "settle": 4,
}
# These are passed by a restart only.
OF_RESTARTS = ["recover", "clear"]
# Its failure is no word worth: what is left over goes with the next checkpoint.
SILENT = ["clean-up"]
FEW_PARTITIONS = ["window", "session"]

Case = collections.namedtuple("Case", "step action nth kind parallelism incremental partitioned lose unaligned")


def text_of(case):
    return "/".join(str(field) for field in case)


def case_of(text):
    step, action, nth, kind, parallelism, incremental, partitioned, lose, unaligned = text.split("/")
    return Case(step, action, int(nth), kind, int(parallelism), incremental == "True", partitioned == "True", lose,
                unaligned == "True")


def drawn(step, action, kind, unaligned, chance):
    """A case with the rest drawn. Match recognizes in the order of arrival, so it has one subtask."""
    lose = chance.choice(["all", "in:out", "in:state", f"some:{chance.randrange(1000)}"])
    return Case(step, action, chance.randint(1, CASES[step]), kind, 1 if kind == "match" else chance.choice([1, 2]),
                chance.random() < 0.5, kind in FEW_PARTITIONS and chance.random() < 0.5, lose, unaligned)


def cases(full, seed):
    chance = random.Random(seed)
    for step, action in itertools.product(CASES, ACTIONS):
        if not full:
            yield drawn(step, action, chance.choice(list(OPERATORS)), chance.random() < 0.25, chance)
            continue
        for kind, unaligned in itertools.product(OPERATORS, [False, True]):
            yield drawn(step, action, kind, unaligned, chance)


def check(place, case):
    """What is wrong with the case, empty when nothing is."""
    for nth in (case.nth, case.nth, 1, 1, 1):
        try:
            reached, wrong = attempt(place, case._replace(nth=nth))
        except subprocess.TimeoutExpired:
            return "it hangs"
        if wrong or reached:
            return wrong
    return "the step was never passed"


def attempt(place, case):
    """Whether the step was passed, and what is wrong."""
    runs = place.runs_of(Job(case.kind, case.parallelism, case.incremental, case.partitioned, case.unaligned))
    words = ["--set", "execution.checkpointing.timeout=100 ms"] if case.action == "delay" else []
    disk = {"DISK_FAULTS_BELOW": str(runs.disk), "DISK_FAULTS_LOSE": case.lose}

    def resume(fail_point):
        return runs.run(runs.resuming(*words), MILLRACE_FAIL_POINT=fail_point, **disk)

    if case.step in OF_RESTARTS:
        code, text = resume("settle:kill:2")
        if code != -signal.SIGKILL:
            return False, "" if code == 0 else f"the run before ended with {code}:\n{text}"
    code, text = resume(f"{case.step}:{case.action}:{case.nth}")
    reached = {"kill": code == -signal.SIGKILL, "error": "was told to fail" in text, "delay": True}[case.action]
    if code not in {"kill": [0, -signal.SIGKILL], "error": [0, 1] if reached else [0], "delay": [0]}[case.action]:
        return reached, f"it ended with {code}:\n{text}"
    if code != 0:
        code, text = resume("")
    if code != 0:
        return reached, f"the resumed run ended with {code}:\n{text}"
    return reached or case.step in SILENT, runs.faults(place.expected(case.kind, case.partitioned))


def check_steps(binary):
    """That there is a case for every step that the program has, and none besides."""
    done = subprocess.run([binary, "version"], env=dict(os.environ, MILLRACE_FAIL_POINT="?"), capture_output=True, text=True)
    steps = re.search(r"allowed are (.*)", done.stderr).group(1).split(", ")
    if steps != list(CASES):
        sys.exit(f"the program's steps and this test's cases differ: {set(steps) ^ set(CASES)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("library")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", action="append", default=[])
    args = parser.parse_args()
    check_steps(args.binary)
    todo = [case_of(text) for text in args.case] or list(cases(args.full, args.seed))
    failures = 0
    with tempfile.TemporaryDirectory(prefix="millrace-fail-points-") as folder:
        place = Place(args, folder)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for case, wrong in zip(todo, pool.map(lambda case: check(place, case), todo)):
                print("FAIL" if wrong else "ok  ", text_of(case), wrong and f"{wrong}\n  repeat: --case {text_of(case)}")
                failures += 1 if wrong else 0
    print(f"{len(todo)} cases, {failures} failed, seed {args.seed}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
