#!/usr/bin/env python3
"""Replaces the jobs of a script again and again while they run: with the same script, at another parallelism, after a
cancel, after a stop, and at last by one whose source is fast, so that they finish. Every row is committed once.

usage: replace.py MILLRACE
"""
import collections
import pathlib
import sys
import tempfile

from cluster import Cluster

LAST, WIDTH = 300_000, 1_000
# Slow, they would take five minutes; they are replaced long before.
SLOW, FAST = 1_000, 1_000_000_000
SCRIPT = f"""SET 'execution.checkpointing.interval' = '20 ms';
CREATE TABLE numbers (n BIGINT, t AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR t AS t) WITH ('connector' = 'datagen',
  'rows-per-second' = '${{RATE}}', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '{LAST}');
CREATE TABLE copies (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${{OUT}}/copies', 'format' = 'csv');
CREATE TABLE sums (c BIGINT, s BIGINT) WITH ('connector' = 'filesystem', 'path' = '${{OUT}}/sums', 'format' = 'csv');
INSERT INTO copies SELECT n FROM numbers;
INSERT INTO sums SELECT COUNT(*), SUM(n)
FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(t), INTERVAL '{WIDTH // 1000}' SECOND)) GROUP BY window_start, window_end;
"""


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(str(text))


def rows_of(folder):
    """What was committed, as a multiset of lines; staged files begin with a dot."""
    files = [f for f in folder.rglob("*") if f.is_file() and not f.name.startswith((".", "_"))]
    return collections.Counter(line for f in files for line in f.read_text().splitlines())


def expected():
    copies = collections.Counter(str(n) for n in range(1, LAST + 1))
    windows = collections.defaultdict(list)
    for n in range(1, LAST + 1):
        windows[n // WIDTH].append(n)
    return copies, collections.Counter(f"{len(w)},{sum(w)}" for w in windows.values())


class Replacing:
    def __init__(self, cluster, folder):
        self.cluster, self.out = cluster, folder / "out"
        self.script = folder / "numbers.sql"
        self.script.write_text(SCRIPT)

    def submit(self, parallelism, rate=SLOW):
        """Gives the ids of the two jobs, when each has taken a checkpoint."""
        jobs = self.cluster.submit(self.script, "--name", "numbers", "--replace", "--parallelism", parallelism,
                                   "--define", f"RATE={rate}", "--define", f"OUT={self.out}")
        waiting = {job for job in jobs if rate == SLOW}
        while waiting:
            words = self.cluster.next_line().split()
            if words[0] == "job" and words[2] == "checkpoint":
                waiting.discard(words[1].rstrip(":"))
        return jobs


def check_replacing(jobs):
    cluster = jobs.cluster
    before = jobs.submit(2)
    check("the same script changes nothing", jobs.submit(2) == before)
    for parallelism in (3, 1, 2):
        now = jobs.submit(parallelism)
        check(f"another parallelism, {parallelism}, makes other jobs", not set(now) & set(before), now)
        check("in their places", cluster.wait_until_over(before) == ["CANCELED"] * 2)
        before = now
    return before


def check_coming_back(jobs, before):
    cluster = jobs.cluster
    wrong = jobs.script.with_name("wrong.sql")
    wrong.write_text("INSERT INTO nowhere SELECT 1;\n")
    cluster.tool("submit", wrong, "--name", "numbers", "--replace", code=3)
    check("wrong SQL stops nothing", cluster.tool("show", before[0])["status"] == "RUNNING")
    cluster.tool("cancel", before[0])
    cluster.wait_until_over(before[:1])
    now = jobs.submit(2)
    check("a cancelled job comes back, beside the one that runs", now[0] != before[0] and now[1] == before[1], now)
    cluster.tool("stop", now[0])
    check("stop ends a job", cluster.wait_until_over(now[:1]) == ["CANCELED"])


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-replace-") as name:
        folder = pathlib.Path(name)
        with Cluster(sys.argv[1], folder, slots=6) as cluster:
            cluster.start_worker()
            jobs = Replacing(cluster, folder)
            check_coming_back(jobs, check_replacing(jobs))
            last = jobs.submit(3, FAST)
            check("the last ones finish", cluster.wait_until_over(last) == ["FINISHED"] * 2)
        copies, sums = expected()
        got_copies, got_sums = rows_of(folder / "out/copies"), rows_of(folder / "out/sums")
        check("every row is there once", got_copies == copies, ((got_copies - copies).most_common(3), (copies - got_copies).most_common(3)))
        check("and in one window", got_sums == sums, ((got_sums - sums).most_common(3), (sums - got_sums).most_common(3)))


main()
