#!/usr/bin/env python3
"""Runs the public Nexmark SQL scripts through millrace and prints speed and memory per query.

usage: nexmark.py MILLRACE RESOURCES [--events N] [--parallelism P] [--peer CSV] [query...]
RESOURCES is nexmark-flink/src/main/resources of the benchmark's repository, with `queries` and `queries-cep`. The scripts
run unchanged but for their ${...} variables. PEER is a CSV with columns query, ev_per_core_s; the best row of a query counts.
"""
import argparse
import csv
import math
import os
import pathlib
import subprocess
import tempfile
import time

FIXED = {"TPS": "10000000", "PERSON_PROPORTION": "1", "AUCTION_PROPORTION": "3", "BID_PROPORTION": "46",
         "NEXMARK_TABLE": "datagen", "SUBMIT_TIME": "run"}


def read_peer(path):
    best = {}
    for row in csv.DictReader(open(path)) if path else []:
        best[row["query"]] = max(best.get(row["query"], 0.0), float(row["ev_per_core_s"]))
    return best


def script_of(resources, name):
    folder, query = ("queries-cep", name[4:]) if name.startswith("cep-") else ("queries", name)
    return "\n".join((resources / folder / f).read_text() for f in ("ddl_gen.sql", "ddl_views.sql", f"{query}.sql"))


def run(args, scratch, name, extra=()):
    job = scratch / f"{name}.sql"
    job.write_text(script_of(args.resources, name))
    values = FIXED | {"EVENTS_NUM": args.events, "NEXMARK_DIR": scratch, "FLINK_HOME": scratch}
    command = [args.millrace, "run", str(job), "--parallelism", str(args.parallelism), *extra]
    for key, value in values.items():
        command += ["--define", f"{key}={value}"]
    started = time.monotonic()
    with open(scratch / "stderr", "wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError((scratch / "stderr").read_text(errors="replace").strip()[-300:])
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("resources", type=pathlib.Path)
    parser.add_argument("queries", nargs="*")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--parallelism", type=int, default=2)
    parser.add_argument("--peer")
    args = parser.parse_intermixed_args()
    names = args.queries or [f"q{i}" for i in range(23)] + [f"cep-q{i}" for i in range(4)]
    best, ratios, failed = read_peer(args.peer), [], 0
    print("query,events,seconds,cpu_seconds,events_per_s,events_per_core_s,peak_rss_mb,ratio")
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        (scratch / "data").mkdir()
        (scratch / "data/side_input.txt").write_text("".join(f"{i},value-{i}\n" for i in range(10000)))
        for name in names:
            try:
                wall, cpu, rss = run(args, scratch, name)
            except RuntimeError as error:
                failed += 1
                print(f"{name},FAILED: {error}")
                continue
            ratio = args.events / cpu / best[name] if name in best else None
            ratios += [ratio] if ratio else []
            print(f"{name},{args.events},{wall:.2f},{cpu:.2f},{args.events / wall:.0f},{args.events / cpu:.0f},{rss},"
                  f"{f'{ratio:.2f}' if ratio else ''}", flush=True)
    if ratios:
        print(f"# geometric mean {math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f}, least {min(ratios):.2f}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
