#!/usr/bin/env python3
"""Measures the filesystem source: NDJSON bids to typed batches, and CSV bids against DuckDB's reader.

usage: connectors.py MILLRACE [--rows N] [--repeat K]
The files are Nexmark bids that MILLRACE writes itself. Both programs read the same CSV file with an explicit schema of the
same types, all columns, on one thread, after a first run has warmed the page cache; the best of K runs counts. CPU seconds
stand for millrace, the reading statement's CPU seconds (without start-up) for DuckDB, which only counts the values.
DuckDB is the PyPI package `duckdb`, wherever `python3` finds it (a venv will do); without it only millrace is measured.
"""
import argparse
import os
import pathlib
import subprocess
import tempfile
import time

COLUMNS = [("auction", "BIGINT"), ("bidder", "BIGINT"), ("price", "BIGINT"), ("channel", "VARCHAR"), ("url", "VARCHAR"),
           ("at_time", "TIMESTAMP(3)"), ("extra", "VARCHAR")]
SCHEMA = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
EVENTS = """
CREATE TABLE events (event_type INT,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING>)
WITH ('connector' = 'nexmark', 'events.num' = '{events}', 'person.proportion' = '0', 'auction.proportion' = '0',
      'bid.proportion' = '50', 'first-event.rate' = '100000');
"""


def table(name, path, form, more=""):
    return (f"CREATE TABLE {name} ({SCHEMA}) WITH ('connector' = 'filesystem', 'path' = '{path}', "
            f"'format' = '{form}'{more});\n")


def run(args, folder, sql):
    """CPU seconds of millrace for a script."""
    script = folder / "job.sql"
    script.write_text(sql)
    process = subprocess.Popen([args.millrace, "run", script, "--parallelism", "1"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(errors.decode(errors="replace"))
    return usage.ru_utime + usage.ru_stime


def write_bids(args, folder, form):
    run(args, folder, EVENTS.format(events=args.rows) + table("files", folder / form, form, ", 'sink.rolling-policy.file-size' = '64 gb'") +
        "INSERT INTO files SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, bid.`dateTime`, bid.extra "
        "FROM events WHERE event_type = 2;\n")
    parts = [p for p in (folder / form).rglob("*") if p.is_file() and not p.name.startswith(("_", "."))]
    whole = folder / f"bids.{form}"
    with open(whole, "wb") as out:
        for part in parts:
            out.write(part.read_bytes())
            part.unlink()
    return whole


def millrace_speed(args, folder, path, form):
    read = (table("bids", path, form) + f"CREATE TABLE answer ({SCHEMA}) WITH ('connector' = 'blackhole');\n"
            "INSERT INTO answer SELECT * FROM bids;\n")
    run(args, folder, read)
    return args.rows / min(run(args, folder, read) for _ in range(args.repeat))


def duckdb_speed(args, path):
    try:
        import duckdb
    except ImportError:
        return None
    connection = duckdb.connect(config={"threads": 1})
    types = {name: "TIMESTAMP" if kind.startswith("TIMESTAMP") else kind for name, kind in COLUMNS}
    counts = ", ".join(f"count({name})" for name in types)
    query = f"SELECT {counts} FROM read_csv('{path}', header = false, auto_detect = false, delim = ',', quote = '\"', " \
            f"columns = {types!r}, parallel = false)"
    best = float("inf")
    for attempt in range(args.repeat + 1):
        started = time.process_time()
        found = connection.execute(query).fetchone()
        took = time.process_time() - started
        assert found[0] == args.rows, found
        best = min(best, took) if attempt else best
    return args.rows / best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("millrace")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    print("format,bytes_per_row,millrace_rows_per_core_s,duckdb_rows_per_core_s,ratio")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for form in ("json", "csv"):
            path = write_bids(args, folder, form)
            speed = millrace_speed(args, folder, path, form)
            peer = duckdb_speed(args, path) if form == "csv" else None
            print(f"{form},{path.stat().st_size / args.rows:.0f},{speed:.0f},{f'{peer:.0f}' if peer else ''},"
                  f"{f'{speed / peer:.2f}' if peer else ''}", flush=True)
            path.unlink()


main()
