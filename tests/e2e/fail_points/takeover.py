#!/usr/bin/env python3
"""Goes on from the checkpoint or savepoint of one query with another, and checks what is taken over and what is refused.

usage: takeover.py MILLRACE DISK_FAULTS_LIBRARY
"""
import argparse
import collections
import json
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
# A checkpoint holds the state of so many more events, whatever the machine's load.
BY_TIME, BY_ROWS = "'execution.checkpointing.interval' = '10 ms'", "'millrace.test.barrier-rows' = '200'"


class Changing:
    """A job whose query changes between its runs."""

    def __init__(self, args, folder):
        self.runs = Runs(args, folder, Job("aggregate"))
        self.folder = pathlib.Path(folder)
        self.state = self.runs.disk / "state"

    def ask(self, query, columns=COLUMNS):
        text = EVENTS.replace(BY_TIME, BY_ROWS).replace("${PARTITIONED}", "")
        text = text.replace("${COLUMNS}", columns).replace("${FORMAT}", "debezium-json")
        self.runs.script.write_text(f"{text}{query};\n")

    def start(self, query, columns=COLUMNS):
        """Runs until the process is killed with some checkpoints behind it."""
        self.ask(query, columns)
        code, text = self.runs.run(self.runs.resuming(), MILLRACE_FAIL_POINT="settle:kill:3")
        check("a job is killed behind its third checkpoint", code == -signal.SIGKILL, text)

    def go_on(self, query, *words, columns=COLUMNS):
        """Goes on from a copy of the checkpoints, which stay for the next query."""
        self.ask(query, columns)
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.state, copy)
        return self.runs.run(self.runs.command("--checkpoint-dir", str(copy), "--resume", *words))

    def undisturbed(self, query, columns=COLUMNS):
        """The answer of a query that nothing ever happened to."""
        self.ask(query, columns)
        out = self.runs.disk / "out"
        aside = out.rename(self.folder / "aside")
        code, text = self.runs.run(self.runs.command(fast="true"))
        check("the query runs undisturbed", code == 0, text)
        answer = self.answer(columns)
        shutil.rmtree(out)
        aside.rename(out)
        return answer

    def answer(self, columns=COLUMNS):
        """The rows of the answer as far as they have these columns: its changes folded."""
        names = [column.split()[0] for column in columns.split(", ")]
        rows = collections.Counter()
        for path in (self.runs.disk / "out" / "answer").glob("part-*"):
            for line in path.read_text().splitlines():
                change = json.loads(line)
                for side, weight in (("before", -1), ("after", 1)):
                    if change.get(side):
                        rows[tuple(change[side].get(name) for name in names)] += weight
        return {row: n for row, n in rows.items() if n}

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
    check("another function is refused", code == 1 and "6003" in text and "MAX(bid.price) of BIGINT became SUM(bid.price)" in text, text)
    code, text = job.go_on(grouped("MAX(CAST(price AS INT))"))
    check("a narrower type is refused", code == 1 and "6003" in text and "MAX(CAST(bid.price AS INT))" in text, text)
    code, text = job.go_on(grouped("MAX(auction)"))
    check("another argument is refused", code == 1 and "6003" in text and "became MAX(bid.auction)" in text, text)
    plain = "SELECT bidder, price FROM bids"
    code, text = job.go_on(plain)
    check("state without a place is refused", code == 1 and "6003" in text and "--allow-dropped-state" in text, text)
    code, text = job.go_on(plain, "--allow-dropped-state")
    check("unless that is allowed", code == 0, text)
    code, text = job.go_on(plain, "--set", "execution.savepoint.ignore-unclaimed-state=true")
    check("by Flink's option too", code == 0, text)


def joined(number):
    """A join that keeps rows with a number of some type."""
    return (f"SELECT a.id, b.price FROM (SELECT auction, CAST(CAST(price AS INT) AS {number}) AS price FROM bids) b"
            " JOIN auctions a ON b.auction = a.id")


def check_rows(job):
    job.start(joined("INT"))
    code, text = job.go_on(joined("SMALLINT"))
    check("rows of a narrower type are refused", code == 1 and "6003" in text and "the query keeps" in text, text)
    told = job.explain()
    check("explain tells of it", "changed  Join" in told and "the query keeps" in told and "kept " in told, told)
    code, text = job.go_on(joined("BIGINT"))
    check("rows widen", code == 0, text)
    check("and are right", job.answer() and job.answer() == job.undisturbed(joined("BIGINT")), str(job.answer())[:300])


WIDE = "bidder BIGINT, number BIGINT, least BIGINT, values_seen BIGINT"


