#!/usr/bin/env python3
"""Runs stateful Nexmark scripts with and without checkpoints and prints what checkpoints cost.

usage: checkpoints.py MILLRACE RESOURCES [--events N] [--parallelism P] [query...] [--interval 1s | --rows N] [--rounds N]
                     [--set k=v]
RESOURCES as in nexmark.py. `kept` is the part of the speed that is left with checkpoints, by CPU seconds and by wall
time, of the fastest of the rounds, which alternate. With --rows there is a checkpoint whenever a source subtask has made so
many rows, which waits for it: as many checkpoints of as much, however fast the machine is.
"""
import argparse
import pathlib
import shutil
import tempfile

import nexmark

QUERIES = ["q4", "q5", "q9", "q20"]


class Bench:
    def __init__(self, args, scratch):
        self.args = args
        self.scratch = scratch
        self.state = scratch / "state"

    def run_once(self, name, with_checkpoints):
        """Gives wall and CPU seconds, peak MB and the checkpoints taken."""
        extra = [word for pair in self.args.set for word in ("--set", pair)]
        if not with_checkpoints:
            wall, cpu, peak = nexmark.run(self.args, self.scratch, name, extra)
            return wall, cpu, peak, 0
        shutil.rmtree(self.state, ignore_errors=True)
        when = (f"millrace.test.barrier-rows={self.args.rows}" if self.args.rows
                else f"execution.checkpointing.interval={self.args.interval}")
        extra += ["--set", when, "--checkpoint-dir", str(self.state), "--log-checkpoints"]
        wall, cpu, peak = nexmark.run(self.args, self.scratch, name, extra)
        taken = sum(line.endswith(b"is complete") for line in (self.scratch / "stderr").read_bytes().splitlines())
        return wall, cpu, peak, taken

    def compare(self, name):
        bare, kept = [], []
        for _ in range(self.args.rounds):
            bare.append(self.run_once(name, False))
            kept.append(self.run_once(name, True))
        wall = min(run[0] for run in bare) / min(run[0] for run in kept)
        cpu = min(run[1] for run in bare) / min(run[1] for run in kept)
        last = kept[-1]
        print(f"{name},{self.args.events},{min(run[1] for run in bare):.2f},{min(run[1] for run in kept):.2f},{cpu:.2f},"
              f"{wall:.2f},{last[3]},{bare[-1][2]},{last[2]}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("resources", type=pathlib.Path)
    parser.add_argument("queries", nargs="*")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--parallelism", type=int, default=2)
    parser.add_argument("--interval", default="1s")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], metavar="k=v")
    args = parser.parse_intermixed_args()
    print("query,events,cpu_seconds,cpu_seconds_with_checkpoints,kept_by_cpu,kept_by_wall,checkpoints,"
          "peak_rss_mb,peak_rss_mb_with_checkpoints")
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:
        scratch = pathlib.Path(folder)
        (scratch / "data").mkdir()
        for name in args.queries or QUERIES:
            Bench(args, scratch).compare(name)


main()
