"""A cluster of real processes for a test: a coordinator, and workers that come and go.

What happens is waited for in the lines that the coordinator prints, never by time.
"""
import json
import os
import pathlib
import signal
import subprocess

ENDS = ("FINISHED", "FAILED", "CANCELED")


class Cluster:
    """Owns the processes; ends them on leaving. `at`: where the coordinator listens, for workers and for REST. `faults`
    makes their clocks and disks fail."""

    def __init__(self, binary, folder, slots=2, options=(), at=("127.0.0.1:0", "127.0.0.1:0"), worker_options=(),
                 tool_options=(), faults=None):
        self.binary, self.folder, self.slots = str(binary), pathlib.Path(folder), slots
        self.state, self.faults = self.folder / "state", faults
        self.workers, self.born, self.lines, self.options = {}, 0, [], options
        self.worker_options, self.tool_options = worker_options, tool_options
        self.joined, self.ends = set(), {}
        self.start_coordinator(*at)

    def start_coordinator(self, listen, rest="127.0.0.1:0"):
        words = ["coordinator", "--listen", listen, "--rest", rest, "--log-checkpoints",
                 "--checkpoint-dir", str(self.state), *self.options]
        self.coordinator = subprocess.Popen([self.binary, *words], stderr=subprocess.PIPE, text=True,
                                            env=self.environment("coordinator"))
        first = self.wait_for("coordinator: workers at ")
        self.control, self.url = first.split("workers at ")[1].strip().split(", REST at ")
        self.rest = self.url.split("://")[1]

    def environment(self, name):
        return None if self.faults is None else {**os.environ, **self.faults.environment(name)}

    def kill_coordinator(self):
        """Another takes its place, at the same address."""
        self.joined.clear()
        self.coordinator.kill()
        self.coordinator.wait()
        self.start_coordinator(self.control)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [*self.workers.values(), self.coordinator]:
            process.kill()
            process.wait()

    def next_line(self):
        line = self.coordinator.stderr.readline()
        if not line:
            raise SystemExit("the coordinator has ended:\n" + "".join(self.lines))
        self.lines.append(line)
        line = line.split("  ", 1)[-1]  # behind the time
        word = line.split()
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
        words = ["worker", "--coordinator", self.control, "--slots", str(self.slots), "--name", name,
                 "--checkpoint-dir", str(self.state), *self.worker_options]
        log = open(self.folder / f"{name}.log", "w")
        self.workers[name] = subprocess.Popen([self.binary, *words], stderr=log, env=self.environment(name))
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
        done = subprocess.run([self.binary, *map(str, words), "--rest", self.url, "--json", *self.tool_options],
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
