#!/usr/bin/env python3
"""A cluster as its users meet it: the job tool, waiting for slots, savepoints, drained workers, errors, open ports.

usage: job_tool.py MILLRACE
"""
import json
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
FAILING = """CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nothing SELECT CAST(CAST(n AS STRING) || 'x' AS BIGINT) FROM numbers;
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


def check_figures(cluster, job):
    """The workers tell them every second: asked until all have."""
    shares = [0]
    while not all(shares) or not shown["rows_out_per_second"] > 0:
        shown = cluster.tool("show", job)
        shares = [s["busy"] + s["backpressured"] + s["idle"] for v in shown["vertices"] for s in v["subtasks"]]
    source, counts = shown["vertices"]
    check("a vertex sends what the next one gets", 0 < counts["rows_in"] and counts["bytes_in"] > 0, shown)
    check("subtasks say where they run", {s["worker"] for s in source["subtasks"]} == set(shown["workers"]), shown)
    names = [o["name"] for v in shown["vertices"] for o in v["operators"]]
    rows = {o["name"]: o["rows_in"] + o["rows_out"] for v in shown["vertices"] for o in v["operators"]}
    check("operators are counted", len(names) > 2 and all(rows.values()), rows)
    check("shares of time make a whole", all(0.99 < s < 1.01 for s in shares), shares)
    text = cluster.text("show", job)
    check("show is a page for people", all(w in text for w in ("checkpoints", "| subtask", "held back", "worker-1")), text)


def check_top(cluster, job):
    top = cluster.tool("top")["subtasks"]
    busy = [s["busy"] for s in top]
    check("top has the subtasks of all jobs, the busiest first", len(top) == 8 and busy == sorted(busy, reverse=True), top)
    check("with their job", {s["job"] for s in top} == {job}, top)
    check("as a table, too", "| busy" in cluster.text("top"))


def check_checkpoints(cluster, job):
    answer = cluster.tool("checkpoints", job)
    newest = answer["checkpoints"][-1]
    check("checkpoints are counted", answer["completed"] > 0 and answer["failed"] == 0, answer)
    check("and listed", {c["status"] for c in answer["checkpoints"]} <= {"complete", "in_progress"}, answer)
    done = [c for c in answer["checkpoints"] if c["status"] == "complete"]
    check("with size and tasks", done[-1]["bytes"] > 0 and done[-1]["acknowledged"] == done[-1]["tasks"] == 8, done)
    check("and as a table", f"| {newest['id']} " in cluster.text("checkpoints", job))


def check_watch(cluster, script):
    job = cluster.submit(script)[0]
    cluster.wait_for(f"job {job}: checkpoint ")
    words = [BINARY, "show", job, "--watch", "--json", "--rest", cluster.rest]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as watch:
        views = [json.loads(watch.stdout.readline()) for _ in range(2)]
        check("show --watch looks again and again", [v["status"] for v in views] == ["RUNNING"] * 2, views)
        cluster.tool("cancel", job)
        last = watch.stdout.read().splitlines()[-1]
        check("until the job has ended", json.loads(last)["status"] == "CANCELED", last)
    check("which is no error", watch.returncode == 0)


def check_failure(cluster, folder):
    script = folder / "failing.sql"
    script.write_text(FAILING)
    job = cluster.submit(script, "--parallelism", "2", "--set", "restart-strategy.type=none")[0]
    check("a job that fails has failed", cluster.wait_until_over([job]) == ["FAILED"])
    failure = cluster.tool("show", job)["failures"][0]
    check("when, where and in which task it failed is told", failure["at"] > 0 and failure["worker"] in cluster.workers
          and "Calc" in failure["task"], failure)
    check("people see it, too", f"on {failure['worker']}" in cluster.text("show", job))


def check_restart(cluster, job):
    before = cluster.tool("show", job)
    cluster.tool("restart", job)
    cluster.wait_for(f"job {job}: goes on from checkpoint")
    cluster.wait_for(f"job {job}: checkpoint ")
    after = cluster.tool("show", job)
    check("restart goes on in another attempt", after["attempt"] == before["attempt"] + 1, after)
    check("from the checkpoint that it took", after["restored_from"] > 0 and after["status"] == "RUNNING", after)
    check("which is no failure", after["failures"] == [], after)


def check_explain(cluster, script, job):
    plan = cluster.tool("explain", "--job", job)
    words = [BINARY, "explain", str(script), "--parallelism", "4"]
    own = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    check("explain --job is what explain FILE says", plan["tree"].strip() == own.strip(), (plan["tree"], own))
    check("also for people", cluster.text("explain", "--job", job, "--format", "dot").strip() == plan["dot"].strip())
    done = subprocess.run([BINARY, "explain"], capture_output=True, text=True, check=False)
    words = [BINARY, "explain", str(script), "--json"]
    check("--json is --format json", json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout))
    check("explain of nothing says what it needs", done.returncode == 2 and "--job" in done.stderr, done)


def check_logs(cluster, job):
    lines = [line["text"] for line in cluster.tool("logs", job)["lines"]]
    check("logs of a job tell its story", any("attempt 1 runs" in line for line in lines), lines)
    check("and of no other", all(job in line for line in lines), lines)
    check("logs of all have the workers, too", "worker worker-1 joined" in cluster.text("logs"))


def check_dump(cluster, job):
    dump = json.loads(cluster.text("debug", "dump"))
    check("debug dump has the actors", dump["process"]["actors"] > 1, dump["process"])
    tasks = next(j["tasks"] for j in dump["jobs"] if j["job"]["id"] == job)
    check("and what each task does", [t["task"] for t in tasks] == list(range(8))
          and all(t["state"].startswith("w") and t["worker"] for t in tasks), tasks)


def check_history(cluster, jobs):
    ended = cluster.tool("history")["jobs"]
    check("history has the jobs that ended, newest first", [j["id"] for j in ended] == jobs[::-1], ended)
    check("as a table, too", all(f"| {job} |" in cluster.text("history") for job in jobs))


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


def check_silence(cluster, job):
    """A coordinator that is stopped takes connections and never answers."""
    address = cluster.rest
    cluster.coordinator.send_signal(signal.SIGSTOP)
    try:
        for command in (["list"], ["cancel", job]):
            done = subprocess.run([BINARY, *command, "--rest", address, "--timeout", "1"], capture_output=True,
                                  text=True, timeout=60, check=False)
            check(f"{command[0]} ends though the coordinator is stopped",
                  done.returncode == 1 and address in done.stderr and "silent for 1 s" in done.stderr
                  and "--timeout" in done.stderr, done.stderr)
    finally:
        cluster.coordinator.send_signal(signal.SIGCONT)


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
            check_logs(cluster, job)
            check_figures(cluster, job)
            check_top(cluster, job)
            check_dump(cluster, job)
            check_checkpoints(cluster, job)
            check_explain(cluster, script, job)
            check_restart(cluster, job)
            check_savepoint(cluster, script, job)
            check_drain(cluster, script)
            check_watch(cluster, script)
            check_failure(cluster, folder)
            check_errors(cluster, folder)
            jobs = [j["id"] for j in cluster.tool("list")["jobs"]]
            check("all jobs are listed", len(jobs) == 5)
            check_history(cluster, jobs)
            check_silence(cluster, jobs[0])


main()
