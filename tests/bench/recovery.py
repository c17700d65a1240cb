#!/usr/bin/env python3
"""How long a job of a cluster stands still after `kill -9` of a worker that runs it.

usage: recovery.py MILLRACE [--kills N]
Three workers of one slot; the job, grouped counts of a generated stream, takes two, a checkpoint every 100 ms, and starts
again 10 ms after a failure. Printed per kill: until the coordinator has the job running again, and until its next
checkpoint is complete, which is when output is committed again.
"""
import argparse
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e/cluster"))
from cluster import Cluster  # noqa: E402

JOB = """SET 'execution.checkpointing.interval' = '100 ms';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '1000000';
SET 'restart-strategy.fixed-delay.delay' = '10 ms';
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000', 'fields.n.kind' = 'random',
  'fields.n.min' = '1', 'fields.n.max' = '100000');
CREATE TABLE counts (n BIGINT, times BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO counts SELECT n, COUNT(*) FROM numbers GROUP BY n;
"""


def milliseconds_since(start):
    return (time.monotonic() - start) * 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="millrace-recovery-") as folder:
        script = pathlib.Path(folder, "job.sql")
        script.write_text(JOB)
        with Cluster(args.binary, folder, slots=1) as cluster:
            for _ in range(3):
                cluster.start_worker()
            job = cluster.submit(script, "--parallelism", "2")[0]
            runs, commits = [], []
            for _ in range(args.kills):
                for _ in range(5):
                    cluster.wait_for(f"job {job}: checkpoint")
                victim = cluster.tool("show", job)["workers"][0]
                start = time.monotonic()
                cluster.kill_worker(victim)
                cluster.wait_for(f"job {job}: RUNNING")
                runs.append(milliseconds_since(start))
                cluster.wait_for(f"job {job}: checkpoint")
                commits.append(milliseconds_since(start))
                cluster.start_worker()
    for what, gaps in (("running again", runs), ("next checkpoint", commits)):
        print(f"{what}: median {statistics.median(gaps):.0f} ms, longest {max(gaps):.0f} ms of {len(gaps)}")


main()
