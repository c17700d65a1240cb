#!/usr/bin/env python3
"""Kills processes of a cluster with SIGKILL again and again, and compares what its jobs committed with an undisturbed run.

usage: storm.py MILLRACE [--kills N] [--seed N] [--events N] [--unaligned] [--coordinators [N]] [--rescale] [--freeze]
                [--faults LIBRARY] [--partitions]
Three workers of four slots run the jobs of ../kill_storm/jobs.sql at parallelism 2. What happens to which of them is
drawn from the seed, and when, as a number of lines that the coordinator prints. A killed worker has another take its
place. With --coordinators the coordinator is killed too, of N the one that leads; with --rescale jobs change their
parallelism in between; with --freeze a worker stands still until it counts as dead: what its tasks stage when they go on
is never committed, but may be left over. With --faults, the library live_faults, wall clocks jump by an hour and the disk
is full for up to half a second. With --partitions every process has a network namespace of its own, and a host is cut off
for up to five seconds: from all others, in one direction, from one other, on and off, or its link is slow; exit code 77
where there are no namespaces. Printed: how often each kind of fault came, and how long it held up rows and commits.
Exits 0 when no row is lost or doubled.
"""
import argparse
import collections
import contextlib
import functools
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kill_storm"))
import network  # noqa: E402
from cluster import Cluster  # noqa: E402
from gaps import FolderWatch, summary  # noqa: E402
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

    SETTLES = 0.5  # seconds in which a fault shows

    def __init__(self, cluster, jobs, args):
        self.cluster, self.jobs, self.args = cluster, jobs, args
        self.chance = random.Random(args.seed)
        self.done = []  # (kind, begin, end), both monotonic
        self.kinds = [self.kill_worker, self.kill_worker]
        self.kinds += [self.kill_coordinator] if args.coordinators else []
        self.kinds += [self.freeze] if args.freeze else []
        self.kinds += [self.shift_clock, self.fill_disk] if args.faults else []
        self.pace = [1, 2, 5, 9, 14, 20]
        if args.partitions:
            self.kinds += [self.cut_off, self.cut_one_way, self.cut_between, self.flap, self.slow]
            self.pace = [5, 20, 60, 120]

    def run(self):
        """Fewer faults than wanted when the jobs end before."""
        while len(self.done) < self.args.kills:
            for _ in range(self.chance.choice(self.pace)):
                if self.cluster.ends.keys() >= set(self.jobs):
                    return
                self.cluster.next_line()
            if self.args.rescale:
                self.rescale()
            self.do(self.chance.choice(self.kinds))

    def do(self, kind):
        begin = time.monotonic()
        lasts = kind()
        if lasts is not None:
            self.done.append((kind.__name__, begin, time.monotonic() + lasts + self.SETTLES))

    def counts(self):
        return collections.Counter(kind for kind, _, _ in self.done)

    def rescale(self):
        """Refused when the job has that parallelism already, or ends."""
        words = ["rescale", self.chance.choice(self.jobs), str(self.chance.choice([1, 2, 3])), "--rest", self.cluster.url]
        subprocess.run([self.args.binary, *words, *self.cluster.tool_options], stderr=subprocess.DEVNULL, check=False)

    # Each gives for how many seconds its fault goes on by itself; nothing where there was none to do.

    def kill_worker(self):
        self.cluster.kill_worker(self.chance.choice(sorted(self.cluster.workers)))
        self.cluster.start_worker(wait=False)
        return 0

    def kill_coordinator(self):
        self.cluster.kill_coordinator()
        return 0

    def freeze(self):
        joined = sorted(self.cluster.joined & self.cluster.workers.keys())
        if not joined:
            return None
        self.cluster.freeze_worker(self.chance.choice(joined))
        return 0

    def shift_clock(self):
        name = self.chance.choice(["coordinator", *sorted(self.cluster.workers)])
        self.cluster.faults.set_clock(name, self.chance.choice([-3600, 0, 3600]))
        return 0

    def fill_disk(self):
        seconds = self.chance.choice([0.05, 0.2, 0.5])
        self.cluster.faults.fill_disk(True)
        threading.Timer(seconds, self.cluster.faults.fill_disk, [False]).start()
        return seconds

    def cut_off(self):
        return self.trouble(network.Host.cut, network.Host.mend, [0.2, 1, 3, 5])

    def cut_one_way(self):
        hears = self.chance.choice([True, False])
        cut = functools.partial(network.Host.cut, hears=hears, is_heard=not hears)
        return self.trouble(cut, network.Host.mend, [0.2, 1, 3, 5])

    def cut_between(self):
        worker = self.chance.choice([host for host in self.cluster.network.hosts if host.role == "worker"])
        cut = functools.partial(network.Host.cut, peers=worker.address)
        return self.trouble(cut, network.Host.mend, [0.2, 1, 3, 5], but=worker)

    def flap(self):
        return self.trouble(network.Host.cut, network.Host.mend, [0.05, 0.2, 0.5], times=self.chance.choice([3, 6]))

    def slow(self):
        return self.trouble(network.Host.slow, network.Host.hasten, [1, 3])

    def trouble(self, begin, end, lengths, times=1, but=None):
        hosts = [host for host in self.cluster.network.untroubled() if host is not but]
        if not hosts:
            return None
        host, seconds = self.chance.choice(hosts), self.chance.choice(lengths)
        self.cluster.network.trouble(host, lambda: begin(host), lambda: end(host), seconds, times)
        return seconds * (2 * times - 1)


