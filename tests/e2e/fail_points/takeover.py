#!/usr/bin/env python3
"""Goes on from the checkpoint or savepoint of one query with another, and checks what is taken over and what is refused.

usage: takeover.py MILLRACE DISK_FAULTS_LIBRARY
"""
import argparse
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from operators import EVENTS
from runs import Job, Runs

LONG = 20000
COLUMNS = "bidder BIGINT, number BIGINT"


class Changing:
    """A job whose query changes between its runs."""

    def __init__(self, args, folder):
        self.runs = Runs(args, folder, Job("aggregate"))
        self.folder = pathlib.Path(folder)
        self.state = self.runs.disk / "state"

    def ask(self, query):
        text = EVENTS.replace("${COLUMNS}", COLUMNS).replace("${FORMAT}", "debezium-json").replace("${PARTITIONED}", "")
        self.runs.script.write_text(f"{text}{query};\n")

    def start(self, query):
        """Runs until the process is killed with some checkpoints behind it."""
        self.ask(query)
        code, text = self.runs.run(self.runs.resuming(), MILLRACE_FAIL_POINT="settle:kill:3")
        check("a job is killed behind its third checkpoint", code == -signal.SIGKILL, text)

    def go_on(self, query, *words):
        """Goes on from a copy of the checkpoints, which stay for the next query."""
        self.ask(query)
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.state, copy)
        return self.runs.run(self.runs.command("--checkpoint-dir", str(copy), "--resume", *words))

    def explain(self):
        """What `explain --against` says of the last query and the checkpoints."""
        command = [self.runs.args.binary, "explain", str(self.runs.script), "--against", str(self.state / "job-1"),
                   "--define", "OUT=out", "--define", "EVENTS=1", "--define", "FAST=true"]
        return subprocess.run(command, capture_output=True, text=True).stdout

    def savepoint(self, query):
        self.ask(query)
        process = subprocess.Popen(self.runs.resuming("--log-checkpoints", "--savepoint-on-exit", events=LONG), text=True,
                                   stderr=subprocess.PIPE)
        for line in process.stderr:
            if "is complete" in line:
                process.send_signal(signal.SIGINT)
                break
        text = process.stderr.read()
        check("Ctrl-C ends with 130", process.wait() == 130, text)
        return self.state / "savepoints" / next((self.state / "savepoints").iterdir()).name

    def go_on_from(self, path, mode, query):
        self.ask(query)
        words = ["--checkpoint-dir", str(self.folder / mode), "--from-savepoint", str(path), "--set",
                 f"execution.state-recovery.claim-mode={mode}"]
        return self.runs.run(self.runs.command(*words, fast="true", events=LONG))


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(text)


def grouped(what, where="TRUE"):
    return f"SELECT bidder, {what} FROM bids WHERE {where} GROUP BY bidder"


def check_queries(job):
    job.start(grouped("MAX(price)"))
    code, text = job.go_on(grouped("MAX(price)", "price > 1000"))
    check("another filter takes the state over", code == 0, text)
    code, text = job.go_on(grouped("SUM(price)"))
    check("another function is refused", code == 1 and "6003" in text and "MAX(BIGINT) became SUM(BIGINT)" in text, text)
    code, text = job.go_on(grouped("MAX(CAST(price AS INT))"))
    check("another type is refused", code == 1 and "6003" in text and "MAX(INT)" in text, text)
    plain = "SELECT bidder, price FROM bids"
    code, text = job.go_on(plain)
    check("state without a place is refused", code == 1 and "6003" in text and "--allow-dropped-state" in text, text)
    code, text = job.go_on(plain, "--allow-dropped-state")
    check("unless that is allowed", code == 0, text)
    code, text = job.go_on(plain, "--set", "execution.savepoint.ignore-unclaimed-state=true")
    check("by Flink's option too", code == 0, text)


def check_rows(job):
    job.start("SELECT a.id, b.price FROM bids b JOIN auctions a ON b.auction = a.id")
    code, text = job.go_on("SELECT a.id, CAST(b.bidder AS BIGINT) FROM (SELECT auction, CAST(bidder AS INT) AS bidder FROM bids) b"
                           " JOIN auctions a ON b.auction = a.id")
    check("rows of another type are refused", code == 1 and "6003" in text and "the query keeps" in text, text)
    told = job.explain()
    check("explain tells of it", "changed  Join" in told and "the query keeps" in told and "kept " in told, told)


def check_claims(job):
    path = job.savepoint(grouped("COUNT(*)"))
    code, text = job.go_on_from(path, "NO_CLAIM", grouped("COUNT(*)"))
    check("a savepoint stays with NO_CLAIM", code == 0 and (path / "manifest").exists(), text)
    code, text = job.go_on_from(path, "MAYBE", grouped("COUNT(*)"))
    check("another mode is refused", code == 2 and "CLAIM and NO_CLAIM" in text, text)
    code, text = job.go_on_from(path, "CLAIM", grouped("COUNT(*)"))
    check("and goes with CLAIM", code == 0 and not path.exists(), text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("library")
    args = parser.parse_args()
    for scene in [check_queries, check_rows, check_claims]:
        with tempfile.TemporaryDirectory(prefix="millrace-takeover-") as folder:
            scene(Changing(args, folder))


main()
