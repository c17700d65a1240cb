#!/usr/bin/env python3
"""What it costs to spread a job over processes: two workers of one slot beside one worker of two, on Nexmark's scripts.

usage: scale_out.py MILLRACE RESOURCES [--events N] [--rounds N] [query...], q5 and q7 unless told otherwise
RESOURCES is nexmark-flink/src/main/resources of the benchmark's repository. Rounds are taken in turns. Printed per query:
events per second of wall time and per CPU second of all workers, best of the rounds, and what two workers reach of one.
"""
import argparse
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e/cluster"))
from cluster import Cluster  # noqa: E402
from nexmark import FIXED, script_of  # noqa: E402

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def run(args, query, workers):
    """Wall time from submission to end, and the workers' CPU time."""
    with tempfile.TemporaryDirectory(prefix="millrace-scale-out-") as folder:
        script = pathlib.Path(folder, "job.sql")
        script.write_text(script_of(args.resources, query))
        defines = FIXED | {"EVENTS_NUM": args.events, "NEXMARK_DIR": folder, "FLINK_HOME": folder}
        words = [word for key, value in defines.items() for word in ("--define", f"{key}={value}")]
        with Cluster(args.millrace, folder, slots=2 // workers) as cluster:
            for _ in range(workers):
                cluster.start_worker()
            before = sum(map(cpu_seconds, cluster.workers.values()))
            start = time.monotonic()
            jobs = cluster.submit(script, "--parallelism", "2", *words)
            ends = cluster.wait_until_over(jobs)
            wall = time.monotonic() - start
            if set(ends) != {"FINISHED"}:
                sys.exit(f"{query} over {workers} workers: {ends}\n" + "".join(cluster.lines[-20:]))
            return wall, sum(map(cpu_seconds, cluster.workers.values())) - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("resources", type=pathlib.Path)
    parser.add_argument("queries", nargs="*")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_intermixed_args()
    for query in args.queries or ["q5", "q7"]:
        rounds = [(run(args, query, 1), run(args, query, 2)) for _ in range(args.rounds)]
        for number, what in enumerate(("wall", "CPU")):
            one, two = (args.events / min(taken[side][number] for taken in rounds) for side in (0, 1))
            print(f"{query}, events per {what} second: one worker {one:.0f}, two {two:.0f}, {two / one:.0%}", flush=True)


main()
