#!/usr/bin/env python3
"""Has the disk below millrace fail, and checks that the job stops with a word on it or goes on, and loses nothing.

usage: disk_errors.py MILLRACE DISK_FAULTS_LIBRARY [--full] [--seed N] [--case CASE ...]
Single calls, calls from one on for ever, and calls for a while fail (tests/support/disk_faults), below the checkpoints or
below the sink. What failed is tried again without faults: the rows must be those of an undisturbed run. A failed sync must
end the process: the next one that succeeds says nothing of what the first should have covered. With a tmpfs of its own,
where the system lets it have one, a disk is really full for a while.
"""
import argparse
import collections
import concurrent.futures
import itertools
import random
import subprocess
import sys
import tempfile

from operators import OPERATORS
from runs import Job, Place

# Which calls fail, below the checkpoints or below the sink -> how many of them there may be in front.
CALLS = {"state": {"open": 50, "write": 24, "fsync": 30, "rename": 12},
         "out": {"open": 12, "write": 5, "fsync": 8, "rename": 4}}
REASONS = {"EIO": "Input/output error", "ENOSPC": "No space left on device"}
LASTS = ["once", "for-ever", "a-while"]
# Events of a run that is long enough for a disk to be filled and emptied.
LONG = 15000

# A commit is tried again for ever, where a disk fails for ever.
GIVES_UP = ["--set", "sink.committer.retries=3"]

Case = collections.namedtuple("Case", "folder call reason nth lasts kind parallelism incremental")


def text_of(case):
    return "/".join(str(field) for field in case)


def case_of(text):
    folder, call, reason, nth, lasts, kind, parallelism, incremental = text.split("/")
    return Case(folder, call, reason, int(nth), lasts, kind, int(parallelism), incremental == "True")


def cases(rounds, seed):
    chance = random.Random(seed)
    for _ in range(rounds):
        for folder, call, lasts in itertools.product(CALLS, CALLS["out"], LASTS):
            reason = chance.choice(list(REASONS)) if call != "fsync" else "EIO"
            kind = chance.choice(list(OPERATORS))
            yield Case(folder, call, reason, chance.randint(1, CALLS[folder][call]), lasts, kind,
                       1 if kind == "match" else chance.choice([1, 2]), chance.random() < 0.5)


def faults_of(case):
    last = {"once": "", "for-ever": "-", "a-while": f"-{case.nth + 12}"}[case.lasts]
    return f"{case.call}:{case.reason}:{case.nth}{last}"


def complaint(case, code, text, log):
    """What is wrong with how a run with faults ended, given the log of the calls that failed."""
    if code not in (0, 1):
        return f"it ended with {code}"
    if log and "fsync" == case.call and code == 0:
        return "it went on behind a failed sync"
    if code == 0:
        return ""
    words = [REASONS[case.reason], case.folder, "error "]
    if case.reason == "ENOSPC":
        words.append("make room")
    missing = [word for word in words if word not in text]
    return f"it does not say {missing}" if missing else ""


def check(place, case):
    """What is wrong with the case, empty when nothing is; and how the run with faults ended."""
    runs = place.runs_of(Job(case.kind, case.parallelism, case.incremental))
    log = runs.folder / "faults.log"
    try:
        code, text = runs.run(runs.resuming(*GIVES_UP), DISK_FAULTS_BELOW=str(runs.disk / case.folder),
                              DISK_FAULTS=faults_of(case), DISK_FAULTS_LOG=str(log))
        failed = log.read_text() if log.exists() else ""
        how = "not reached" if not failed else "stopped" if code else "went on"
        wrong = complaint(case, code, text, failed)
        if not wrong and code != 0:
            code, text = runs.run(runs.resuming())
            wrong = code != 0 and f"the resumed run ended with {code}"
    except subprocess.TimeoutExpired:
        return "it hangs", ""
    wrong = wrong or runs.faults(place.expected(case.kind))
    return wrong and f"{wrong}\n{text}\n{failed}", how


def full_disk(args):
    """What is wrong when a small disk is full for a while, empty when nothing is. Needs the right to mount."""
    with tempfile.TemporaryDirectory(prefix="millrace-disk-full-") as folder:
        place = Place(args, folder)
        runs = place.runs_of(Job("join"))
        state = runs.disk / "state"
        state.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(state)]
        if subprocess.run(mount, capture_output=True).returncode != 0:
            print("no tmpfs can be mounted here: a full disk is played by failing calls only")
            return ""
        try:
            return fill_and_empty(runs, state / "ballast") or runs.faults(place.expected("join", events=LONG))
        finally:
            subprocess.run(["umount", str(state)], check=True)


def fill_and_empty(runs, ballast):
    """The disk is full from the first complete checkpoint on until one has failed, and has room again then."""
    process = subprocess.Popen(runs.resuming("--log-checkpoints", events=LONG), text=True, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    seen = []
    for line in process.stderr:
        seen.append(line)
        if len(seen) == 1:
            fill(ballast)
        elif "failed" in line:
            ballast.unlink(missing_ok=True)
    text = "".join(seen)
    said = any("No space left on device" in line and "make room" in line for line in seen)
    if process.wait() == 0 and said and "is complete" in text[text.rfind("failed"):]:
        return ""
    return f"it ended with {process.returncode}, its checkpoints:\n{text}"


def own_mounts():
    """The words in front of a command that has mounts of its own, where that is allowed."""
    words = ["unshare", "--map-root-user", "--mount"]
    return words if subprocess.run([*words, "true"], capture_output=True).returncode == 0 else []


def fill(path):
    with open(path, "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("library")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("--full-disk", action="store_true", help="only this, in a name space of its own")
    args = parser.parse_args()
    if args.full_disk:
        sys.exit(full_disk(args) or 0)
    todo = [case_of(text) for text in args.case] or list(cases(20 if args.full else 2, args.seed))
    failures = 0
    ends = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="millrace-disk-errors-") as folder:
        place = Place(args, folder)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for case, (wrong, how) in zip(todo, pool.map(lambda case: check(place, case), todo)):
                print("FAIL" if wrong else "ok  ", text_of(case), how,
                      wrong and f"{wrong}\n  repeat: --case {text_of(case)}")
                failures += 1 if wrong else 0
                ends[how] += 1
    failures += subprocess.run([*own_mounts(), sys.executable, __file__, args.binary, args.library, "--full-disk"]).returncode
    print(f"{len(todo)} cases, {failures} failed, {dict(ends)}, seed {args.seed}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