def widening(number, key):
    """Sums of an INT or a BIGINT by a key of either; small values, because a sum that wrapped as an INT stays wrapped."""
    value = "CAST(MOD(price, 1000) AS INT)"
    if number != "INT":
        value = f"CAST({value} AS {number})"
    return (f"SELECT k, SUM(v), MIN(v), COUNT(DISTINCT v) FROM (SELECT CAST(CAST(bidder AS INT) AS {key}) AS k, {value} AS v"
            " FROM bids) GROUP BY k")


def check_widening(job):
    job.start(widening("INT", "INT"), WIDE)
    for number, key in [("BIGINT", "INT"), ("INT", "BIGINT"), ("BIGINT", "BIGINT")]:
        code, text = job.go_on(widening(number, key), columns=WIDE)
        check(f"sums of an INT go on as {number} by {key}", code == 0, text)
        told = job.explain()
        check("explain says that they widen", number == "INT" or "of INT widens to BIGINT" in told, told)
        answer = job.answer(WIDE)
        check("and are right", answer == job.undisturbed(widening(number, key), WIDE), str(list(answer)[:5]))
    check("with the groups of before", len(answer) > 5, str(answer))


def check_new_columns(job):
    job.start(grouped("SUM(price)"))
    more = grouped("SUM(price), COUNT(*), MAX(auction), COUNT(DISTINCT auction)")
    columns = "bidder BIGINT, number BIGINT, bids BIGINT, latest BIGINT, auctions BIGINT"
    code, text = job.go_on(more, columns=columns)
    check("a query may get more columns", code == 0, text)
    told = job.explain()
    check("explain says that they start empty", "kept " in told and "COUNT(*) starts empty" in told, told)
    check("and the others are right", job.answer() == job.undisturbed(grouped("SUM(price)")), str(job.answer())[:300])


FRAME = "SUM(price) OVER (PARTITION BY bidder ORDER BY at_time {})"
PATTERN = ("SELECT bidder, high FROM bids MATCH_RECOGNIZE (PARTITION BY bidder ORDER BY at_time MEASURES B.price AS high"
           " ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN ({}) DEFINE B AS B.price > {})")
TOP = ("SELECT bidder, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder ORDER BY price {}) AS place FROM bids)"
       " WHERE place <= {}")
JOINED = "SELECT b.bidder, b.price FROM bids b LEFT JOIN auctions a ON b.auction = a.id AND b.price > {}"
PER_WINDOW = ("SELECT bidder, SUM(price) FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at_time), INTERVAL '{}' SECOND))"
              " GROUP BY bidder, window_start, window_end")

# A query and others whose state must not be mixed with its own.
OTHERS = [
    ("SELECT bidder, " + FRAME.format("ROWS BETWEEN 3 PRECEDING AND CURRENT ROW") + " FROM bids",
     ["SELECT bidder, " + FRAME.format("ROWS BETWEEN 2 PRECEDING AND CURRENT ROW") + " FROM bids",
      "SELECT bidder, " + FRAME.format("ROWS BETWEEN 3 PRECEDING AND CURRENT ROW").replace("SUM", "MIN") + " FROM bids"]),
    (PATTERN.format("A B", "A.price"), [PATTERN.format("A+ B", "A.price"), PATTERN.format("A B", "2 * A.price")]),
    (TOP.format("DESC", 2), [TOP.format("DESC", 3), TOP.format("ASC", 2)]),
    (JOINED.format("100"), [JOINED.format("a.seller"), JOINED.format("100").replace("LEFT JOIN", "JOIN")]),
    (PER_WINDOW.format("0.02"), [PER_WINDOW.format("0.04")]),
]


def check_others(job):
    for query, others in OTHERS:
        shutil.rmtree(job.state, ignore_errors=True)
        job.start(query)
        code, text = job.go_on(query)
        check("the query itself goes on", code == 0, text)
        for other in others:
            code, text = job.go_on(other)
            check("another is refused", code == 1 and "6003" in text, other + text)
            told = job.explain()
            check("explain says so", "changed  " in told or "dropped  " in told, told)


def check_claims(job):
    path = job.savepoint(grouped("COUNT(*)"))
    code, text = job.go_on_from(path, "NO_CLAIM", grouped("COUNT(*)"))
    check("a savepoint stays with NO_CLAIM", code == 0 and (path / "manifest").exists(), text)
    code, text = job.go_on_from(path, "MAYBE", grouped("COUNT(*)"))
    check("another mode is refused", code == 2 and "CLAIM, NO_CLAIM" in text, text)
    code, text = job.go_on_from(path, "CLAIM", grouped("COUNT(*)"))
    check("and goes with CLAIM", code == 0 and not path.exists(), text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("library")
    args = parser.parse_args()
    for scene in [check_queries, check_rows, check_widening, check_new_columns, check_others, check_claims]:
        with tempfile.TemporaryDirectory(prefix="millrace-takeover-") as folder:
            scene(Changing(args, folder))


main()
