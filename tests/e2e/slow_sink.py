#!/usr/bin/env python3
"""A sink that is much slower than its source holds the source back: memory stays flat however many rows go through.

usage: slow_sink.py MILLRACE
"""
import os
import pathlib
import subprocess
import sys
import unittest

import program

# 200,000 rows of 700 bytes. The source makes about two million a second and core, so the sink takes a hundredth of them.
ROWS = 200_000
ROW_BYTES = 700
SINK_ROWS_PER_SECOND = 20_000
MOST_KB = 90_000

SOURCE = f"""
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1000001', 'fields.n.end' = '{1_000_000 + ROWS}');
CREATE VIEW wide AS SELECT n, REPEAT(CAST(n AS STRING), 100) AS text FROM numbers;
"""
INSERT = SOURCE + """
CREATE TABLE slow (n BIGINT, text STRING) WITH ('connector' = 'blackhole', 'rate' = '${RATE}');
INSERT INTO slow SELECT n, text FROM wide;
"""


def peak_kb(child):
    """The most memory a living child has held at once."""
    for line in pathlib.Path(f"/proc/{child.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("no VmHWM")


class SlowSink(unittest.TestCase):
    def test_memory_is_flat_before_a_slow_sink(self):
        self.assertGreater(ROWS * ROW_BYTES // 1024, MOST_KB * 3 // 2)  # held in memory the rows would be seen
        modes = (["--parallelism", "1"], ["--parallelism", "1", "--set", "pipeline.operator-chaining.enabled=false"])
        running = []
        for mode in modes:
            millrace = program.Program(sys.argv[1], self)
            command = millrace.command(INSERT, "--define", f"RATE={SINK_ROWS_PER_SECOND}", *mode)
            running.append((mode, subprocess.Popen(command, stderr=subprocess.PIPE, text=True)))
        for mode, child in running:
            with self.subTest(mode):
                said = child.stderr.read()
                child.stderr.close()
                code, peak = program.wait_measured(child)
                self.assertEqual(code, 0, said)
                self.assertIn(f"out {ROWS:,} rows", said)
                self.assertLess(peak, MOST_KB)

    def test_memory_is_flat_before_a_reader_who_does_not_read(self):
        millrace = program.Program(sys.argv[1], self)
        command = millrace.command(SOURCE + "SELECT n, text FROM wide;", "--output", "json")
        held = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.addCleanup(held.stdout.close)
        first = os.read(held.stdout.fileno(), 1)
        # The same job with a fast reader runs to its end meanwhile: time enough for the other to take all rows in.
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        peak = peak_kb(held)
        self.assertEqual(first, b"{")
        self.assertLess(peak, MOST_KB)
        lines = sum(piece.count(b"\n") for piece in iter(lambda: os.read(held.stdout.fileno(), 1 << 16), b""))
        self.assertEqual((lines, program.wait_measured(held)[0]), (ROWS, 0))


if __name__ == "__main__":
    program.main(sys.argv)
