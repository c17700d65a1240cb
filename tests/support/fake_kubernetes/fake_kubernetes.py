#!/usr/bin/env python3
"""The part of the API of Kubernetes that elects a leader: Leases, which change only under the version that was read.

usage: fake_kubernetes.py [--port N] [--token TEXT]
Prints its address. Requests need the token as a bearer's. An update without the present resourceVersion gets 409, as does
one that makes what is there; fields that a Lease does not have get 400, as with strict validation.
"""
import argparse
import http.server
import json
import re
import threading

PATH = re.compile(r"/apis/coordination\.k8s\.io/v1/namespaces/([a-z0-9-]+)/leases(?:/([a-z0-9-]+))?$")
FIELDS = {"holderIdentity": str, "leaseDurationSeconds": int, "acquireTime": str, "renewTime": str, "leaseTransitions": int}
MICRO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


def complaint(lease):
    """What strict validation says of it; None for nothing."""
    if lease.get("apiVersion") != "coordination.k8s.io/v1" or lease.get("kind") != "Lease":
        return "no Lease"
    for name, value in lease.get("spec", {}).items():
        if name not in FIELDS or not isinstance(value, FIELDS[name]):
            return f"spec.{name} is not of its type"
        if name.endswith("Time") and not MICRO_TIME.match(value):
            return f"spec.{name} is no MicroTime"
    return "spec.leaseDurationSeconds must be above 0" if lease["spec"].get("leaseDurationSeconds", 1) < 1 else None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    leases, version, lock, token = {}, 0, threading.Lock(), ""

    def answer(self, status, body):
        data = json.dumps(body if isinstance(body, dict) else {"kind": "Status", "message": body, "code": status}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def put_in_place(self, key, lease):
        Handler.version += 1
        lease["metadata"]["resourceVersion"] = str(Handler.version)
        Handler.leases[key] = lease
        return lease

    def handle_lease(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        where = PATH.match(self.path)
        if self.headers.get("Authorization") != f"Bearer {Handler.token}":
            return self.answer(401, "Unauthorized")
        if not where:
            return self.answer(404, "no such path")
        lease = json.loads(body) if body else None
        name = where[2] or (lease or {}).get("metadata", {}).get("name")
        with Handler.lock:
            return self.answer(*self.decide((where[1], name), lease))

    def decide(self, key, lease):
        there = Handler.leases.get(key)
        if self.command == "GET":
            return (200, there) if there else (404, f"lease {key} not found")
        if wrong := complaint(lease):
            return 400, wrong
        if self.command == "POST":
            return (409, "AlreadyExists") if there else (201, self.put_in_place(key, lease))
        if not there:
            return 404, "not found"
        if lease["metadata"].get("resourceVersion") != there["metadata"]["resourceVersion"]:
            return 409, "the object has been modified"
        return 200, self.put_in_place(key, lease)

    do_GET = do_POST = do_PUT = handle_lease

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="")
    args = parser.parse_args()
    Handler.token = args.token
    server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


main()
