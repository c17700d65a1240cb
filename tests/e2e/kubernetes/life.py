#!/usr/bin/env python3
"""The chart's life on a real API server of Kubernetes, by a real helm: installed with a job, tested, upgraded, also to three
coordinators that elect a leader by a Lease under the rights that the chart gives them, the leader killed, uninstalled.
Controllers and kubelet are played by node.py: the pods are processes of this machine.

usage: life.py MILLRACE FOLDER-OF-HELM FOLDER-OF-KUBE-APISERVER
Needs root, for mounts of its own.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "helm"))
import api as api_server  # noqa: E402
from node import Node  # noqa: E402
from runs import CHART, NAME, check, completed, replace_leader, values, wait_until  # noqa: E402

BINARY, HELM, API_SERVER = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
LEASES = "apis/coordination.k8s.io/v1/namespaces/streams/leases"


class Helm:
    """Runs helm while the node does what the server's objects want, for helm waits for that."""

    def __init__(self, node, folder):
        self.node, self.file = node, pathlib.Path(folder) / "values.yaml"

    def run(self, what, *words, wanted=None):
        if wanted:
            self.file.write_text(yaml.safe_dump(wanted))
            words = [*words, CHART, "--values", self.file]
        environment = {**os.environ, "KUBECONFIG": str(self.node.api.kubeconfig), "HELM_CACHE_HOME": str(self.file.parent)}
        with subprocess.Popen([HELM / "helm", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=environment) as process:
            wait_until(self.node, what, lambda: process.poll() is not None)
            text = process.stdout.read()
        check(f"{words[0]} succeeds", process.returncode == 0, text + self.node.log(NAME))
        return text


def check_rights(api, account):
    """Of the token that the coordinators have."""
    token = pathlib.Path(account["MILLRACE_SERVICE_ACCOUNT"], "token").read_text()
    check("a coordinator may read its Lease", api.is_allowed(token, f"{LEASES}/{NAME}-leader"))
    for what, path in (("other Leases", f"{LEASES}/another"), ("all Leases", LEASES), ("secrets", "api/v1/namespaces/streams/secrets")):
        check(f"but not {what}", not api.is_allowed(token, path))


def live(api, node, helm):
    helm.run("helm installs the chart and its job", "install", "demo", wanted=values(parallelism=2))
    wait_until(node, "the job runs", lambda: ": RUNNING" in node.log(f"{NAME}-coordinator"))
    helm.run("helm tests it", "test", "demo")
    helm.run("helm upgrades the job", "upgrade", "demo", wanted=values(parallelism=3))
    wait_until(node, "which goes on from the savepoint of the one before",
               lambda: "goes on from savepoint" in node.log(f"{NAME}-coordinator"))
    node.account.update(api.make_account(NAME))
    helm.run("helm upgrades to three coordinators", "upgrade", "demo", wanted=values(parallelism=3, coordinators=3))
    wait_until(node, "one leads, and the job completes checkpoints", lambda: completed(node) > 0)
    check_rights(api, node.account)
    for _ in range(2):
        epoch = api.find("Lease", f"{NAME}-leader")["spec"]["leaseTransitions"]
        replace_leader(node)
        check("with a higher epoch", api.find("Lease", f"{NAME}-leader")["spec"]["leaseTransitions"] > epoch)
    helm.run("helm goes back to one coordinator", "upgrade", "demo", wanted=values(parallelism=3))
    helm.run("helm tests it again", "test", "demo")
    helm.run("helm uninstalls", "uninstall", "demo")
    wait_until(node, "no pod is left", lambda: not node.pods)
    left = [o["metadata"]["name"] for kind in ("StatefulSet", "Job", "Pod", "Secret", "Service") for o in api.list(kind)]
    check("nor anything that would make one", left == [], left)
    check("but the checkpoints' claim is", api.find("PersistentVolumeClaim", f"{NAME}-checkpoints"))


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-kubernetes-") as name, \
            api_server.start(API_SERVER / "kube-apiserver", pathlib.Path(name)) as api:
        node = Node(api, name, BINARY)
        try:
            live(api, node, Helm(node, name))
        finally:
            node.close()


main()
