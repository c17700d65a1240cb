#!/usr/bin/env python3
"""Counts keys whose state is several times the memory that a worker may use: exact, and within the limit.

usage: beyond_memory.py MILLRACE
"""
import collections
import pathlib
import re
import sys
import tempfile

from cluster import Cluster

LIMIT_MB, KEYS = 112, 400_000
SCRIPT = f"""CREATE TABLE events (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '{2 * KEYS - 1}');
CREATE TABLE firsts (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${{OUT}}', 'format' = 'csv');
CREATE VIEW keyed AS SELECT n, CAST(MOD(n, {KEYS}) AS STRING) || '{"x" * 160}' AS k, PROCTIME() AS t FROM events;
INSERT INTO firsts SELECT n FROM (SELECT n, ROW_NUMBER() OVER (PARTITION BY k ORDER BY t) AS place FROM keyed) WHERE place = 1;
"""


def peak_mb(process):
    return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-cluster-memory-") as name:
        folder = pathlib.Path(name)
        script, out = folder / "firsts.sql", folder / "out"
        script.write_text(SCRIPT)
        with Cluster(sys.argv[1], folder, worker_options=("--memory", f"{LIMIT_MB}m")) as cluster:
            worker = cluster.workers[cluster.start_worker()]
            job = cluster.submit(script, "--define", f"OUT={out}", "--set", f"io.tmp.dirs={folder}")
            ends, peak = cluster.wait_until_over(job), peak_mb(worker)
        rows = collections.Counter(line for f in out.iterdir() if f.name[0] not in "._" for line in f.read_text().split())
    print(f"{ends}, {sum(rows.values())} rows, peak {peak:.0f} MB of {LIMIT_MB}")
    exact = rows == collections.Counter(str(n) for n in range(KEYS))
    sys.exit(0 if exact and peak < LIMIT_MB else 1)


main()
