#!/usr/bin/env python3
"""Runs the quick start's job and compares it with a computation of its own over the same files.

usage: flights.py MILLRACE ROOT [further arguments of millrace run]
"""
import collections
import csv
import decimal
import gzip
import json
import pathlib
import subprocess
import sys


def rows_of(folder, name):
    with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as f:
        yield from csv.reader(f)


def one_decimal(text):
    return float(decimal.Decimal(text).quantize(decimal.Decimal("0.1"), decimal.ROUND_HALF_UP))


def expected(folder):
    names = dict(rows_of(folder, "airlines.csv.gz"))
    weather = {(origin, at[:13]): (float(temp), one_decimal(wind), float(visib))
               for origin, at, temp, wind, _, visib in rows_of(folder, "weather.csv.gz")}
    delays = collections.defaultdict(lambda: collections.defaultdict(list))
    for sched, delay, _, carrier, _, _, origin, *_ in rows_of(folder, "flights.csv.gz"):
        if delay:
            delays[(origin, sched[:13])][carrier].append(int(delay))
    out = collections.Counter()
    for (origin, hour), carriers in delays.items():
        if (origin, hour) not in weather:
            continue
        # AVG of integers truncates towards zero.
        means = sorted((-int(sum(d) / len(d)), carrier) for carrier, d in carriers.items())[:3]
        for place, (mean, carrier) in enumerate(means, 1):
            d = carriers[carrier]
            out[(hour + ":00:00", origin, place, names[carrier], len(d), -mean, max(d), *weather[(origin, hour)])] += 1
    return out


def main():
    binary, root = sys.argv[1], pathlib.Path(sys.argv[2])
    folder = root / "docs/guides/flights"
    command = [binary, "run", str(folder / "worst_carriers.sql"), "--define", f"FLIGHTS={folder}", "--output", "json"]
    done = subprocess.run(command + sys.argv[3:], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(done.stderr)
    got = collections.Counter()
    for line in done.stdout.splitlines():
        change = json.loads(line)
        got[tuple(change["row"].values())] += 1 if change["op"] in ("+I", "+U") else -1
    want = expected(folder)
    got = +got
    print(f"{sum(got.values())} rows, {sum((want - got).values())} missing, {sum((got - want).values())} too many")
    print("missing", list(want - got)[:3], "extra", list(got - want)[:3])
    sys.exit(0 if got == want and want else 1)


main()
