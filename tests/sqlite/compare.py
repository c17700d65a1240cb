#!/usr/bin/env python3
"""Runs random queries on millrace and on SQLite and compares the folded results as multisets.

usage: compare.py MILLRACE [--events] [--seed S] [--queries N] [OPTIONS OF millrace run]

A difference prints the query, both results and the seed. "Not supported" is counted, and fails the run above one in twenty.
"""
import argparse
import collections
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import event_queries
import plain_queries

ROWS = 24
EVENTS = 60
PATIENCE_SECONDS = 120
NOT_SUPPORTED = "error 2004"


class Plain:
    """Queries without a time: tables of a few rows with many NULLs."""

    columns = {"id": "BIGINT", "k": "BIGINT", "n": "BIGINT", "s": "STRING", "f": "BOOLEAN"}
    more = ""

    def __init__(self, seed):
        self.generator = plain_queries.Generator(seed)
        self.tables = {name: plain_queries.table_rows(self.generator.rng, ROWS) for name in plain_queries.TABLES}

    def pair(self):
        query, _ = self.generator.query(2)
        return query, query


class Events:
    """Event-time queries over tables with a watermark."""

    columns = {"id": "BIGINT", "k": "BIGINT", "n": "BIGINT", "sec": "INT"}
    more = f", ts AS TIMESTAMPADD(SECOND, sec, {event_queries.EPOCH}), WATERMARK FOR ts AS ts - " \
           f"INTERVAL '{event_queries.DELAY_SECONDS}' SECOND"

    def __init__(self, seed):
        self.generator = event_queries.EventGenerator(seed)
        self.tables = {name: event_queries.table_rows(self.generator.rng, EVENTS) for name in event_queries.TABLES}

    def pair(self):
        return self.generator.pair()


def write_tables(folder, kind):
    """The rows as NDJSON files; gives the statements that declare them."""
    statements = ""
    columns = ", ".join(f"`{name}` {of}" for name, of in kind.columns.items())
    for name, rows in kind.tables.items():
        lines = (json.dumps(dict(zip(kind.columns, row))) for row in rows)
        (folder / f"{name}.json").write_text("\n".join(lines) + "\n")
        statements += f"CREATE TABLE {name} ({columns}{kind.more}) WITH ('connector' = 'filesystem', " \
                      f"'path' = '{folder / name}.json', 'format' = 'json');\n"
    return statements


def reference_of(kind):
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = ON")
    database.create_function("char_length", 1, lambda s: None if s is None else len(s), deterministic=True)
    for name, rows in kind.tables.items():
        database.execute(f"CREATE TABLE {name} ({', '.join(kind.columns)})")
        database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(kind.columns))})", rows)
    return database


def plain_value(value):
    return int(value) if isinstance(value, bool) else value


def folded(lines):
    """The multiset that a changelog in JSON lines leaves."""
    rows = collections.Counter()
    for line in lines:
        change = json.loads(line)
        row = tuple(plain_value(v) for v in change["row"].values())
        rows[row] += 1 if change["op"] in ("+I", "+U") else -1
    return collections.Counter({row: n for row, n in rows.items() if n != 0})


def ask(millrace, folder, query, options):
    (folder / "query.sql").write_text(query)
    command = [millrace, "run", folder / "query.sql", "--output", "json", *options]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -1, "", f"no end after {PATIENCE_SECONDS} s")


def some(rows):
    return list(rows.items())[:5] + ["..."] * (len(rows) > 5)


class Tally:
    """What became of the queries of one run."""

    def __init__(self, seed):
        self.seed, self.same, self.differ, self.refused = seed, 0, 0, collections.Counter()

    def add(self, number, query, expected, done):
        first_line = done.stderr.partition("\n")[0]
        got = folded(done.stdout.splitlines())
        if done.returncode != 0 and first_line.startswith(NOT_SUPPORTED):
            self.refused[first_line.partition(": ")[2]] += 1
        elif done.returncode == 0 and got == expected:
            self.same += 1
        else:
            self.differ += 1
            print(f"seed {self.seed}, query {number}: exit {done.returncode}\n{query}\n"
                  f"  missing: {some(expected - got)}\n  too many: {some(got - expected)}\n{done.stderr}")

    def verdict(self):
        refusals = sum(self.refused.values())
        for message, count in self.refused.most_common():
            print(f"refused {count} times: {message}")
        print(f"{self.same} queries agree, {refusals} refused, {self.differ} differ")
        return 1 if self.differ or refusals > self.same / 20 else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--events", action="store_true", help="event-time queries instead of plain ones")
    arguments, options = parser.parse_known_args()
    kind, tally = (Events if arguments.events else Plain)(arguments.seed), Tally(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        statements, database = write_tables(folder, kind), reference_of(kind)
        for number in range(arguments.queries):
            query, of_reference = kind.pair()
            expected = collections.Counter(database.execute(of_reference).fetchall())
            tally.add(number, query, expected, ask(arguments.millrace, folder, f"{statements}{query};\n", options))
    sys.exit(tally.verdict())


main()
