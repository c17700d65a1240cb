#!/usr/bin/env python3
"""Kills processes of a cluster with SIGKILL again and again, and compares what its jobs committed with an undisturbed run.

usage: storm.py MILLRACE [--kills N] [--seed N] [--events N] [--unaligned] [--coordinators] [--rescale] [--freeze]
Three workers of four slots run the jobs of ../kill_storm/jobs.sql at parallelism 2. When which of them is killed is
drawn from the seed, as a number of lines that the coordinator prints; another takes its place. With --coordinators
every third victim is the coordinator; with --rescale jobs change their parallelism in between; with --freeze every
second victim only stands still until it counts as dead: what its tasks stage when they go on is never committed, but
may be left over. Exits 0 when no row is lost or doubled.
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kill_storm"))
from cluster import Cluster  # noqa: E402
from kill_storm import JOBS, command, committed, compare, staged  # noqa: E402


def submission(out, args):
    defines = {"OUT": out, "EVENTS": args.events, "FAST": "false", "SEED": args.seed,
               "UNALIGNED": str(args.unaligned).lower(), "PATIENCE": "0 ms"}
    words = [str(JOBS), "--parallelism", "2", "--set", "restart-strategy.type=fixed-delay",
             "--set", "restart-strategy.fixed-delay.attempts=1000", "--set", "restart-strategy.fixed-delay.delay=10 ms"]
    for name, value in defines.items():
        words += ["--define", f"{name}={value}"]
    return words


def storm(cluster, jobs, args):
    """Gives the number of kills, fewer than wanted when the jobs end before."""
    chance = random.Random(args.seed)
    for kill in range(args.kills):
        for _ in range(chance.choice([1, 2, 5, 9, 14, 20])):
            if cluster.ends.keys() >= set(jobs):
                return kill
            cluster.next_line()
        if args.rescale:
            # Refused when the job has that parallelism already, or ends.
            words = ["rescale", chance.choice(jobs), str(chance.choice([1, 2, 3])), "--rest", cluster.rest]
            subprocess.run([args.binary, *words], stderr=subprocess.DEVNULL, check=False)
        if args.coordinators and kill % 3 == 1:
            cluster.kill_coordinator()
            continue
        victim = chance.choice(sorted(cluster.workers))
        if args.freeze and kill % 2 == 0 and victim in cluster.joined:
            cluster.freeze_worker(victim)
            continue
        cluster.kill_worker(victim)
        cluster.start_worker(wait=False)
    return args.kills


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=40000)
    parser.add_argument("--unaligned", action="store_true")
    parser.add_argument("--coordinators", action="store_true")
    parser.add_argument("--rescale", action="store_true")
    parser.add_argument("--freeze", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="millrace-cluster-storm-") as folder:
        quiet, stormy = pathlib.Path(folder, "quiet"), pathlib.Path(folder, "stormy")
        stormy.mkdir()
        subprocess.run(command(args.binary, quiet, args.events, "true", args.seed, []), check=True)
        with Cluster(args.binary, folder, slots=4) as cluster:
            for _ in range(3):
                cluster.start_worker()
            jobs = cluster.submit(*submission(stormy, args))
            kills = storm(cluster, jobs, args)
            cluster.wait_until_over(jobs)
            shown = [cluster.tool("show", job) for job in jobs]
        if {job["status"] for job in shown} != {"FINISHED"}:
            sys.exit(f"not all jobs finished: {shown}\n" + "".join(cluster.lines[-40:]))
        restarts = [job["restarts"] for job in shown]
        wrong = compare(committed(quiet), committed(stormy))
        leftovers = staged(stormy)
        print(f"{kills} kills, seed {args.seed}, restarts {restarts}, {len(leftovers)} staged files left over")
        unclean = leftovers and not args.freeze
        sys.exit(1 if wrong or unclean or kills == 0 or not committed(quiet) else 0)


if __name__ == "__main__":
    main()
