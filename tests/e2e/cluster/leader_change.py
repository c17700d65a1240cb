#!/usr/bin/env python3
"""Leaders die while jobs run: another coordinator takes the jobs over as they are, without a restart.

usage: leader_change.py MILLRACE [--kills N] [--events N] [--seed N] [--election WHERE] [--freeze]
Two coordinators and two workers run the jobs of ../kill_storm/jobs.sql. Each time all jobs have completed a checkpoint the
leader is killed, or with --freeze stopped until the other leads and then woken. The numbers of the attempts must stay as
they are, and what is committed must be what an undisturbed run commits. WHERE is a directory of its own unless told otherwise;
with etcd or kubernetes a server is started for it. A stall of the whole machine may cost a restart: half of the changes at
least must go without one.
"""
import argparse
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kill_storm"))
import electors  # noqa: E402
from cluster import Cluster  # noqa: E402
from kill_storm import command, committed, compare  # noqa: E402
from storm import submission  # noqa: E402


def wait_for_checkpoints(cluster, jobs):
    missing = set(jobs)
    while missing:
        line = cluster.next_line()
        if " is complete" in line:
            missing.discard(line.split()[1].rstrip(":"))


def change_leader(cluster, args):
    """Gives the exit code of the leader before."""
    if not args.freeze:
        cluster.kill_coordinator()
        return -signal.SIGKILL
    old = cluster.freeze_coordinator()
    old.send_signal(signal.SIGCONT)
    return old.wait()


def attempts_of(cluster, jobs):
    return [cluster.tool("show", job)["attempt"] for job in jobs]


def storm(cluster, jobs, args):
    """Gives how many jobs a change of leader left as they were."""
    kept = 0
    for _ in range(args.kills):
        wait_for_checkpoints(cluster, jobs)
        before = attempts_of(cluster, jobs)
        code = change_leader(cluster, args)
        if code not in (1, -signal.SIGKILL):
            sys.exit(f"the old leader ended with {code}:\n" + "".join(cluster.lines[-40:]))
        wait_for_checkpoints(cluster, jobs)
        kept += sum(a == b for a, b in zip(before, attempts_of(cluster, jobs)))
    return kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--events", type=int, default=150000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--election", choices=["directory", *electors.KINDS], default="directory")
    parser.add_argument("--freeze", action="store_true")
    args = parser.parse_args()
    args.unaligned = False
    with tempfile.TemporaryDirectory(prefix="millrace-leader-change-") as folder, \
            electors.start(args.election, pathlib.Path(folder)) as elector:
        quiet, stormy = pathlib.Path(folder, "quiet"), pathlib.Path(folder, "stormy")
        stormy.mkdir()
        subprocess.run(command(args.binary, quiet, args.events, "true", args.seed, []), check=True)
        with Cluster(args.binary, folder, slots=4, coordinators=2, election=elector) as cluster:
            for _ in range(2):
                cluster.start_worker()
            jobs = cluster.submit(*submission(stormy, args))
            kept = storm(cluster, jobs, args)
            cluster.wait_until_over(jobs)
            shown = [cluster.tool("show", job) for job in jobs]
        if {job["status"] for job in shown} != {"FINISHED"}:
            sys.exit(f"not all jobs finished: {shown}\n" + "".join(cluster.lines[-40:]))
        wrong = compare(committed(quiet), committed(stormy))
        print(f"{args.kills} changes of leader, {kept} of {args.kills * len(jobs)} times a job went on as it was")
        sys.exit(1 if wrong or 2 * kept < args.kills * len(jobs) or not committed(quiet) else 0)


main()
