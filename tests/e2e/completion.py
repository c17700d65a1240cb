#!/usr/bin/env python3
"""`millrace completion bash|zsh`: the scripts, sourced by real shells, which complete what a user has begun to type.

usage: completion.py MILLRACE
"""
import os
import pathlib
import subprocess
import sys
import unittest

import program
from cluster.cluster import Cluster

JOB = """CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nothing SELECT n FROM numbers;
"""
# What Readline does: words typed so far, the last of them unfinished.
ASK = """
source <(millrace completion {shell})
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_millrace millrace "${{COMP_WORDS[{last}]}}" "${{COMP_WORDS[{before}]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
# Arrays begin at 1 there; the scripts count from 0, as bashcompinit lets them.
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-c"], "zsh": ["zsh", "-f", "-c"]}


class Completion(unittest.TestCase):
    def setUp(self):
        self.millrace = program.Program(sys.argv[1], self)
        bin_folder = self.millrace.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "millrace").symlink_to(self.millrace.binary)
        self.environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": str(self.millrace.folder)}

    def complete(self, shell, *words):
        text = ASK.format(shell=shell, last="$(($# - 1))", before="$(($# - 2))")
        if shell == "zsh":
            text = "setopt ksharrays\n" + text
        done = subprocess.run([*SHELLS[shell], text, "-", "millrace", *words], capture_output=True, text=True, check=False,
                              env=self.environment, cwd=self.millrace.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        # zsh itself leaves out what begins otherwise.
        return sorted(word for word in done.stdout.split("\n") if word and word.startswith(words[-1]))

    def test_commands_options_and_values(self):
        (self.millrace.folder / "job.sql").write_text(JOB)
        for shell in SHELLS:
            with self.subTest(shell=shell):
                self.assertEqual(self.complete(shell, "su"), ["submit"])
                self.assertIn("local-cluster", self.complete(shell, ""))
                self.assertEqual(self.complete(shell, "run", "--out"), ["--output"])
                self.assertEqual(self.complete(shell, "run", "--output", ""), ["changelog", "json", "table"])
                self.assertEqual(self.complete(shell, "explain", "--format", "d"), ["dot"])
                self.assertEqual(self.complete(shell, "completion", "z"), ["zsh"])
                self.assertEqual(self.complete(shell, "state", "sh"), ["show"])
                self.assertEqual(self.complete(shell, "state", "show", "--format", ""), ["json", "text"])
                self.assertEqual(self.complete(shell, "submit", "jo"), ["job.sql"])
                self.assertEqual(self.complete(shell, "nonsense", ""), [])

    def test_jobs_and_workers_of_the_cluster(self):
        folder = self.millrace.folder
        script = folder / "job.sql"
        script.write_text(JOB)
        with Cluster(sys.argv[1], folder) as cluster:
            cluster.start_worker()
            job = cluster.submit(script)[0]
            for shell in SHELLS:
                with self.subTest(shell=shell):
                    self.assertEqual(self.complete(shell, "show", "--rest", cluster.rest, job[:3]), [job])
                    self.assertEqual(self.complete(shell, "drain", "--rest", cluster.rest, "w"), ["worker-1"])
                    host, port = cluster.rest.split(":")
                    self.assertEqual(self.complete(shell, "show", "--rest", host, ":", port, job[:3]), [job])
                    self.environment["MILLRACE_REST"] = cluster.rest
                    self.assertEqual(self.complete(shell, "cancel", job[:3]), [job])
                    self.assertEqual(self.complete(shell, "explain", "--job", job[:3]), [job])
                    del self.environment["MILLRACE_REST"]

    def test_a_program_of_no_cluster_completes_no_job(self):
        self.assertEqual(self.complete("bash", "show", "--rest", "127.0.0.1:1", ""), self.options("show"))

    def options(self, command):
        return self.complete("bash", command, "--")

    def test_an_unknown_shell_is_refused(self):
        done = subprocess.run([self.millrace.binary, "completion", "fish"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("bash", done.stderr)


if __name__ == "__main__":
    program.main(sys.argv)
