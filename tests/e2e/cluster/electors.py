"""Stores that elect a leader, for tests: a directory, a real etcd, and an API of Kubernetes that knows Leases only."""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import urllib.request

KINDS = ("etcd", "kubernetes")
FAKE_KUBERNETES = pathlib.Path(__file__).resolve().parents[2] / "support" / "fake_kubernetes" / "fake_kubernetes.py"
SKIPPED = 77


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextlib.contextmanager
def ending(process):
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def start(kind, folder):
    """Gives what --ha takes; None for a directory of the cluster's own."""
    if kind == "directory":
        yield None
    elif kind == "etcd":
        with etcd(folder) as where:
            yield where
    else:
        with kubernetes(folder) as where:
            yield where


@contextlib.contextmanager
def etcd(folder):
    if shutil.which("etcd") is None:
        print("skipped: etcd is not installed (Debian package etcd-server)")
        sys.exit(SKIPPED)
    for _ in range(10):
        with member(folder, *(f"http://127.0.0.1:{port}" for port in free_ports(2))) as client:
            if client:
                yield f"etcd://{client.removeprefix('http://')}/tests/leader"
                return
    sys.exit("etcd does not start:\n" + (folder / "etcd.log").read_text())


@contextlib.contextmanager
def member(folder, client, peer):
    """Gives its address when it answers; None when it has ended: somebody else has taken a port."""
    words = ["etcd", "--data-dir", str(folder / "etcd"), "--listen-client-urls", client, "--advertise-client-urls", client,
             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"]
    with open(folder / "etcd.log", "w") as log, ending(subprocess.Popen(words, stdout=log, stderr=log)) as process:
        healthy = False
        while not healthy and process.poll() is None:
            with contextlib.suppress(OSError):
                healthy = b"true" in urllib.request.urlopen(f"{client}/health").read()
        yield client if healthy else None


@contextlib.contextmanager
def kubernetes(folder):
    """Workers and coordinators find it by their environment."""
    token = folder / "account"
    token.mkdir()
    (token / "token").write_text("a-token\n")
    words = [sys.executable, str(FAKE_KUBERNETES), "--token", "a-token"]
    with ending(subprocess.Popen(words, stdout=subprocess.PIPE, text=True)) as process:
        os.environ["MILLRACE_KUBERNETES_API"] = process.stdout.readline().strip()
        os.environ["MILLRACE_SERVICE_ACCOUNT"] = str(token)
        yield "kubernetes://tests/millrace-leader"
