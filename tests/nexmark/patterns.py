#!/usr/bin/env python3
"""Checks MATCH_RECOGNIZE and processing-time windows over the benchmark's events against plain Python.

usage: patterns.py MILLRACE [--events N] [--seed S] [--parallelism P] [--set k=v]...
"""
import collections
import pathlib
import sys
import tempfile

import compare

# A strictly rising run of prices of one auction and the bid that ends it.
RISES = """
SELECT * FROM bids MATCH_RECOGNIZE (
  PARTITION BY auction ORDER BY at_time
  MEASURES A.price AS low, LAST(B.price) AS high, COUNT(B.price) AS steps, C.price AS ends_with
  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (A B+ C)
  DEFINE B AS B.price > LAST(B.price, 1) OR (LAST(B.price, 1) IS NULL AND B.price > A.price),
         C AS C.price <= LAST(B.price));
"""

# Two bids of one bidder on one channel within two seconds with no other bid of his between; pairs may overlap.
PAIRS = """
SELECT * FROM bids MATCH_RECOGNIZE (
  PARTITION BY bidder ORDER BY at_time
  MEASURES A.auction AS first_auction, B.auction AS second_auction, A.channel AS channel
  ONE ROW PER MATCH AFTER MATCH SKIP TO NEXT ROW
  PATTERN (A B) WITHIN INTERVAL '2' SECOND
  DEFINE B AS B.channel = A.channel);
"""

# A cheap bid, any number of middling ones, a dear one: the first dear one ends it.
JUMPS = """
SELECT * FROM bids MATCH_RECOGNIZE (
  PARTITION BY auction ORDER BY at_time
  MEASURES A.price AS cheap, COUNT(M.price) AS between_them, Z.price AS dear
  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (A M* Z)
  DEFINE A AS A.price < 1000, M AS M.price >= 1000 AND M.price < 1000000, Z AS Z.price >= 1000000);
"""

# The benchmark's q12. In which window a row falls depends on the clock, so the windows of a bidder are added up; the
# boundaries of processing-time windows have a unit test with a clock of its own.
PROCESSING_TIME = """
CREATE VIEW timed_bids AS SELECT bidder, PROCTIME() AS p FROM bids;
SELECT bidder, COUNT(*) FROM TABLE(TUMBLE(TABLE timed_bids, DESCRIPTOR(p), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end;
"""


def per_key(bids, key):
    groups = collections.defaultdict(list)
    for bid in sorted(bids, key=lambda b: b["at_time"]):
        groups[bid[key]].append(bid)
    return groups.items()


def rises(bids):
    for auction, rows in per_key(bids, "auction"):
        prices = [row["price"] for row in rows]
        start = 0
        while start < len(prices):
            end = start + 1
            while end < len(prices) and prices[end] > prices[end - 1]:
                end += 1
            if end == len(prices) or end == start + 1:
                start += 1
                continue
            yield auction, prices[start], prices[end - 1], end - start - 1, prices[end]
            start = end + 1


def pairs(bids):
    for bidder, rows in per_key(bids, "bidder"):
        for a, b in zip(rows, rows[1:]):
            if a["channel"] == b["channel"] and compare.to_ms(b["at_time"]) - compare.to_ms(a["at_time"]) < 2000:
                yield bidder, a["auction"], b["auction"], a["channel"]


def jumps(bids):
    for auction, rows in per_key(bids, "auction"):
        prices = [row["price"] for row in rows]
        start = 0
        while start < len(prices):
            end = start + 1
            while end < len(prices) and 1000 <= prices[end] < 1000000:
                end += 1
            if prices[start] >= 1000 or end == len(prices) or prices[end] < 1000000:
                start += 1
                continue
            yield auction, prices[start], end - start - 1, prices[end]
            start = end + 1


def check_windows(millrace, bids):
    got = collections.Counter()
    for change in millrace.rows(PROCESSING_TIME):
        bidder, count = change["row"].values()
        got[bidder] += count
    return got == collections.Counter(bid["bidder"] for bid in bids), sum(got.values())


def main():
    args = compare.arguments("patterns.py").parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        millrace = compare.Millrace(args, pathlib.Path(scratch))
        bids = [change["row"] for change in millrace.rows("SELECT auction, bidder, price, channel, at_time FROM bids;")]
        for sql, expected in ((RISES, rises), (PAIRS, pairs), (JUMPS, jumps)):
            want, got = collections.Counter(expected(bids)), millrace.folded(sql)
            right = got == want and bool(want)
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} {expected.__name__}: {sum(want.values())} matches, "
                  f"missing {list((want - got).items())[:2]}, extra {list((got - want).items())[:2]}")
        right, rows = check_windows(millrace, bids)
        failed += not right
        print(f"{'ok  ' if right else 'FAIL'} processing-time windows: {rows} of {len(bids)} bids")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
