"""Runs of one small job whose process or disk fails, and what they left committed."""
import collections
import functools
import itertools
import json
import os
import pathlib
import subprocess

from operators import script_of

EVENTS = 1500
HANGS_AFTER_S = 120

Job = collections.namedtuple("Job", "kind parallelism incremental partitioned unaligned", defaults=[1, False, False, False])


class Runs:
    """The runs of one job in a folder of its own, all files below `disk`."""

    def __init__(self, args, folder, job):
        self.args, self.job, self.folder = args, job, pathlib.Path(folder)
        self.disk = self.folder / "disk"
        self.disk.mkdir(parents=True)
        self.script = self.folder / "job.sql"
        self.script.write_text(script_of(job.kind, job.partitioned))

    def command(self, *words, fast="false", events=EVENTS):
        return [self.args.binary, "run", str(self.script), "--quiet", "--define", f"OUT={self.disk}/out",
                "--define", f"EVENTS={events}", "--define", f"FAST={fast}", "--parallelism", str(self.job.parallelism),
                *words]

    def resuming(self, *words, **values):
        return self.command("--checkpoint-dir", str(self.disk / "state"), "--resume", "--set",
                            f"execution.checkpointing.incremental={str(self.job.incremental).lower()}", "--set",
                            f"execution.checkpointing.unaligned.enabled={str(self.job.unaligned).lower()}", *words, **values)

    def run(self, command, **surroundings):
        """The exit code and stderr; the surroundings are those of disk_faults and of fail points."""
        if surroundings:
            surroundings["LD_PRELOAD"] = self.args.library
        done = subprocess.run(command, env=dict(os.environ, **surroundings), text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=HANGS_AFTER_S)
        return done.returncode, done.stderr

    def committed(self):
        """The rows of the answer as a multiset: lines of csv, or the changes of debezium-json folded."""
        rows = collections.Counter()
        for path in (self.disk / "out").rglob("*"):
            if not path.is_file() or path.name.startswith("."):
                continue
            where = str(path.parent.relative_to(self.disk))
            for line in path.read_text().splitlines():
                if path.suffix == ".csv":
                    rows[f"{where} {line}"] += 1
                    continue
                change = json.loads(line)
                for side, weight in (("before", -1), ("after", 1)):
                    if change.get(side) is not None:
                        rows[f"{where} {json.dumps(change[side], sort_keys=True)}"] += weight
        return collections.Counter({row: n for row, n in rows.items() if n != 0})

    def faults(self, expected):
        """What is wrong with the rows committed, empty when nothing is."""
        rows = self.committed()
        lost, doubled = expected - rows, rows - expected
        staged = [str(p) for p in (self.disk / "out").rglob(".*") if p.is_file()]
        if not lost and not doubled and not staged:
            return ""
        return (f"{sum(lost.values())} rows lost, as {list(lost)[:3]}, {sum(doubled.values())} doubled, as "
                f"{list(doubled)[:3]}, staged files {staged[:3]}")


class Place:
    """Where the runs of many jobs lie, and what they should commit."""

    def __init__(self, args, folder):
        self.args, self.folder, self.numbers = args, pathlib.Path(folder), itertools.count()

    def runs_of(self, job):
        return Runs(self.args, self.folder / str(next(self.numbers)), job)

    @functools.cache
    def expected(self, kind, partitioned=False, events=EVENTS):
        runs = self.runs_of(Job(kind, partitioned=partitioned))
        code, text = runs.run(runs.command(fast="true", events=events))
        rows = runs.committed()
        if code != 0 or not rows:
            raise AssertionError(f"an undisturbed {kind} ended with {code}:\n{text}")
        return rows
