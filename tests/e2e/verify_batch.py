#!/usr/bin/env python3
"""`run --verify-batch`: queries whose rows agree, rows that came late, a total over nothing; sinks are not written.

usage: verify_batch.py MILLRACE
"""
import pathlib
import subprocess
import sys
import tempfile

SCRIPT = """CREATE TABLE e (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '{folder}/e.csv', 'format' = 'csv');
CREATE TABLE o (v INT, c BIGINT) WITH ('connector' = 'filesystem', 'path' = '{folder}/out', 'format' = 'csv');
"""
AGREE = "INSERT INTO o SELECT v, COUNT(*) FROM e GROUP BY v;\nSELECT a.v FROM e AS a LEFT JOIN e AS b ON a.v = b.v + 1;\n"
DIFFER = """SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
  GROUP BY window_start, window_end;
SELECT COUNT(*) FROM e WHERE v > 100;
"""


def verify(millrace, folder, queries):
    script = folder / "job.sql"
    script.write_text(SCRIPT.format(folder=folder) + queries)
    done = subprocess.run([millrace, "run", script, "--verify-batch"], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.splitlines(), done.stderr


def main():
    millrace = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "e.csv").write_text("1,2024-01-01 00:00:10\n2,2024-01-01 00:02:00\n1,2024-01-01 00:00:20\n")
        code, lines, text = verify(millrace, folder, AGREE)
        assert code == 0, (code, text)
        assert lines == ["query at 4:1: stream 2 rows, batch 2 rows, the same",
                         "query at 5:1: stream 4 rows, batch 4 rows, the same"], lines
        assert not (folder / "out").exists(), "the sink was written"
        code, lines, text = verify(millrace, folder, DIFFER)
        assert code == 1, (code, text)
        assert lines == ["query at 4:1: stream 2 rows, batch 2 rows, not the same",
                         "  stream only: 2024-01-01 00:00:00.000 | 1",
                         "  batch only: 2024-01-01 00:00:00.000 | 2",
                         "  by definition: the stream left rows out (1 late rows dropped); in batch mode no row is late",
                         "query at 6:1: stream 0 rows, batch 1 rows, not the same",
                         "  batch only: 0",
                         "  by definition: a total over no rows is a row in batch mode, none on a stream"], lines
        code, _, text = verify(millrace, folder, "CREATE TABLE n (v INT) WITH ('connector' = 'datagen');\nSELECT v FROM n;\n")
        assert code == 3 and "error 2004 at 5:1" in text and "has no end" in text, (code, text)
    print("agreement, late rows and totals over nothing are told apart")


main()