def secured(binary, folder, hosts):
    """What lets a cluster of `hosts` have addresses beyond loopback: arguments of `Cluster`."""
    names = [word for host in hosts for word in ("--host", host.address)]
    subprocess.run([binary, "keygen", str(folder / "secrets"), *names], check=True, stdout=subprocess.DEVNULL)
    safety = ["--secrets", str(folder / "secrets"), "--sql-root", str(folder)]
    return {"options": safety, "worker_options": safety,
            "tool_options": ["--ca-file", str(folder / "secrets/tls.crt"), "--token-file", str(folder / "secrets/token")]}


@contextlib.contextmanager
def started(args, folder, faults):
    """A cluster, on hosts of its own with --partitions."""
    count, extra = max(1, args.coordinators), {}
    with contextlib.ExitStack() as stack:
        if args.partitions:
            hosts = stack.enter_context(network.Network(coordinator=count, worker=3))
            extra = {"network": hosts, **secured(args.binary, folder, hosts.hosts)}
        with Cluster(args.binary, folder, slots=4, faults=faults, coordinators=count, **extra) as cluster:
            for _ in range(3):
                cluster.start_worker()
            yield cluster


def show_gaps(storm, watch):
    for kind in sorted(storm.counts()):
        print(summary(kind, [watch.gaps(begin, end) for which, begin, end in storm.done if which == kind]))
    print(summary("all", [watch.gaps(begin, end) for _, begin, end in storm.done]))


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
    parser.add_argument("--partitions", action="store_true")
    args = parser.parse_args()
    if args.partitions:
        network.enter_namespace()
    with tempfile.TemporaryDirectory(prefix="millrace-cluster-storm-") as folder:
        quiet, stormy = pathlib.Path(folder, "quiet"), pathlib.Path(folder, "stormy")
        stormy.mkdir()
        subprocess.run(command(args.binary, quiet, args.events, "true", args.seed, []), check=True)
        faults = LiveFaults(args.faults, folder, [pathlib.Path(folder, "state"), stormy]) if args.faults else None
        folders = [stormy / table for table in committed(quiet)]
        for one in folders:
            one.mkdir()
        with started(args, pathlib.Path(folder), faults) as cluster, FolderWatch(folders) as watch:
            jobs = cluster.submit(*submission(stormy, args))
            storm = Storm(cluster, jobs, args)
            storm.run()
            cluster.wait_until_over(jobs)
            shown = [cluster.tool("show", job) for job in jobs]
        if {job["status"] for job in shown} != {"FINISHED"}:
            sys.exit(f"not all jobs finished: {shown}\n" + "".join(cluster.lines[-40:]))
        kept = sum(" goes on\n" in line for line in cluster.lines)
        restarts = [job["restarts"] for job in shown]
        wrong = compare(committed(quiet), committed(stormy))
        leftovers = staged(stormy)
        kills = len(storm.done)
        if kills:
            show_gaps(storm, watch)
        print(f"{kills} kills, seed {args.seed}, restarts {restarts}, {kept} times a job went on under another leader, "
              f"{len(leftovers)} staged files left over")
        unclean = leftovers and not args.freeze and not args.partitions
        sys.exit(1 if wrong or unclean or kills == 0 or not committed(quiet) else 0)


if __name__ == "__main__":
    main()
