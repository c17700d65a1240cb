#!/usr/bin/env python3
"""`millrace local-cluster`: one command, workers in processes of their own, a job to its end, and nothing left behind.

usage: local_cluster.py MILLRACE
"""
import pathlib
import signal
import subprocess
import sys
import tempfile

BINARY = sys.argv[1]
JOB = """CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '50000', 'fields.n.kind' = 'sequence',
  'fields.n.start' = '1', 'fields.n.end' = '50000');
CREATE TABLE sums (digit BIGINT, total BIGINT) WITH ('connector' = 'filesystem', 'path' = '{}', 'format' = 'debezium-json');
INSERT INTO sums SELECT MOD(n, 10), SUM(n) FROM numbers GROUP BY MOD(n, 10);
"""
ENDLESS_JOB = """CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100');
CREATE TABLE nowhere (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n FROM numbers;
"""


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(str(text))


def children_of(process):
    return pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-local-cluster-") as name:
        folder = pathlib.Path(name)
        script = folder / "job.sql"
        script.write_text(JOB.format(folder / "sums"))
        words = [BINARY, "local-cluster", "--workers", "2", "--slots", "2", "--listen", "127.0.0.1:0", "--rest", "127.0.0.1:0"]
        cluster = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        rest = cluster.stderr.readline().strip().split("REST at http://")[1]
        joined = set()
        while len(joined) < 2:
            line = cluster.stderr.readline()
            if " joined with 2 slots" in line:
                joined.add(line)
        words = [BINARY, "submit", str(script), "--parallelism", "3", "--attach", "--name", "sums", "--rest", rest]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        check("a job runs to its end", done.returncode == 0 and "FINISHED, in 50000 rows" in done.stderr, done)
        check("its output is there", any((folder / "sums").iterdir()))
        script.write_text(JOB.format("/proc/nowhere"))
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        check("one that fails says why", done.returncode == 1 and "FAILED" in done.stderr and "failed: error" in done.stderr, done)
        workers = children_of(cluster)
        check("workers are processes of their own", len(workers) == 2, workers)
        script.write_text(ENDLESS_JOB)
        subprocess.run([BINARY, "submit", str(script), "--rest", rest], capture_output=True, check=True)
        while not cluster.stderr.readline().endswith(": RUNNING\n"):
            pass
        cluster.send_signal(signal.SIGTERM)
        cluster.stderr.read()
        check("a signal ends it while a job runs", cluster.wait() == 0)
        check("and its workers", not [w for w in workers if pathlib.Path(f"/proc/{w}").exists()])


main()
