#!/usr/bin/env python3
"""The elections of net/election in a real etcd, and in an API of Kubernetes that knows Leases only.

usage: elections.py ELECTIONS etcd|kubernetes, ELECTIONS the program of elections.cpp
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
import electors  # noqa: E402


def main():
    program, kind = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="millrace-elections-") as name, electors.start(kind, pathlib.Path(name)) as where:
        place = "http://" + where.split("/")[2] if kind == "etcd" else os.environ["MILLRACE_KUBERNETES_API"]
        account = pathlib.Path(os.environ.get("MILLRACE_SERVICE_ACCOUNT", name))
        variables = {"ELECTION": kind, "PLACE": place, "TOKEN_FILE": str(account / "token")}
        sys.exit(subprocess.run([program], env={**os.environ, **variables}, check=False).returncode)


main()
