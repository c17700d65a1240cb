#!/usr/bin/env python3
"""EXPLAIN warns of state that grows without bound, and of no other.

usage: growing_state.py MILLRACE
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import program

TABLES = """
CREATE TABLE t (k INT, v INT, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'datagen'{});
CREATE TABLE u (k INT, v INT, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'datagen'{});
"""
BOUNDED = ", 'number-of-rows' = '10'"
WINDOWS = "TABLE(TUMBLE(TABLE t, DESCRIPTOR(at_time), INTERVAL '1' MINUTE))"
MATCH = ("SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY at_time MEASURES A.v AS a ONE ROW PER MATCH"
         " AFTER MATCH SKIP PAST LAST ROW PATTERN (A B) {}DEFINE B AS B.v > A.v)")
NUMBERED = "SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY {}) AS n FROM t) WHERE n {}"
OVER = "SELECT SUM(v) OVER (PARTITION BY k ORDER BY at_time {}) FROM t"

GROWING = {
    "SELECT k, COUNT(*) FROM t GROUP BY k": "GroupAggregate",
    "SELECT DISTINCT v FROM t": "GroupAggregate",
    "SELECT COUNT(DISTINCT v) FROM t": "GroupAggregate",
    "SELECT t.k FROM t JOIN u ON t.k = u.k": "Join",
    "SELECT t.k FROM t LEFT JOIN u ON t.k = u.k": "Join",
    MATCH.format(""): "WITHIN",
    NUMBERED.format("at_time", "= 1"): "Deduplicate",
    NUMBERED.format("v", "<= 3"): "Rank",
    OVER.format("RANGE UNBOUNDED PRECEDING"): "OverAggregate",
    "SELECT k FROM t INTERSECT SELECT k FROM u": "",
}
STEADY = [
    "SELECT k, v FROM t WHERE v > 1",
    "SELECT COUNT(*) FROM t",
    f"SELECT window_start, k, COUNT(*) FROM {WINDOWS} GROUP BY window_start, window_end, k",
    f"SELECT window_start, COUNT(DISTINCT k) FROM {WINDOWS} GROUP BY window_start, window_end",
    "SELECT t.k FROM t JOIN u ON t.k = u.k AND t.at_time BETWEEN u.at_time AND u.at_time + INTERVAL '1' MINUTE",
    MATCH.format("WITHIN INTERVAL '1' MINUTE "),
    OVER.format("RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING AND CURRENT ROW"),
]


class GrowingState(unittest.TestCase):
    def warnings(self, query, bounded=("", ""), settings=""):
        with tempfile.TemporaryDirectory(prefix="millrace-growth-") as folder:
            script = pathlib.Path(folder) / "query.sql"
            script.write_text(f"{settings}{TABLES.format(*bounded)}{query};\n")
            done = subprocess.run([sys.argv[1], "explain", str(script)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [line for line in done.stderr.splitlines() if "grows without bound" in line]

    def test_warns_where_keys_or_rows_are_kept_for_ever(self):
        for query, word in GROWING.items():
            with self.subTest(query):
                self.assertIn(word, " ".join(self.warnings(query)))
                self.assertTrue(self.warnings(query))

    def test_says_nothing_of_state_that_time_ends(self):
        for query in STEADY:
            with self.subTest(query):
                self.assertEqual(self.warnings(query), [])

    def test_says_nothing_with_a_time_to_live(self):
        for query in ["SELECT k, COUNT(*) FROM t GROUP BY k", "SELECT t.k FROM t JOIN u ON t.k = u.k",
                      NUMBERED.format("at_time", "= 1")]:
            with self.subTest(query):
                self.assertEqual(self.warnings(query, settings="SET 'table.exec.state.ttl' = '1 h';"), [])

    def test_says_nothing_of_input_that_ends(self):
        for query in GROWING:
            if "MATCH" in query:
                continue  # open matches may be many before the end, too
            with self.subTest(query):
                self.assertEqual(self.warnings(query, bounded=(BOUNDED, BOUNDED)), [])
        self.assertTrue(self.warnings("SELECT t.k FROM t JOIN u ON t.k = u.k", bounded=(BOUNDED, "")))


if __name__ == "__main__":
    program.main(sys.argv)
