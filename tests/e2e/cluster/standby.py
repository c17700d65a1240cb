#!/usr/bin/env python3
"""Two coordinators, one of which leads: what the other answers, and what happens when the leader dies.

usage: standby.py MILLRACE
"""
import pathlib
import sys
import tempfile
import urllib.error
import urllib.request

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


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(address, path):
    """Status, body and where it sends one."""
    try:
        with urllib.request.build_opener(Stay).open(f"http://{address}{path}") as answer:
            return answer.status, answer.read().decode(), None
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode(), answer.headers.get("Location")


def check_standby(cluster):
    waiting = cluster.standbys()[0]
    while not any(line.endswith(f"the leader is at {cluster.url}\n") for line in cluster.lines):
        cluster.next_line()
    check("one that stands by is healthy", ask(waiting, "/healthz")[0] == 200)
    status, text, _ = ask(waiting, "/readyz")
    check("and not ready", status == 503 and "stands by" in text, text)
    check("it has metrics of its own", "process_start_time_seconds" in ask(waiting, "/metrics")[1])
    status, _, there = ask(waiting, "/api/v1/jobs?x=1")
    check("it sends one on to the leader", status == 307 and there == f"http://{cluster.rest}/api/v1/jobs?x=1", there)
    check("the job tool goes there", cluster.tool("workers", "--rest", waiting)["workers"][0]["name"] == "worker-1")


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-standby-") as name:
        folder = pathlib.Path(name)
        script = folder / "endless.sql"
        script.write_text(ENDLESS)
        with Cluster(BINARY, folder, coordinators=2) as cluster:
            cluster.start_worker()
            check_standby(cluster)
            waiting = cluster.standbys()[0]
            job = cluster.tool("submit", script, "--parallelism", "2", "--rest", waiting)["jobs"][0]["id"]
            cluster.wait_for(f"job {job}: checkpoint ")
            before = cluster.rest
            cluster.coordinator.kill()
            check("the job tool waits until another leads", cluster.tool("list", "--rest", waiting)["jobs"][0]["id"] == job)
            cluster.kill_coordinator(replace=False)
            check("the other one leads", cluster.rest == waiting and cluster.rest != before, cluster.rest)
            cluster.wait_for(f"job {job}: checkpoint ")
            shown = cluster.tool("show", job)
            check("and the job runs", shown["status"] == "RUNNING", shown)
            check("a leader is ready", ask(cluster.rest, "/readyz")[0] == 200)
            cluster.start_coordinator()
            check("a new one stands by", len(cluster.standbys()) == 1)
            cluster.stop_coordinator()
            cluster.wait_for(f"job {job}: checkpoint ")
            check("a leader that leaves makes room at once", cluster.rest != waiting, cluster.rest)
            cluster.tool("cancel", job)
            check("jobs can be ended", cluster.wait_until_over([job]) == ["CANCELED"])


main()
