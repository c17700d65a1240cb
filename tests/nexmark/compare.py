#!/usr/bin/env python3
"""Checks Nexmark queries against an independent computation (SQLite) over the same seeded events.

usage: compare.py MILLRACE [--events N] [--rate R] [--seed S] [--parallelism P] [--set k=v]... [query...]
Reads the events out of millrace's generator as JSON, loads them into SQLite, runs queries/<q>.sql through millrace and
queries/<q>.reference.sql through SQLite, and compares the folded results as multisets. Up to 1000 events a second every
event has a millisecond of its own; above, bids of equal time leave q6 and q18 more than one right answer.
"""
import argparse
import collections
import datetime
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EPOCH = datetime.datetime(1970, 1, 1)
TIMES = {"at_time", "expires"}


def to_ms(text):
    fmt = "%Y-%m-%d %H:%M:%S.%f" if "." in text else "%Y-%m-%d %H:%M:%S"
    return (datetime.datetime.strptime(text, fmt) - EPOCH) // datetime.timedelta(milliseconds=1)


def time_text(ms):
    text = (EPOCH + datetime.timedelta(milliseconds=ms)).strftime("%Y-%m-%d %H:%M:%S")
    return text + f".{ms % 1000:03d}".rstrip("0") if ms % 1000 else text


def split_index(text, index):
    parts = text.split("/")
    return parts[index] if index < len(parts) else None


def channel_id(url):
    match = re.search(r"(&|^)channel_id=([^&]*)", url)
    return match.group(2) if match else None


class Millrace:
    def __init__(self, args, scratch):
        self.args, self.scratch = args, scratch
        self.side = scratch / "side.csv"
        self.side.write_text("".join(f"{i},label-{i}\n" for i in range(0, 100, 3)))

    def rows(self, sql):
        script = self.scratch / "query.sql"
        script.write_text((HERE / "schema.sql").read_text() + sql)
        defines = {"EVENTS": self.args.events, "RATE": self.args.rate, "SEED": self.args.seed, "SIDE": self.side}
        command = [self.args.millrace, "run", str(script), "--output", "json", "--parallelism", str(self.args.parallelism)]
        for name, value in defines.items():
            command += ["--define", f"{name}={value}"]
        for pair in self.args.set:
            command += ["--set", pair]
        done = subprocess.run(command, capture_output=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode("utf-8", "replace").strip()[-400:])
        return [json.loads(line) for line in done.stdout.decode().split("\n") if line]

    def folded(self, sql):
        counts = collections.Counter()
        for change in self.rows(sql):
            counts[tuple(change["row"].values())] += 1 if change["op"] in ("+I", "+U") else -1
        return counts


def load(millrace):
    base = sqlite3.connect(":memory:")
    base.create_function("time_text", 1, time_text)
    base.create_function("thousandths", 1, lambda v: f"{v // 1000}.{v % 1000:03d}")
    base.create_function("split_index", 2, split_index)
    base.create_function("channel_id", 1, channel_id)
    times = set()
    for view in ("persons", "auctions", "bids"):
        rows = [c["row"] for c in millrace.rows(f"SELECT * FROM {view};")]
        names = list(rows[0])
        base.execute(f"CREATE TABLE {view} ({', '.join(names)})")
        cells = [[to_ms(v) if k in TIMES else v for k, v in row.items()] for row in rows]
        base.executemany(f"INSERT INTO {view} VALUES ({', '.join('?' * len(names))})", cells)
        times.update(c[names.index("at_time")] for c in cells)
    base.execute("CREATE TABLE hops (window_end)")
    first, last = min(times) // 2000 * 2000, max(times) + 12000
    base.executemany("INSERT INTO hops VALUES (?)", [(t,) for t in range(first, last, 2000)])
    base.execute("CREATE TABLE side (key INTEGER, label)")
    base.executemany("INSERT INTO side VALUES (?, ?)", [(i, f"label-{i}") for i in range(0, 100, 3)])
    base.execute("CREATE INDEX by_auction ON bids (auction)")
    return base


def check(name, millrace, base):
    want = collections.Counter(base.execute((HERE / f"queries/{name}.reference.sql").read_text()).fetchall())
    got = millrace.folded((HERE / f"queries/{name}.sql").read_text())
    if any(n < 0 for n in got.values()):
        return f"{sum(1 for n in got.values() if n < 0)} rows taken back that were never there"
    got = +got
    if got == want and want:
        return None
    missing, extra = want - got, got - want
    return (f"{sum(missing.values())} rows missing, {sum(extra.values())} too many of {sum(want.values())}"
            f"\n  missing {list(missing)[:2]}\n  extra   {list(extra)[:2]}")


def arguments(name):
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("millrace")
    parser.add_argument("queries", nargs="*")
    parser.add_argument("--events", type=int, default=20000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parallelism", type=int, default=1)
    parser.add_argument("--set", action="append", default=[])
    return parser


def main():
    args = arguments("compare.py").parse_args()
    names = args.queries or sorted((p.stem for p in HERE.glob("queries/*.sql") if "." not in p.stem), key=lambda q: int(q[1:]))
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        millrace = Millrace(args, pathlib.Path(scratch))
        base = load(millrace)
        for name in names:
            try:
                problem = check(name, millrace, base)
            except RuntimeError as error:
                problem = str(error)
            failed += problem is not None
            print(f"ok   {name}" if problem is None else f"FAIL {name}: {problem}", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
