"""A cluster of real processes for a test: a coordinator, and workers that come and go.

What happens is waited for in the lines that the coordinator prints, never by time.
"""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading

ENDS = ("FINISHED", "FAILED", "CANCELED")


class Cluster:
    """Owns the processes; ends them on leaving. `at`: where the coordinator listens, for workers and for REST. `faults`
    makes their clocks and disks fail. `network` has a host for each of them."""

    def __init__(self, binary, folder, slots=2, options=(), at=("127.0.0.1:0", "127.0.0.1:0"), worker_options=(),
                 tool_options=(), faults=None, coordinators=1, election=None, network=None):
        """Several coordinators stand in an election, by default in a directory of the cluster."""
        self.binary, self.folder, self.slots = str(binary), pathlib.Path(folder), slots
        self.state, self.faults = self.folder / "state", faults
        self.workers, self.born, self.lines, self.options = {}, 0, [], options
        self.worker_options, self.tool_options = worker_options, tool_options
        self.joined, self.ends = set(), {}
        self.election = (election or str(self.folder / "election")) if coordinators > 1 else None
        self.coordinators, self.frozen = {}, []  # by address of REST; those that were frozen
        self.watchers, self.rest, self.url = [], None, None
        self.network, self.places = network, {}  # host by process
        # All write into one pipe, so that their lines are in order.
        log_end, self.log_to = os.pipe()
        self.log = os.fdopen(log_end)
        for _ in range(coordinators):
            self.start_coordinator(*at)
        self.wait_for_leader()

    def start_coordinator(self, listen="127.0.0.1:0", rest="127.0.0.1:0"):
        host = self.free_host("coordinator")
        if host:
            listen, rest = listen.replace("127.0.0.1", host.address), rest.replace("127.0.0.1", host.address)
        words = ["coordinator", "--listen", listen, "--rest", rest, "--log-checkpoints", "--checkpoint-dir", str(self.state),
                 *self.options]
        if self.election:
            words += ["--ha", self.election]
        process = self.launch(words, host, self.log_to, "coordinator")
        self.watchers.append(threading.Thread(target=self.tell_end, args=[process], daemon=True))
        self.watchers[-1].start()
        self.coordinators["new"] = process
        if self.election:
            address = self.wait_for("coordinator: stands by").strip().split("://")[1]
        else:
            self.wait_for_leader()
            address = self.rest
        self.coordinators[address] = self.coordinators.pop("new")

    def free_host(self, role):
        taken = [host for process, host in self.places.items() if process.poll() is None]
        return self.network and self.network.free_host(role, taken)

    def launch(self, words, host, log, name):
        process = subprocess.Popen([*(host.enter if host else []), self.binary, *words], stderr=log,
                                   env=self.environment(name))
        self.places[process] = host
        return process

    def tell_end(self, process):
        with contextlib.suppress(OSError):
            os.write(self.log_to, f"process {process.pid} has ended with {process.wait()}\n".encode())

    def environment(self, name):
        return None if self.faults is None else {**os.environ, **self.faults.environment(name)}

    def wait_for_leader(self):
        while self.rest is None:
            self.next_line()

    def standbys(self):
        """Their addresses of REST."""
        return [rest for rest in self.coordinators if rest != self.rest]

    @property
    def coordinator(self):
        """The process that leads."""
        return self.coordinators[self.rest]

    def kill_coordinator(self, replace=True, how=signal.SIGKILL):
        """The leader. Another takes its place, at the same address where there is no election."""
        leader = self.coordinators.pop(self.rest)
        self.rest = None
        leader.send_signal(how)
        leader.wait()
        if replace:
            self.start_coordinator(*([] if self.election else [self.control]))
        self.wait_for_leader()

    def freeze_coordinator(self):
        """The leader stands still until another leads, and a new one stands by. Gives the process, which is the caller's."""
        leader = self.coordinators.pop(self.rest)
        self.frozen.append(leader)
        self.rest = None
        leader.send_signal(signal.SIGSTOP)
        self.start_coordinator()
        self.wait_for_leader()
        return leader

    def stop_coordinator(self):
        self.kill_coordinator(replace=False, how=signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [*self.workers.values(), *self.coordinators.values(), *self.frozen]:
            process.kill()
            process.wait()
        self.log.close()
        for watcher in self.watchers:
            watcher.join()
        os.close(self.log_to)

    def next_line(self):
        line = self.log.readline()
        self.lines.append(line)
        line = line.split("  ", 1)[-1]  # behind the time
        word = line.split()
        if line.startswith("coordinator: workers at "):
            self.control, self.url = line.split("workers at ")[1].strip().split(", REST at ")
            self.rest = self.url.split("://")[1]
            self.joined.clear()
        if word[0] == "process" and int(word[1]) in [process.pid for process in self.coordinators.values()]:
            raise SystemExit("a coordinator has ended:\n" + "".join(self.lines))
        if word[0] == "worker":
            (self.joined.add if word[2] == "joined" else self.joined.discard)(word[1])
        if word[0] == "job" and word[2] in ENDS:
            self.ends[word[1].rstrip(":")] = word[2]
        return line

    def wait_for(self, text):
        """The next line of the coordinator with this text in it."""
        while True:
            line = self.next_line()
            if text in line:
                return line

    def start_worker(self, wait=True):
        self.born += 1
        name = f"worker-{self.born}"
        words = ["worker", "--slots", str(self.slots), "--name", name, "--checkpoint-dir", str(self.state), *self.worker_options]
        words += ["--ha", self.election] if self.election else ["--coordinator", self.control]
        host = self.free_host("worker")
        words += ["--listen", host.address] if host else []
        with open(self.folder / f"{name}.log", "w") as log:
            self.workers[name] = self.launch(words, host, log, name)
        if wait:
            self.wait_for(f"worker {name} joined")
        return name

    def kill_worker(self, name, how=signal.SIGKILL):
        process = self.workers.pop(name)
        process.send_signal(how)
        process.wait()

    def freeze_worker(self, name):
        """One that has joined stands still until it counts as dead, then goes on and joins again."""
        self.workers[name].send_signal(signal.SIGSTOP)
        while name in self.joined:
            self.next_line()
        self.workers[name].send_signal(signal.SIGCONT)
        while name not in self.joined:
            self.next_line()

    def tool(self, *words, code=0):
        """Runs a command of the job tool; gives its answer."""
        where = [] if "--rest" in words else ["--rest", self.url]
        done = subprocess.run([self.binary, *map(str, words), *where, "--json", *self.tool_options],
                              capture_output=True, text=True, check=False, env={**os.environ, "TZ": "UTC"})
        if done.returncode != code:
            raise SystemExit(f"{words}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if code == 0 and done.stdout else done.stderr

    def text(self, *words):
        """What a command of the job tool shows people."""
        return subprocess.run([self.binary, *map(str, words), "--rest", self.url, *self.tool_options], capture_output=True,
                              text=True, check=True).stdout

    def submit(self, script, *words):
        return [job["id"] for job in self.tool("submit", script, *words)["jobs"]]

    def wait_until_over(self, jobs):
        """Reads until each job has ended; gives how, in their order."""
        while not self.ends.keys() >= set(jobs):
            self.next_line()
        return [self.ends[job] for job in jobs]
