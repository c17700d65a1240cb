#!/usr/bin/env python3
"""A cluster beyond loopback: what a start needs, who is let in, what can be read on the wire, what is written down.

In a network namespace of its own with one more address, where it also sees every packet.
usage: secure.py MILLRACE
"""
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from cluster import Cluster

BINARY = sys.argv[1]
HOST = "10.99.0.1"
INSIDE = "MILLRACE_TEST_NAMESPACE"
NEEDLE = "needle-in-a-row"
JOB = f"""SET 'execution.checkpointing.interval' = '50 ms';
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.n.kind' = 'random',
  'fields.n.min' = '1', 'fields.n.max' = '7');
CREATE TABLE counts (k STRING, times BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO counts SELECT k, COUNT(*) FROM (SELECT CONCAT('{NEEDLE}', CAST(n AS STRING)) AS k FROM numbers) GROUP BY k;
"""
FILE_JOB = """CREATE TABLE lines (line STRING) WITH ('connector' = 'filesystem', 'path' = '{}', 'format' = 'raw');
CREATE TABLE nothing (line STRING) WITH ('connector' = 'blackhole');
INSERT INTO nothing SELECT line FROM lines;
"""


def check(what, holds, text=""):
    print(("ok   " if holds else "FAIL ") + what, flush=True)
    if not holds:
        sys.exit(str(text))


def enter_namespace():
    """Starts this script again where it may have addresses of its own."""
    if INSIDE in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "address", "add", HOST + "/24", "dev", "lo"], check=True)
        return
    words = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    os.environ[INSIDE] = "1"
    os.execvp(words[0], [*words, sys.executable, *sys.argv])


class Wire:
    """Everything that crosses the namespace's network."""

    def __init__(self):
        self.seen, self.lock = bytearray(), threading.Lock()
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            packet = self.socket.recv(1 << 17)
            with self.lock:
                self.seen += packet

    def shows(self, text):
        with self.lock:
            return text.encode() in self.seen


def millrace(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, check=False)


def check_refusals(secrets, no_certificate):
    def refused(what, says, *words):
        done = millrace(*words)
        check(what, done.returncode == 2 and says in done.stderr, done)

    anywhere, loopback = "0.0.0.0:0", "127.0.0.1:0"
    refused("no links beyond loopback without keys", "without the keys", "coordinator", "--listen", anywhere)
    refused("no REST beyond loopback without a certificate", "without a certificate",
            "coordinator", "--listen", loopback, "--rest", anywhere, "--secrets", no_certificate)
    (no_certificate / "token").unlink()
    refused("nor links without a token", "without a token",
            "coordinator", "--listen", anywhere, "--rest", loopback, "--secrets", no_certificate)
    refused("a worker needs keys, too", "without the keys", "worker", "--listen", HOST)
    refused("and to go to a coordinator elsewhere", "without the keys", "worker", "--coordinator", HOST + ":6123")
    refused("nobody is told to go to 0.0.0.0", "--advertise",
            "worker", "--listen", "0.0.0.0", "--secrets", secrets)
    refused("a token does not go over plain HTTP", "https://",
            "list", "--rest", HOST + ":8081", "--token-file", secrets / "token")
    (secrets / "token").chmod(0o644)
    refused("a secret that everybody can read is none", "chmod",
            "worker", "--listen", HOST, "--secrets", secrets)
    (secrets / "token").chmod(0o600)


def check_strangers(cluster, folder, secrets):
    other = folder / "other"
    millrace("keygen", other)
    (other / "token").write_text((secrets / "token").read_text())
    words = [BINARY, "worker", "--coordinator", cluster.control, "--listen", HOST, "--name", "stranger", "--secrets", other]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as stranger:
        told = any("cannot join" in line and "cluster.key" in line for line in stranger.stderr)
        check("a worker with other keys is told that it cannot join", told)
        stranger.kill()
    (other / "cluster.key").write_text((secrets / "cluster.key").read_text())
    (other / "token").write_text("x" * 64 + "\n")
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as stranger:
        cluster.wait_for("turned worker stranger away: its token")
        check("a worker with another token is turned away", True)
        stranger.kill()
    check("neither is a part of the cluster", cluster.tool("workers")["workers"] == [])


