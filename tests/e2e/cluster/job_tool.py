#!/usr/bin/env python3
"""A cluster as its users meet it: the job tool, waiting for slots, savepoints, drained workers, errors, open ports.

usage: job_tool.py MILLRACE
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from cluster import Cluster

BINARY = sys.argv[1]
ENDLESS = """SET 'execution.checkpointing.interval' = '50 ms';
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.n.kind' = 'random',
  'fields.n.min' = '1', 'fields.n.max' = '7');
CREATE TABLE counts (n BIGINT, times BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO counts SELECT n, COUNT(*) FROM numbers GROUP BY n;
"""


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(str(text))


def check_waiting(cluster, script):
    job = cluster.submit(script, "--parallelism", "4")[0]
    cluster.tool("workers")
    shown = cluster.tool("show", job)
    check("a job waits for slots", shown["status"] == "CREATED" and shown["slots"] == 4, shown)
    cluster.start_worker()
    cluster.start_worker()
    cluster.wait_for(f"job {job}: checkpoint ")
    shown = cluster.tool("show", job)
    check("and runs on both workers", shown["status"] == "RUNNING" and len(shown["workers"]) == 2, shown)
    check("with all of its subtasks", [len(v["subtasks"]) for v in shown["vertices"]] == [4, 4], shown)
    return job


def check_savepoint(cluster, script, job):
    path = pathlib.Path(cluster.tool("savepoint", job)["savepoint"])
    check("a savepoint is written", (path / "manifest").is_file(), path)
    done = subprocess.run([BINARY, "state", "verify", str(path)], capture_output=True, text=True, check=False)
    check("and whole", done.returncode == 0 and "ok" in done.stdout, done)
    check("the job goes on", cluster.tool("show", job)["status"] == "RUNNING")
    cluster.tool("rescale", job, 2)
    cluster.wait_for(f"job {job}: goes on from checkpoint")
    cluster.wait_for(f"job {job}: checkpoint ")
    shown = cluster.tool("show", job)
    check("it goes on at another parallelism", [len(v["subtasks"]) for v in shown["vertices"]] == [2, 2], shown)
    path = cluster.tool("stop", job)["savepoint"]
    check("stop ends it behind a savepoint", cluster.wait_until_over([job]) == ["CANCELED"])
    again = cluster.submit(script, "--parallelism", "3", "--from-savepoint", path)[0]
    cluster.wait_for(f"job {again}: goes on from savepoint {path.split('/')[-1]}")
    cluster.wait_for(f"job {again}: checkpoint ")
    cluster.tool("cancel", again)
    check("another job goes on from it", cluster.wait_until_over([again]) == ["CANCELED"])
    text = cluster.tool("savepoint", job, code=2)
    check("a job that is over has none", "does not run" in text, text)


def check_drain(cluster, script):
    job = cluster.submit(script, "--parallelism", "2", "--set", "restart-strategy.type=fixed-delay",
                         "--set", "restart-strategy.fixed-delay.delay=1 ms")[0]
    cluster.wait_for(f"job {job}: checkpoint ")
    one, other = cluster.tool("show", job)["workers"]
    cluster.tool("drain", one)
    cluster.wait_for(f"job {job}: goes on from checkpoint")
    cluster.wait_for(f"job {job}: checkpoint ")
    check("a drained worker runs nothing any more", cluster.tool("show", job)["workers"] == [other])
    cluster.kill_worker(one, signal.SIGTERM)
    cluster.tool("cancel", job)
    check("cancel ends a job", cluster.wait_until_over([job]) == ["CANCELED"])


def check_errors(cluster, folder):
    wrong = folder / "wrong.sql"
    wrong.write_text("INSERT INTO nowhere SELECT 1;\n")
    text = cluster.tool("submit", wrong, code=3)
    check("wrong SQL is refused with its place", "error 2010 at 1:13" in text and "^" in text, text)
    wrong.write_text("SELECT 1;\n")
    check("a SELECT is refused", "millrace run" in cluster.tool("submit", wrong, code=3))
    wrong.write_text("SET 'parallelism.default' = '2';\n")
    check("a script without jobs is refused", "starts no job" in cluster.tool("submit", wrong, code=2))
    check("an unknown job is told", "no job" in cluster.tool("show", "0123456789abcdef", code=2))
    check("an unknown name is told", "no job" in cluster.tool("show", "x", code=2))
    done = subprocess.run([BINARY, "coordinator", "--listen", "0.0.0.0:0"], capture_output=True, text=True, check=False)
    check("only loopback is listened on", done.returncode == 2 and "loopback" in done.stderr, done.stderr)
    done = subprocess.run([BINARY, "list", "--rest", "127.0.0.1:1"], capture_output=True, text=True, check=False)
    check("nobody there is told", done.returncode == 1 and "no answer" in done.stderr, done.stderr)


def listening_addresses(processes):
    """Local addresses, as /proc tells them, of the TCP sockets that the processes listen on."""
    inodes = set()
    for process in processes:
        for entry in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
            target = os.readlink(entry)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    rows = [line.split() for name in ("tcp", "tcp6") if pathlib.Path(f"/proc/net/{name}").exists()
            for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes}


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-job-tool-") as name:
        folder = pathlib.Path(name)
        script = folder / "endless.sql"
        script.write_text(ENDLESS)
        with Cluster(BINARY, folder) as cluster:
            job = check_waiting(cluster, script)
            addresses = listening_addresses([cluster.coordinator, *cluster.workers.values()])
            check("all ports are loopback's", addresses == {"0100007F"}, addresses)
            check_savepoint(cluster, script, job)
            check_drain(cluster, script)
            check_errors(cluster, folder)
            check("all jobs are listed", len(cluster.tool("list")["jobs"]) == 3)


main()
