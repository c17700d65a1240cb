#!/usr/bin/env python3
"""What the chart renders, run: its pods are processes of this machine (../e2e/kubernetes/node.py), with the arguments, secrets,
environment, volumes and host names of the manifests. Installs with a job, runs the chart's test, upgrades, also to three
coordinators, whose leader is killed, and drains a worker.

usage: runs.py MILLRACE TOOLS
Exit code 77: not root, or no helm.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e/kubernetes"))
sys.path.insert(0, str(HERE.parent / "e2e/cluster"))
import electors  # noqa: E402
from node import Node  # noqa: E402

CHART = HERE.parent.parent / "helm/millrace"
NAME = "demo-millrace"
# One that hangs; one that works takes seconds.
PATIENCE = 240
SCRIPT = """CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000');
CREATE TABLE sums (k BIGINT, s BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO sums SELECT MOD(n, 7), SUM(n) FROM numbers GROUP BY MOD(n, 7);
"""


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what, flush=True)
    if not holds:
        sys.exit(str(text))


def values(parallelism, coordinators=1):
    memory = {"memory": "512Mi"}
    return {"coordinator": {"replicas": coordinators, "logCheckpoints": coordinators > 1},
            "worker": {"slots": 3, "resources": {"requests": memory, "limits": memory}},
            "config": {"execution.checkpointing.interval": "50 ms"},
            "jobs": [{"name": "sums", "sql": SCRIPT, "parallelism": parallelism}]}


class Objects:
    """Stands for the API server: the objects that were applied last."""

    namespace = "streams"

    def __init__(self, helm, folder, leases):
        """`leases`: address of the API that knows Leases."""
        self.helm, self.folder, self.objects, self.applied, self.leases = helm, folder, [], 0, leases

    def apply(self, wanted):
        """Renders and takes everything but hooks; what secrets there are stay, as `lookup` has it in a cluster."""
        file = self.folder / "values.yaml"
        file.write_text(yaml.safe_dump(wanted))
        done = subprocess.run([self.helm, "template", "demo", CHART, "--namespace", self.namespace, "--kube-version", "1.34.2",
                               "--values", file], capture_output=True, text=True, check=True)
        rendered = [o for o in yaml.safe_load_all(done.stdout) if o]
        secrets = self.list("Secret") or [o for o in rendered if o["kind"] == "Secret"]
        self.hooks = [o for o in rendered if "helm.sh/hook" in o["metadata"].get("annotations", {})]
        self.objects = secrets + [o for o in rendered if o not in self.hooks and o["kind"] != "Secret"]

    def run_hook(self, hook):
        self.applied += 1
        found = [o for o in self.hooks if hook in o["metadata"]["annotations"]["helm.sh/hook"]]
        for o in found:
            o["metadata"]["uid"], o["status"] = str(self.applied), {}
        self.objects += found
        return found

    def list(self, kind):
        return [o for o in self.objects if o["kind"] == kind]

    def find(self, kind, name):
        if kind == "Lease":
            return self.find_lease(name)
        return next((o for o in self.list(kind) if o["metadata"]["name"] == name), None)

    def find_lease(self, name):
        where = f"{self.leases}/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/{name}"
        asked = urllib.request.Request(where, headers={"Authorization": "Bearer a-token"})
        try:
            return json.load(urllib.request.urlopen(asked))
        except urllib.error.HTTPError:
            return None

    def set_status(self, kind, name, status):
        self.find(kind, name)["status"] = status


def wait_until(node, what, holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"never: {what}\n" + node.log(NAME))
        node.sync()
        time.sleep(0.05)
    check(what, True)


def is_complete(hook):
    """Of a Job or Pod; a failed one is told with the logs by whoever waits."""
    conditions = {c["type"] for c in hook["status"].get("conditions", [])}
    return "Complete" in conditions or hook["status"].get("phase") == "Succeeded"


def leader(node):
    """The pod that the Lease names; None when there is none yet."""
    lease = node.api.find("Lease", f"{NAME}-leader")
    found = lease and lease["metadata"].get("annotations", {}).get("millrace/leader", "")
    return found.split(".")[0] if found else None


def completed(node):
    """How many checkpoints the job has completed under several coordinators."""
    return node.log(f"{NAME}-coordinator").count(" is complete")


def replace_leader(node):
    first = leader(node)
    node.kill(first)
    before = completed(node)
    wait_until(node, "a leader is killed, another leads", lambda: leader(node) not in (None, first))
    wait_until(node, "and the job completes checkpoints", lambda: completed(node) > before)


def life(node, objects):
    coordinator = f"{NAME}-coordinator"
    objects.apply(values(parallelism=2))
    submitted = objects.run_hook("post-install")
    wait_until(node, "the job of the values is submitted", lambda: all(map(is_complete, submitted)))
    wait_until(node, "and runs", lambda: ": RUNNING" in node.log(coordinator))
    tested = objects.run_hook("test")
    wait_until(node, "the chart's test succeeds", lambda: all(map(is_complete, tested)))
    objects.apply(values(parallelism=3))
    replaced = objects.run_hook("post-upgrade")
    wait_until(node, "an upgrade submits the changed job", lambda: all(map(is_complete, replaced)))
    wait_until(node, "which goes on from the savepoint of the one before", lambda: "goes on from savepoint" in node.log(coordinator))
    objects.apply(values(parallelism=3, coordinators=3))
    wait_until(node, "an upgrade to three coordinators lets one lead", lambda: leader(node))
    submitted = objects.run_hook("post-upgrade")
    wait_until(node, "which knows the job", lambda: all(map(is_complete, submitted)))
    wait_until(node, "and takes it up", lambda: completed(node) > 0)
    replace_leader(node)
    check("a worker that is to go drains and ends", node.end(f"{NAME}-worker-1") == 0, node.log(NAME))


def main():
    found = subprocess.run([sys.argv[2]], capture_output=True, text=True, check=False)
    if found.returncode != 0 or os.geteuid() != 0:
        print(found.stderr or "needs root")
        sys.exit(found.returncode or 77)
    with tempfile.TemporaryDirectory(prefix="millrace-chart-") as name, electors.kubernetes(pathlib.Path(name)):
        account = {k: os.environ.pop(k) for k in ("MILLRACE_KUBERNETES_API", "MILLRACE_SERVICE_ACCOUNT")}
        objects = Objects(pathlib.Path(found.stdout.strip()) / "helm", pathlib.Path(name), account["MILLRACE_KUBERNETES_API"])
        node = Node(objects, name, pathlib.Path(sys.argv[1]).resolve(), account)
        try:
            life(node, objects)
        finally:
            node.close()


if __name__ == "__main__":
    main()
