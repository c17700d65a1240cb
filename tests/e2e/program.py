"""Runs the program millrace as a child, the way a user would, and measures it."""
import collections
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

# A run that takes longer hangs; the slowest here take two seconds.
LONGEST_RUN_S = 120

Ended = collections.namedtuple("Ended", "code rows out err peak_kb")


class Program:
    """The binary and a folder for one test case, which is the working directory of its runs."""

    def __init__(self, binary, case):
        self.binary = str(pathlib.Path(binary).resolve())
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        case.addCleanup(self.scratch.cleanup)

    def write(self, name, content):
        """A file in the folder; gives its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_long(self, name, head, size, tail):
        """A file with `size` letters between two texts; made in pieces, for a child's peak starts at its parent's memory."""
        with open(self.folder / name, "w") as f:
            f.write(head)
            for _ in range(size // 1_000_000):
                f.write("y" * 1_000_000)
            f.write(tail)

    def command(self, sql, *arguments):
        return [self.binary, "run", str(self.write("script.sql", sql)), *arguments]

    def run(self, sql, *arguments):
        """Runs a script with JSON output to its end. A negative code is a signal: a crash."""
        return self.run_command(self.command(sql, "--output", "json", *arguments))

    def run_command(self, command):
        with open(self.folder / "stdout", "wb+") as out, open(self.folder / "stderr", "wb+") as err:
            child = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            code, peak_kb = wait_measured(child)
        text = (self.folder / "stdout").read_text("utf-8", "replace")
        rows = [list(json.loads(line)["row"].values()) for line in text.split("\n") if line.startswith("{")]
        return Ended(code, rows, text, (self.folder / "stderr").read_text("utf-8", "replace"), peak_kb)


def wait_measured(child):
    """The exit code of a child and the most memory it held at once, in KiB."""
    signal.signal(signal.SIGALRM, lambda *_: child.kill())
    signal.alarm(LONGEST_RUN_S)
    _, status, usage = os.wait4(child.pid, 0)
    signal.alarm(0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss


def main(arguments):
    """Runs the caller's test cases; `arguments` are those of the process behind the binary's path."""
    program = unittest.main(argv=arguments[:1], verbosity=2, exit=False)
    raise SystemExit(0 if program.result.wasSuccessful() and program.result.testsRun > 0 else 1)
