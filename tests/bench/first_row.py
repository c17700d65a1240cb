#!/usr/bin/env python3
"""Time from process start to the first row of a five-row query, to its end, and memory of an idle job.

usage: first_row.py MILLRACE [RUNS, 20]
Prints median and worst milliseconds over the runs, and resident memory of a job that waits for rows.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

FIVE_ROWS = """CREATE TABLE t (n INT, s STRING) WITH ('connector' = 'filesystem', 'path' = '{folder}/five.csv', 'format' = 'csv');
SELECT s, SUM(n) FROM t GROUP BY s;
"""
# One row, then nothing for a day.
IDLE = """CREATE TABLE t (n INT, s STRING) WITH ('connector' = 'filesystem', 'path' = '{folder}/five.csv', 'format' = 'csv',
  'source.monitor-interval' = '1 d');
SELECT s, SUM(n) FROM t GROUP BY s;
"""


def start(millrace, folder, sql):
    script = folder / "job.sql"
    script.write_text(sql.format(folder=folder))
    began = time.monotonic()
    child = subprocess.Popen([millrace, "run", str(script), "--output", "json"], stdout=subprocess.PIPE)
    os.read(child.stdout.fileno(), 1)
    return child, (time.monotonic() - began) * 1000, began


def resident_mb(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def main():
    millrace, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "five.csv").write_text("1,a\n2,b\n3,a\n4,c\n5,d\n")
        first, whole = [], []
        for _ in range(runs):
            child, first_ms, began = start(millrace, folder, FIVE_ROWS)
            child.stdout.read()
            child.wait()
            first.append(first_ms)
            whole.append((time.monotonic() - began) * 1000)
        print(f"first row: median {statistics.median(first):.1f} ms, worst {max(first):.1f} ms")
        print(f"whole run: median {statistics.median(whole):.1f} ms, worst {max(whole):.1f} ms")
        child, _, _ = start(millrace, folder, IDLE)
        print(f"idle job: {resident_mb(child.pid):.1f} MB resident")
        child.terminate()
        child.stdout.read()
        child.wait()


main()
