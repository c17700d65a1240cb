#!/usr/bin/env python3
"""Stops millrace at every step of its checkpoints, resumes it, and compares what it committed with an undisturbed run.

usage: fail_points.py MILLRACE DISK_FAULTS_LIBRARY [--full] [--seed N] [--case CASE ...]
At each step the process is killed (what was not synced is lost, tests/support/disk_faults), or the step fails, or it is
delayed beyond the checkpoint's time-out. Without --full every step and action is tried with one kind of stateful operator,
drawn from the seed; with it, with all. A failure prints the words that repeat it alone. Exits 0 when no row is lost or
doubled.
"""
import argparse
import collections
import concurrent.futures
import functools
import itertools
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "kill_storm"))
from kill_storm import compare
from operators import OPERATORS, script_of

ACTIONS = ["kill", "error", "delay"]
# Step -> how often it may be passed before something happens. A test of every step is a line here.
CASES = {
    "recover": 1, "clear": 1, "trigger": 4, "inject": 4, "align": 4, "freeze": 8, "write": 6, "acknowledge": 6,
    "manifest": 4, "rename": 4, "sync": 4, "clean-up": 4, "notify": 4, "commit": 3, "publish": 3, "publish-sync": 3,
    "settle": 4,
}
# These are passed by a restart only.
OF_RESTARTS = ["recover", "clear"]
FEW_PARTITIONS = ["window", "session"]
EVENTS = 1500
HANGS_AFTER_S = 120

Case = collections.namedtuple("Case", "step action nth kind parallelism incremental partitioned lose")


def text_of(case):
    return "/".join(str(field) for field in case)


def case_of(text):
    step, action, nth, kind, parallelism, incremental, partitioned, lose = text.split("/")
    return Case(step, action, int(nth), kind, int(parallelism), incremental == "True", partitioned == "True", lose)


def drawn(step, action, kind, chance):
    """A case with the rest drawn. Match recognizes in the order of arrival, so it has one subtask."""
    lose = chance.choice(["all", "in:out", "in:state", f"some:{chance.randrange(1000)}"])
    return Case(step, action, chance.randint(1, CASES[step]), kind, 1 if kind == "match" else chance.choice([1, 2]),
                chance.random() < 0.5, kind in FEW_PARTITIONS and chance.random() < 0.5, lose)


def cases(full, seed):
    chance = random.Random(seed)
    for step, action in itertools.product(CASES, ACTIONS):
        for kind in OPERATORS if full else [chance.choice(list(OPERATORS))]:
            yield drawn(step, action, kind, chance)


class Runs:
    """The runs of one case, in a folder of its own."""

    def __init__(self, args, folder, case):
        self.args, self.case, self.folder = args, case, pathlib.Path(folder)
        self.disk = self.folder / "disk"
        self.disk.mkdir(parents=True)
        self.script = self.folder / "job.sql"
        self.script.write_text(script_of(case.kind, case.partitioned))

    def run(self, *words, fast="false", fail_point=""):
        """The exit code and stderr of a run whose files lie below `disk`."""
        command = [self.args.binary, "run", str(self.script), "--quiet", "--define", f"OUT={self.disk}/out",
                   "--define", f"EVENTS={EVENTS}", "--define", f"FAST={fast}",
                   "--parallelism", str(self.case.parallelism), *words]
        surroundings = dict(os.environ, LD_PRELOAD=self.args.library, DISK_FAULTS_BELOW=str(self.disk),
                            DISK_FAULTS_LOSE=self.case.lose, MILLRACE_FAIL_POINT=fail_point)
        done = subprocess.run(command, env=surroundings, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              timeout=HANGS_AFTER_S)
        return done.returncode, done.stderr

    def resume(self, fail_point=""):
        words = ["--checkpoint-dir", str(self.disk / "state"), "--resume",
                 "--set", f"execution.checkpointing.incremental={str(self.case.incremental).lower()}"]
        if self.case.action == "delay":
            words += ["--set", "execution.checkpointing.timeout=100 ms"]
        return self.run(*words, fail_point=fail_point)

    def committed(self):
        """The rows of the answer as a multiset: lines of csv, or the changes of debezium-json folded."""
        rows = collections.Counter()
        for path in (self.disk / "out").rglob("*"):
            if not path.is_file() or path.name.startswith("."):
                continue
            where = str(path.parent.relative_to(self.disk))
            for line in path.read_text().splitlines():
                if path.suffix == ".csv":
                    rows[f"{where} {line}"] += 1
                    continue
                change = json.loads(line)
                for side, weight in (("before", -1), ("after", 1)):
                    if change.get(side) is not None:
                        rows[f"{where} {json.dumps(change[side], sort_keys=True)}"] += weight
        return collections.Counter({row: n for row, n in rows.items() if n != 0})

    def staged(self):
        return [str(p) for p in (self.disk / "out").rglob(".*") if p.is_file()]


class Matrix:
    def __init__(self, args, folder):
        self.args, self.folder, self.numbers = args, pathlib.Path(folder), itertools.count()

    def runs_of(self, case):
        return Runs(self.args, self.folder / str(next(self.numbers)), case)

    @functools.cache
    def expected(self, kind, partitioned):
        runs = self.runs_of(Case("", "", 0, kind, 1, False, partitioned, ""))
        code, text = runs.run(fast="true")
        rows = runs.committed()
        if code != 0 or not rows:
            raise AssertionError(f"an undisturbed {kind} ended with {code}:\n{text}")
        return rows

    def check(self, case):
        """What is wrong with the case, empty when nothing is."""
        for nth in (case.nth, case.nth, 1, 1, 1):
            case = case._replace(nth=nth)
            runs = self.runs_of(case)
            try:
                reached, wrong = self.attempt(case, runs)
            except subprocess.TimeoutExpired:
                return "it hangs"
            if wrong or reached:
                return wrong
        return "the step was never passed"

    def attempt(self, case, runs):
        fail_point = f"{case.step}:{case.action}:{case.nth}"
        if case.step in OF_RESTARTS:
            code, text = runs.resume("settle:kill:2")
            if code != -signal.SIGKILL:
                return False, "" if code == 0 else f"the run before ended with {code}:\n{text}"
        code, text = runs.resume(fail_point)
        met = {"kill": code == -signal.SIGKILL, "error": "was told to fail" in text, "delay": True}[case.action]
        if case.action == "delay" and code != 0 or code not in (0, 1, -signal.SIGKILL) or (code == 1 and not met):
            return met, f"it ended with {code}:\n{text}"
        if code != 0:
            code, text = runs.resume()
            if code != 0:
                return met, f"the resumed run ended with {code}:\n{text}"
        wrong = compare({case.kind: self.expected(case.kind, case.partitioned)}, {case.kind: runs.committed()})
        if wrong or runs.staged():
            return met, f"{wrong} rows are wrong, staged files: {runs.staged()[:3]}\n{text}"
        return met or case.step in ("clean-up",), ""


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
        matrix = Matrix(args, folder)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for case, wrong in zip(todo, pool.map(matrix.check, todo)):
                print("FAIL" if wrong else "ok  ", text_of(case), wrong and f"{wrong}\n  repeat: --case {text_of(case)}")
                failures += 1 if wrong else 0
    print(f"{len(todo)} cases, {failures} failed, seed {args.seed}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