def check_job(cluster, script):
    cluster.start_worker()
    cluster.start_worker()
    job = cluster.submit(script, "--parallelism", "4", "--set", "restart-strategy.type=fixed-delay",
                         "--set", "restart-strategy.fixed-delay.delay=1 ms")[0]
    cluster.wait_for(f"job {job}: checkpoint ")
    shown = cluster.tool("show", job)
    check("a job runs on two workers", len(shown["workers"]) == 2, shown)
    cluster.kill_worker(shown["workers"][0])
    cluster.start_worker(wait=False)
    cluster.wait_for(f"job {job}: goes on from checkpoint")
    cluster.wait_for(f"job {job}: checkpoint ")
    check("and goes on after one was killed", cluster.tool("show", job)["status"] == "RUNNING")
    cluster.tool("cancel", job)
    check("cancel ends it", cluster.wait_until_over([job]) == ["CANCELED"])
    return job


def check_rest(cluster, secrets):
    trust = ssl.create_default_context(cafile=secrets / "tls.crt")
    token = (secrets / "token").read_text().strip()

    def status(path, headers, body=None):
        try:
            asked = urllib.request.Request(cluster.url + path, data=body and json.dumps(body).encode(), headers=headers)
            return urllib.request.urlopen(asked, context=trust).status
        except urllib.error.HTTPError as e:
            return e.code

    right, wrong = {"Authorization": "Bearer " + token}, {"Authorization": "Bearer " + token[:-1]}
    found = {path: [status(path, headers) for headers in (right, wrong, {})]
             for path in ("/healthz", "/api/v1/jobs", "/metrics", "/nowhere")}
    wanted = {"/healthz": [200, 200, 200], "/api/v1/jobs": [200, 401, 401], "/metrics": [200, 401, 401],
              "/nowhere": [404, 401, 401]}
    check("REST asks for the token, except for probes", found == wanted, found)
    outside = {"script": JOB, "savepoint": "../../outside"}
    check("no savepoint outside of their folder", status("/api/v1/jobs", right, outside) == 409)
    done = millrace("list", "--rest", cluster.url, "--ca-file", secrets / "tls.crt")
    check("without a token the tool is told", done.returncode == 1 and "--token-file" in done.stderr, done)
    done = millrace("list", "--rest", cluster.url, "--token-file", secrets / "token")
    check("without the certificate, too", done.returncode == 1 and "--ca-file" in done.stderr, done)


def check_paths(cluster, folder):
    script = folder / "files.sql"
    script.write_text(FILE_JOB.format("/etc/passwd"))
    text = cluster.tool("submit", script, code=2)
    check("SQL reads no files outside of the roots", "outside" in text, text)
    (folder / "root" / "link").symlink_to("/etc/passwd")
    script.write_text(FILE_JOB.format(folder / "root" / "link"))
    check("nor through links", "outside" in cluster.tool("submit", script, code=2))
    (folder / "root" / "rows").write_text("a\nb\n")
    script.write_text(FILE_JOB.format(folder / "root" / "rows"))
    job = cluster.submit(script)[0]
    check("but those inside", cluster.wait_until_over([job]) == ["FINISHED"])


def check_audit(audit, job):
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    done = [(line["who"], line["action"], line["status"]) for line in lines]
    for one in (("default", "submit", 201), ("default", "cancel", 202), ("default", "submit", 400),
                ("anonymous", "refused", 401)):
        check("written down: " + " ".join(map(str, one)), one in done, lines)
    check("with the job", any(line.get("target") == job for line in lines), lines)


def main():
    enter_namespace()
    with tempfile.TemporaryDirectory(prefix="millrace-secure-") as name:
        folder = pathlib.Path(name)
        secrets, no_certificate, audit = folder / "secrets", folder / "half", folder / "audit.log"
        check("keygen makes secrets", millrace("keygen", secrets, "--host", HOST).returncode == 0)
        millrace("keygen", no_certificate)
        check_refusals(secrets, no_certificate)
        (folder / "root").mkdir()
        script = folder / "job.sql"
        script.write_text(JOB)
        wire = Wire()
        safety = ["--secrets", secrets, "--sql-root", folder / "root"]
        with Cluster(BINARY, folder, options=[*safety, "--audit-log", audit], at=(HOST + ":0", HOST + ":0"),
                     worker_options=[*safety, "--listen", "0.0.0.0", "--advertise", HOST],
                     tool_options=["--ca-file", secrets / "tls.crt", "--token-file", secrets / "token"]) as cluster:
            check_strangers(cluster, folder, secrets)
            job = check_job(cluster, script)
            check_rest(cluster, secrets)
            check_paths(cluster, folder)
            check_audit(audit, job)
        token = (secrets / "token").read_text().strip()
        check("the wire shows packets", wire.shows("CURVE"))
        check("but no row, no script and no token", not any(map(wire.shows, (NEEDLE, "blackhole", token))))


main()
