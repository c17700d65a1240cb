#!/usr/bin/env python3
"""`millrace state` on a kept savepoint: what it prints and how it ends.

usage: state.py MILLRACE ROOT
"""
import json
import os
import pathlib
import signal
import shutil
import subprocess
import sys
import tempfile

MILLRACE, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
SAVEPOINTS = ROOT / "tests/unit/state/savepoints"
SAVEPOINT = SAVEPOINTS / "version-1"


def state(*words, code=0):
    done = subprocess.run([MILLRACE, "state", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{words}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
    return done.stdout if code == 0 else done.stdout + done.stderr


def lines(*words, **named):
    return [json.loads(line) for line in state(*words, **named).splitlines() if line.startswith("{")]


def check_views():
    assert "version-1  savepoint 1  2023-11-14 22:13:20 UTC" in state("ls", SAVEPOINTS)
    text = state("show", SAVEPOINT)
    assert "operator sample" in text and "table seen (map)  key (BIGINT)" in text, text
    shown = json.loads(state("show", SAVEPOINT, "--format", "json"))
    assert shown["savepoint"] and [o["subtask"] for o in shown["operators"]] == [0, 1], shown
    assert state("verify", SAVEPOINT) == "ok: 2 files, 195 entries\n"


def check_rows():
    rows = lines("cat", SAVEPOINT)
    assert len(rows) == 195
    assert {r["table"] for r in rows} == {"sums", "seen", "rows", "tops", "timers", "watermarks"}
    tops = lines("cat", SAVEPOINT, "--operator", "sam", "--table", "tops")
    assert len(tops) == 40 and all(len(r["value"]) == 5 for r in tops), tops
    group = tops[0]["key_group"]
    assert {r["key_group"] for r in lines("cat", SAVEPOINT, "--key-group", group)} == {group}
    assert len(lines("cat", SAVEPOINT, "--limit", 7)) == 7
    assert not lines("cat", SAVEPOINT, "--table", "nothing")


def check_explain(folder):
    script = folder / "query.sql"
    script.write_text("""CREATE TABLE t (k INT, v INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
SELECT k, SUM(v) FROM t GROUP BY k;
""")
    words = [MILLRACE, "explain", "--against", str(SAVEPOINT), str(script)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    fates = [tuple(line.split()[:2]) for line in done.stdout.splitlines()[1:]]
    assert done.stdout.startswith("State of savepoint 1 of job:\n"), done.stdout
    assert ("new", "GroupAggregate") in fates and ("dropped", "Sample") in fates, done.stdout
    assert not [f for f in fates if f[0] == "kept"], done.stdout
    words[3] = str(folder / "nowhere")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "error 6005" in done.stderr, done.stderr


def check_faults(folder):
    copy = folder / "copy"
    shutil.copytree(SAVEPOINT, copy)
    assert state("diff", SAVEPOINT, copy) == ""
    for name in ("manifest", "0000.state", "0001.state"):
        good = (SAVEPOINT / name).read_bytes()
        bad = bytearray(good)
        bad[len(bad) // 2] ^= 4
        (copy / name).write_bytes(bad)
        assert "error 6001" in state("verify", copy, code=1)
        (copy / name).write_bytes(good[:-1])
        assert "error 6001" in state("verify", copy, code=1)
        (copy / name).write_bytes(good)
    (copy / "0001.state").unlink()
    assert "error 6001" in state("show", copy, code=1)
    assert "error 6005" in state("show", folder, code=2)
    assert "error 6005" in state("ls", folder / "nowhere", code=2)
    state("cat", code=2)


def check_in_flight(folder):
    """Rows that an unaligned barrier overtook are rows of the checkpoint, too."""
    script = folder / "counts.sql"
    script.write_text("""SET 'execution.checkpointing.interval' = '10 ms';
SET 'execution.checkpointing.unaligned.enabled' = 'true';
SET 'millrace.test.hold-rows' = 'true';
CREATE TABLE t (k INT, v STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '20000', 'rows-per-second' = '2000',
  'fields.k.min' = '1', 'fields.k.max' = '9', 'fields.v.length' = '3');
CREATE TABLE nowhere (k INT, n BIGINT, v STRING) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT k, COUNT(*), MAX(v) FROM t GROUP BY k;
""")
    words = [MILLRACE, "run", str(script), "--parallelism", "2", "--checkpoint-dir", str(folder / "held")]
    done = subprocess.run(words, env=dict(os.environ, MILLRACE_FAIL_POINT="settle:kill:5"), capture_output=True, text=True,
                          check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    held = folder / "held" / "job-1"
    assert "rows in flight" in state("show", held)
    rows = [row for row in lines("cat", held) if "input" in row]
    assert rows and all(row["op"] == "+I" and 1 <= row["row"][0] <= 9 and len(row["row"][1]) == 3 for row in rows), rows[:3]
    assert not [row for row in lines("cat", held, "--table", "groups") if "input" in row]


def main():
    check_views()
    check_rows()
    with tempfile.TemporaryDirectory() as folder:
        check_explain(pathlib.Path(folder))
        check_faults(pathlib.Path(folder))
        check_in_flight(pathlib.Path(folder))
    print("ok")


main()
