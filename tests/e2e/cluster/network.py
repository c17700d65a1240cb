"""Machines for the processes of a test: network namespaces on one bridge, whose links are cut and slowed.

Call `enter_namespace` first: everything lies in a network namespace of the test's own and ends with it.
"""
import os
import shutil
import subprocess
import sys
import threading
import time

BRIDGE = "bridge"
TESTS_OWN = "10.77.0.1"  # reached from everywhere, whatever is cut
FIRST = {"coordinator": 10, "worker": 100}
SLOW = ["tbf", "rate", "2mbit", "burst", "16kb", "latency", "300ms"]
INSIDE = "MILLRACE_TEST_NAMESPACE"
SKIPPED = 77
PROBE = f"""ip link add name a type veth peer name b && ip link add {BRIDGE} type bridge &&
unshare --net true && iptables -w -A INPUT -j DROP && tc qdisc add dev a root {' '.join(SLOW)}"""


def enter_namespace():
    """Starts this script again in a network namespace; ends it with the code of a skipped test where that cannot be."""
    if INSIDE in os.environ:
        command("ip", "link", "set", "lo", "up")
        return
    missing = [program for program in ("ip", "iptables", "nsenter", "tc", "unshare") if shutil.which(program) is None]
    words = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    probe = None if missing else subprocess.run([*words, "sh", "-c", PROBE], capture_output=True, text=True, check=False)
    if missing or probe.returncode != 0:
        print("skipped: no network of one's own:", f"{missing} not installed" if missing else probe.stderr)
        sys.exit(SKIPPED)
    os.environ[INSIDE] = "1"
    os.execvp(words[0], [*words, sys.executable, *sys.argv])


def command(*words):
    subprocess.run(words, check=True)


class Host:
    """A namespace, which a process holds that ends with the test."""

    def __init__(self, role, number):
        self.role, self.name = role, f"{role}-{number}"
        self.address = f"10.77.0.{FIRST[role] + number}"
        self.outside = f"{role[0]}{number}"  # its link's end at the bridge
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec cat >&2"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.enter = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--"]
        command("ip", "link", "add", self.outside, "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        command("ip", "link", "set", self.outside, "master", BRIDGE, "up")
        self.do("ip", "link", "set", "lo", "up")
        self.do("ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        self.do("ip", "link", "set", "eth0", "up")

    def do(self, *words):
        command(*self.enter, *words)

    def cut(self, hears=False, is_heard=False, peers="10.77.0.0/24"):
        """From `peers`, which may not be the test's own machine."""
        for chain, which, passes in (("INPUT", "-s", hears), ("OUTPUT", "-d", is_heard)):
            if not passes:
                self.do("iptables", "-w", "-A", chain, which, TESTS_OWN, "-j", "ACCEPT")
                self.do("iptables", "-w", "-A", chain, which, peers, "-j", "DROP")

    def mend(self):
        self.do("iptables", "-w", "-F")

    def slow(self):
        self.do("tc", "qdisc", "add", "dev", "eth0", "root", *SLOW)
        command("tc", "qdisc", "add", "dev", self.outside, "root", *SLOW)

    def hasten(self):
        self.do("tc", "qdisc", "del", "dev", "eth0", "root")
        command("tc", "qdisc", "del", "dev", self.outside, "root")

    def end(self):
        self.holder.stdin.close()
        self.holder.wait()
        self.holder.stdout.close()


class Network:
    """So many hosts by role. What troubles them ends by itself; a host has one trouble at a time."""

    def __init__(self, **roles):
        command("ip", "link", "add", BRIDGE, "type", "bridge")
        command("ip", "address", "add", f"{TESTS_OWN}/24", "dev", BRIDGE)
        command("ip", "link", "set", BRIDGE, "up")
        self.hosts = [Host(role, number) for role, count in roles.items() for number in range(count)]
        self.troubled, self.threads = {}, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wait_until_mended()
        for host in self.hosts:
            host.end()

    def free_host(self, role, taken):
        return next(host for host in self.hosts if host.role == role and host not in taken)

    def untroubled(self):
        return [host for host in self.hosts if host not in self.troubled]

    def wait_until_mended(self):
        for thread in self.threads:
            thread.join()

    def trouble(self, host, begin, end, seconds, times=1):
        """Begins it at once, and ends it after so long; again after as long."""
        self.troubled[host] = begin
        begin()
        self.threads.append(threading.Thread(target=self.go_on, args=[host, begin, end, seconds, times]))
        self.threads[-1].start()

    def go_on(self, host, begin, end, seconds, times):
        for _ in range(times - 1):
            time.sleep(seconds)
            end()
            time.sleep(seconds)
            begin()
        time.sleep(seconds)
        end()
        del self.troubled[host]
