#!/usr/bin/env python3
"""Counts keys whose state is several times the memory that the process may use: exact, and within the limit.

usage: beyond_memory.py MILLRACE [--limit MB] [--keys N] [further arguments of millrace run]
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile

SCRIPT = """
CREATE TABLE events (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '{rows}', 'rows-per-second' = '100000000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '{last}');
SELECT COUNT(*), SUM(c), MIN(c), MAX(c), SUM(s)
FROM (SELECT k, COUNT(*) AS c, SUM(n) AS s
      FROM (SELECT n, CAST(MOD(n, {keys}) AS STRING) || '{padding}' AS k FROM events)
      GROUP BY k);
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--limit", type=int, default=72, help="MB")
    parser.add_argument("--keys", type=int, default=200_000)
    given, further = parser.parse_known_args()
    rows = 2 * given.keys
    text = SCRIPT.format(rows=rows, last=rows - 1, keys=given.keys, padding="x" * 160)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([given.binary, "run", "-", "--output", "json", "--quiet", "--memory", f"{given.limit}m",
                               "--set", f"io.tmp.dirs={folder}", *further],
                              input=text, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(done.stderr)
    last = json.loads(done.stdout.splitlines()[-1])
    got = (last["op"], *last["row"].values())
    batch = "execution.runtime-mode=batch" in further
    want = ("+I" if batch else "+U", given.keys, rows, 2, 2, rows * (rows - 1) // 2)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = usage.ru_maxrss / 1024
    print(f"{rows} rows, {given.keys} keys: {got}, peak {peak:.1f} MB of {given.limit}, "
          f"{usage.ru_utime + usage.ru_stime:.1f} s of CPU")
    if got != want:
        sys.exit(f"expected {want}")
    if peak > given.limit:
        sys.exit("above the limit")


main()
