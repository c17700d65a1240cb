#!/usr/bin/env python3
"""Kills millrace with SIGKILL again and again, resumes it, and compares what it committed with an undisturbed run.

usage: kill_storm.py MILLRACE [--kills N] [--seed N] [--events N] [--rescale] [--unaligned] [--state URL]
                     [further arguments of millrace run]
When to kill is drawn from the seed as a number of lines that the process prints about its checkpoints, so a kill falls
on whatever happens at that moment: start, restore, alignment, writing, commit. With --rescale every attempt has a
parallelism of its own; with --state the checkpoints lie there. With --unaligned barriers overtake rows, in some attempts
after 1 ms in line. Exits 0 when no row is lost or doubled.
"""
import argparse
import collections
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile

JOBS = pathlib.Path(__file__).with_name("jobs.sql")


def command(binary, out, events, fast, seed, extra, unaligned="false", patience="0 ms"):
    return [binary, "run", str(JOBS), "--quiet", "--define", f"OUT={out}", "--define", f"EVENTS={events}",
            "--define", f"FAST={fast}", "--define", f"SEED={seed}", "--define", f"UNALIGNED={unaligned}",
            "--define", f"PATIENCE={patience}", *extra]


def run_until(words, lines):
    """Runs to the end, or kills after so many lines. Gives the exit code, negative when killed, and stderr."""
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    seen = []
    for line in process.stderr:
        seen.append(line)
        if len(seen) > lines:
            process.send_signal(signal.SIGKILL)
            break
    seen.extend(process.stderr)
    return process.wait(), "".join(seen)


def storm(args, out, state):
    """Kills until the number is reached, then lets the last run end. Gives the number of kills."""
    chance = random.Random(args.seed)
    kills = 0
    while True:
        barriers = ["true", chance.choice(["0 ms", "1 ms"])] if args.unaligned else []
        words = command(args.binary, out, args.events, "false", args.seed, args.extra, *barriers)
        words += ["--checkpoint-dir", str(state), "--resume", "--log-checkpoints"]
        if args.rescale:
            words += ["--parallelism", str(chance.choice([1, 2, 3]))]
        patience = chance.choice([0, 1, 3, 5, 8, 13, 21, 34]) if kills < args.kills else 1 << 30
        code, text = run_until(words, patience)
        if code == 0:
            return kills
        if code != -signal.SIGKILL:
            sys.exit(f"after {kills} kills the process ended with {code}:\n{text}")
        kills += 1


def committed(out):
    """The final rows per table as multisets: csv lines, or the changes of debezium-json folded."""
    tables = {}
    for folder in sorted(p for p in pathlib.Path(out).iterdir() if p.is_dir()):
        rows = collections.Counter()
        for path in folder.rglob("*"):
            if not path.is_file() or path.name.startswith("."):
                continue
            for line in path.read_text().splitlines():
                if path.suffix == ".csv":
                    rows[line] += 1
                    continue
                change = json.loads(line)
                for side, weight in (("before", -1), ("after", 1)):
                    if change.get(side) is not None:
                        rows[json.dumps(change[side], sort_keys=True)] += weight
        tables[folder.name] = collections.Counter({row: n for row, n in rows.items() if n != 0})
    return tables


def staged(out):
    return [str(p) for p in pathlib.Path(out).rglob(".*") if p.is_file()]


def compare(want, got):
    wrong = 0
    for table in sorted(set(want) | set(got)):
        a, b = want.get(table, collections.Counter()), got.get(table, collections.Counter())
        lost = {r: n - b[r] for r, n in a.items() if n > b[r]}
        doubled = {r: n - a[r] for r, n in b.items() if n > a[r]}
        print(f"{table}: {sum(a.values())} rows, {sum(lost.values())} lost, {sum(doubled.values())} doubled")
        for name, rows in (("lost", lost), ("doubled", doubled)):
            for row in list(rows)[:3]:
                print(f"  {name}: {row}")
        wrong += len(lost) + len(doubled)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=40000)
    parser.add_argument("--rescale", action="store_true")
    parser.add_argument("--state")
    parser.add_argument("--unaligned", action="store_true")
    args, args.extra = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="millrace-kill-storm-") as folder:
        quiet, stormy = pathlib.Path(folder, "quiet"), pathlib.Path(folder, "stormy")
        stormy.mkdir()
        words = command(args.binary, quiet, args.events, "true", args.seed, args.extra)
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        kills = storm(args, stormy, args.state or pathlib.Path(folder, "state"))
        wrong = compare(committed(quiet), committed(stormy))
        leftovers = staged(stormy)
        print(f"{kills} kills, seed {args.seed}, {len(leftovers)} staged files left over")
        sys.exit(1 if wrong or leftovers or not committed(quiet) else 0)


if __name__ == "__main__":
    main()
