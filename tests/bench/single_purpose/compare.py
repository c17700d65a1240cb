#!/usr/bin/env python3
"""Compares millrace with hand-written programs over the same columns: Nexmark q1, q2, q5, q7, q17.

usage: compare.py MILLRACE BENCH [--events N] [--loops L] [--rate R] [--repeat K] [query...]
BENCH is bench_single_purpose, whose head states the algorithms. The `memory` source replays N events L times, one subtask.
A run that makes the events and replays none is subtracted, so only the replay counts. CPU seconds (user and system, of all
threads) count on both sides; of K runs the best. With the default
rate a replay covers less than a window; with `--rate 100000 --loops 1` windows close on the way (later loops would be late).
"""
import argparse
import os
import pathlib
import subprocess
import tempfile

SOURCE = """
CREATE TABLE events (
  event_type INT,
  person ROW<id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING,
             `dateTime` TIMESTAMP(3), extra STRING>,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT,
              `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3),
          extra STRING>,
  at_time AS CASE WHEN event_type = 0 THEN person.`dateTime` WHEN event_type = 1 THEN auction.`dateTime`
                  ELSE bid.`dateTime` END,
  WATERMARK FOR at_time AS at_time - INTERVAL '4' SECOND
) WITH ('connector' = 'memory', 'memory.rows' = '${EVENTS}', 'memory.loops' = '${LOOPS}',
        'first-event.rate' = '${RATE}', 'next-event.rate' = '${RATE}');
CREATE VIEW bids AS
  SELECT bid.auction, bid.bidder, bid.price, at_time, bid.extra FROM events WHERE event_type = 2;
"""
HOT = """SELECT auction, window_start, window_end, COUNT(*) AS num
  FROM TABLE(HOP(TABLE bids, DESCRIPTOR(at_time), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end"""
QUERIES = {
    "q1": ("auction BIGINT, bidder BIGINT, euros DECIMAL(23, 3), at_time TIMESTAMP(3), extra STRING",
           "SELECT auction, bidder, 0.908 * price, at_time, extra FROM bids"),
    "q2": ("auction BIGINT, price BIGINT", "SELECT auction, price FROM bids WHERE MOD(auction, 123) = 0"),
    "q5": ("auction BIGINT, num BIGINT",
           f"""SELECT h.auction, h.num FROM ({HOT}) AS h JOIN (
  SELECT MAX(num) AS top, window_start, window_end FROM ({HOT}) GROUP BY window_start, window_end) AS b
ON h.window_start = b.window_start AND h.window_end = b.window_end AND h.num >= b.top"""),
    "q7": ("auction BIGINT, price BIGINT, bidder BIGINT, at_time TIMESTAMP(3), extra STRING",
           """SELECT b.auction, b.price, b.bidder, b.at_time, b.extra FROM bids AS b JOIN (
  SELECT MAX(price) AS top, window_end AS closed
  FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at_time), INTERVAL '10' SECOND)) GROUP BY window_start, window_end) AS m
ON b.price = m.top WHERE b.at_time BETWEEN m.closed - INTERVAL '10' SECOND AND m.closed"""),
    "q17": ("""auction BIGINT, `day` STRING, total_bids BIGINT, rank1_bids BIGINT, rank2_bids BIGINT, rank3_bids BIGINT,
  min_price BIGINT, max_price BIGINT, avg_price BIGINT, sum_price BIGINT""",
            """SELECT auction, DATE_FORMAT(at_time, 'yyyy-MM-dd'), COUNT(*), COUNT(*) FILTER (WHERE price < 10000),
  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000), COUNT(*) FILTER (WHERE price >= 1000000),
  MIN(price), MAX(price), AVG(price), SUM(price) FROM bids GROUP BY auction, DATE_FORMAT(at_time, 'yyyy-MM-dd')"""),
}


def cpu_seconds(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(errors.decode(errors="replace"))
    return usage.ru_utime + usage.ru_stime


def millrace_speed(args, script, query):
    """Events per CPU second of the replay alone."""
    columns, select = QUERIES[query]
    script.write_text(f"{SOURCE}CREATE TABLE answer ({columns}) WITH ('connector' = 'blackhole');\n"
                      f"INSERT INTO answer {select};\n")

    def run(loops):
        values = {"EVENTS": args.events, "LOOPS": loops, "RATE": args.rate}
        defines = [part for name, value in values.items() for part in ("--define", f"{name}={value}")]
        return min(cpu_seconds([args.millrace, "run", script, "--parallelism", "1", *args.set, *defines])
                   for _ in range(args.repeat))

    return args.events * args.loops / max(run(args.loops) - run(0), 1e-3)


def program_speeds(args):
    best = {}
    for _ in range(args.repeat):
        text = subprocess.run([args.bench, str(args.events), str(args.loops), str(args.rate)], capture_output=True,
                              text=True, check=True).stdout
        for line in text.splitlines():
            name, speed = line.split()[:2]
            best[name] = max(best.get(name, 0.0), float(speed) * 1e6)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("millrace")
    parser.add_argument("bench")
    parser.add_argument("queries", nargs="*")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--loops", type=int, default=20)
    parser.add_argument("--rate", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--set", action="append", default=[])
    args = parser.parse_intermixed_args()
    args.set = [part for pair in args.set for part in ("--set", pair)]
    programs = program_speeds(args)
    print("query,millrace_events_per_core_s,program_events_per_core_s,ratio")
    with tempfile.TemporaryDirectory() as folder:
        for query in args.queries or QUERIES:
            speed = millrace_speed(args, pathlib.Path(folder) / "job.sql", query)
            print(f"{query},{speed:.0f},{programs[query]:.0f},{speed / programs[query]:.3f}", flush=True)


main()
