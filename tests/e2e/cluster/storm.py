#!/usr/bin/env python3
"""Kills processes of a cluster with SIGKILL again and again, and compares what its jobs committed with an undisturbed run.

usage: storm.py MILLRACE [--kills N] [--seed N] [--events N] [--unaligned] [--coordinators [N]] [--rescale] [--freeze]
                [--faults LIBRARY]
Three workers of four slots run the jobs of ../kill_storm/jobs.sql at parallelism 2. What happens to which of them is
drawn from the seed, and when, as a number of lines that the coordinator prints. A killed worker has another take its
place. With --coordinators the coordinator is killed too, of N the one that leads; with --rescale jobs change their
parallelism in between; with --freeze a worker stands still until it counts as dead: what its tasks stage when they go on
is never committed, but may be left over. With --faults, the library live_faults, wall clocks jump by an hour and the disk
is full for up to half a second. Exits 0 when no row is lost or doubled.
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kill_storm"))
from cluster import Cluster  # noqa: E402
from live_faults import LiveFaults  # noqa: E402
from kill_storm import JOBS, command, committed, compare, staged  # noqa: E402


def submission(out, args):
    defines = {"OUT": out, "EVENTS": args.events, "FAST": "false", "SEED": args.seed,
               "UNALIGNED": str(args.unaligned).lower(), "PATIENCE": "0 ms"}
    words = [str(JOBS), "--parallelism", "2", "--set", "restart-strategy.type=fixed-delay",
             "--set", "restart-strategy.fixed-delay.attempts=1000", "--set", "restart-strategy.fixed-delay.delay=10 ms"]
    for name, value in defines.items():
        words += ["--define", f"{name}={value}"]
    return words


class Storm:
    """Draws faults from the seed and does them to the cluster, until there were enough or the jobs have ended."""

    def __init__(self, cluster, jobs, args):
        self.cluster, self.jobs, self.args = cluster, jobs, args
        self.chance = random.Random(args.seed)
        self.kinds = [self.kill_worker, self.kill_worker]
        self.kinds += [self.kill_coordinator] if args.coordinators else []
        self.kinds += [self.freeze] if args.freeze else []
        self.kinds += [self.shift_clock, self.fill_disk] if args.faults else []

    def run(self):
        """Gives the number of faults, fewer than wanted when the jobs end before."""
        for number in range(self.args.kills):
            for _ in range(self.chance.choice([1, 2, 5, 9, 14, 20])):
                if self.cluster.ends.keys() >= set(self.jobs):
                    return number
                self.cluster.next_line()
            if self.args.rescale:
                self.rescale()
            self.chance.choice(self.kinds)()
        return self.args.kills

    def rescale(self):
        """Refused when the job has that parallelism already, or ends."""
        words = ["rescale", self.chance.choice(self.jobs), str(self.chance.choice([1, 2, 3])), "--rest", self.cluster.rest]
        subprocess.run([self.args.binary, *words], stderr=subprocess.DEVNULL, check=False)

    def kill_worker(self):
        self.cluster.kill_worker(self.chance.choice(sorted(self.cluster.workers)))
        self.cluster.start_worker(wait=False)

    def kill_coordinator(self):
        self.cluster.kill_coordinator()

    def freeze(self):
        joined = sorted(self.cluster.joined & self.cluster.workers.keys())
        if joined:
            self.cluster.freeze_worker(self.chance.choice(joined))

    def shift_clock(self):
        name = self.chance.choice(["coordinator", *sorted(self.cluster.workers)])
        self.cluster.faults.set_clock(name, self.chance.choice([-3600, 0, 3600]))

    def fill_disk(self):
        self.cluster.faults.fill_disk(True)
        threading.Timer(self.chance.choice([0.05, 0.2, 0.5]), self.cluster.faults.fill_disk, [False]).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=40000)
    parser.add_argument("--unaligned", action="store_true")
    parser.add_argument("--coordinators", type=int, nargs="?", const=1, default=0)
    parser.add_argument("--rescale", action="store_true")
    parser.add_argument("--freeze", action="store_true")
    parser.add_argument("--faults", type=pathlib.Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="millrace-cluster-storm-") as folder:
        quiet, stormy = pathlib.Path(folder, "quiet"), pathlib.Path(folder, "stormy")
        stormy.mkdir()
        subprocess.run(command(args.binary, quiet, args.events, "true", args.seed, []), check=True)
        faults = LiveFaults(args.faults, folder, [pathlib.Path(folder, "state"), stormy]) if args.faults else None
        with Cluster(args.binary, folder, slots=4, faults=faults, coordinators=max(1, args.coordinators)) as cluster:
            for _ in range(3):
                cluster.start_worker()
            jobs = cluster.submit(*submission(stormy, args))
            kills = Storm(cluster, jobs, args).run()
            cluster.wait_until_over(jobs)
            shown = [cluster.tool("show", job) for job in jobs]
        if {job["status"] for job in shown} != {"FINISHED"}:
            sys.exit(f"not all jobs finished: {shown}\n" + "".join(cluster.lines[-40:]))
        kept = sum(" goes on\n" in line for line in cluster.lines)
        restarts = [job["restarts"] for job in shown]
        wrong = compare(committed(quiet), committed(stormy))
        leftovers = staged(stormy)
        print(f"{kills} kills, seed {args.seed}, restarts {restarts}, {kept} times a job went on under another leader, "
              f"{len(leftovers)} staged files left over")
        unclean = leftovers and not args.freeze
        sys.exit(1 if wrong or unclean or kills == 0 or not committed(quiet) else 0)


if __name__ == "__main__":
    main()
