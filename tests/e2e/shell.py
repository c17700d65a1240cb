#!/usr/bin/env python3
"""The shell at a terminal: typing, completion, history, live results, jobs beside the prompt.

usage: shell.py MILLRACE
"""
import os
import subprocess
import sys
import unittest

import program
import terminal

PROMPT = "millrace> "
INTERRUPTED = 130
TABLES = """
CREATE TABLE clicks (page INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000',
  'fields.page.min' = '1', 'fields.page.max' = '3');
CREATE TABLE nowhere (page INT) WITH ('connector' = 'blackhole');
"""


class Shell(terminal.Terminal):
    """A shell with a state folder of its own; waits for the prompt behind everything that is entered."""

    def __init__(self, millrace, *arguments):
        os.environ.update(XDG_STATE_HOME=str(millrace.folder / "state"), TERM="xterm", LC_ALL="C.UTF-8")
        super().__init__([millrace.binary, "sql", *arguments])
        self.seen = 0
        self.read_more(PROMPT)

    def read_more(self, wanted):
        """Waits until `wanted` comes behind what was read so far; gives what came up to its end."""
        self.read_until(lambda text: wanted in text[self.seen:])
        start, self.seen = self.seen, self.text.index(wanted, self.seen) + len(wanted)
        return self.text[start:self.seen]

    def press(self, keys, wanted=PROMPT):
        os.write(self.master, keys.encode())
        return self.read_more(wanted)

    def enter(self, statement, wanted=PROMPT):
        return self.press(statement + "\n", wanted)


class AtThePrompt(unittest.TestCase):
    def setUp(self):
        self.millrace = program.Program(sys.argv[1], self)
        self.shell = self.start("-i", str(self.millrace.write("tables.sql", TABLES)))

    def start(self, *arguments):
        shell = Shell(self.millrace, *arguments)
        self.addCleanup(shell.child.kill)
        return shell

    def leave(self, shell=None):
        shell = shell or self.shell
        os.write(shell.master, b"\\q\n")
        self.assertEqual(shell.end(), 0)

    def test_statements_of_several_lines_and_several_on_a_line(self):
        self.shell.press("SELECT 'a;b' AS text,\n", "\n")
        self.assertIn("| a;b  | 2 |\n", self.shell.enter("  2 AS n;"))
        shown = self.shell.enter("SELECT 'x' AS one_; SELECT 'y' AS two_;")
        self.assertIn("| x    |\n", shown)
        self.assertIn("| y    |\n", shown)
        self.leave()

    def test_errors_show_the_place(self):
        shown = self.shell.enter("SELECT pge FROM clicks;")
        self.assertIn("error 2011 at 1:8: no column 'pge'\n  SELECT pge FROM clicks;\n         ^^^\n", shown)
        self.assertIn("error 1005: no command '\\dx'", self.shell.enter("\\dx"))
        self.leave()

    def test_tab_completes(self):
        self.assertIn("| page | INT  |", self.shell.enter("DESCR\tcl\t;"))
        self.assertIn("(page > 1)", self.shell.enter("EXPLAIN SELECT 1 FROM clicks AS c WHERE c.p\t> 1;"))
        self.assertIn("CATALOGS  COLUMNS   CREATE    CURRENT", self.shell.press("SHOW C\t", "CURRENT"))
        self.shell.press("\x03")
        self.leave()

    def test_the_history_outlives_the_shell(self):
        self.shell.enter("SELECT 'older' AS word;")
        self.shell.press("SELECT 'newer'\n", "\n")
        self.shell.enter("  AS word;")
        self.shell.enter("SET 'my.password' = 'hidden';")
        self.leave()
        path = self.millrace.folder / "state" / "millrace" / "history"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("hidden", path.read_text())
        again = self.start()
        # \q, then the newer one, whose two lines the second Up goes through.
        self.assertIn("| newer |\n", again.press("\x1b[A\x1b[A\n", PROMPT))
        self.assertIn("| older |\n", again.press("\x12older\x1b\n", PROMPT))
        self.leave(again)

    def test_q_leaves_a_live_result(self):
        self.shell.enter("SELECT page, COUNT(*) AS n FROM clicks GROUP BY page;", "watermark")
        self.shell.read_until(lambda text: len(terminal.WIPE.findall(text)) >= 2)
        self.assertRegex(self.shell.press("q"), r"\d rows?\nin [\d,]+ rows")
        self.shell.enter("SELECT page FROM clicks;", "watermark")
        self.shell.press("\x03")
        self.assertIn("| still here |\n", self.shell.enter("SELECT 'still here' AS it;"))
        self.leave()

    def test_keys_pressed_meanwhile_reach_the_prompt(self):
        os.write(self.shell.master, b"SELECT 'a' AS x;\nSELECT 'b' AS x;\nSELECT 'c' AS x;\n")
        for letter in "abc":
            self.shell.read_more(f"| {letter} |\n")
        self.shell.read_more(PROMPT)
        self.leave()

    def test_jobs_run_beside_the_prompt(self):
        self.assertIn("job-1: INSERT runs\n", self.shell.enter("INSERT INTO nowhere SELECT * FROM clicks;"))
        self.assertIn("| 1      |", self.shell.enter("SELECT 1;"))
        self.assertRegex(self.shell.enter("SHOW JOBS;"), r"\| job-1  \| insert-into_nowhere \| (CREATED|RUNNING) +\| \d")
        self.assertIn("1 job would end with the shell", self.shell.enter("\\q"))
        self.leave()

    def test_the_end_of_a_job_is_told(self):
        self.shell.enter("INSERT INTO nowhere SELECT 1;")
        while " | finished\n" not in self.shell.text:
            self.shell.enter("SELECT 1;")
        self.assertIn("job-1: in 1 rows", self.shell.text)
        self.leave()

    def test_a_job_that_is_waited_for_can_be_stopped(self):
        self.shell.enter("SET 'table.dml-sync' = 'true';")
        self.shell.enter("INSERT INTO nowhere SELECT * FROM clicks;", "job-1: in ")
        self.assertIn(" | stopped\n", self.shell.press("\x03"))
        self.leave()

    def test_jobs_are_stopped(self):
        self.shell.enter("INSERT INTO nowhere SELECT * FROM clicks;")
        self.assertIn("OK\njob-1: in ", self.shell.enter("STOP JOB 'job-1';"))
        self.assertIn("| CANCELED |", self.shell.enter("SHOW JOBS;"))
        self.assertIn("error 1005 at 1:1: job 'job-1' has ended", self.shell.enter("STOP JOB 'job-1';"))
        self.leave()

    def test_timing_and_help(self):
        self.shell.enter("\\timing")
        self.assertRegex(self.shell.enter("SELECT 1;"), r"\nTime: [\d.]+ ms\n")
        self.assertIn("\\timing [on|off]", self.shell.enter("HELP;"))
        self.assertIn("| page | INT  |", self.shell.enter("\\d clicks"))
        self.leave()

    def test_ctrl_d_and_a_closed_terminal_end_it(self):
        os.write(self.shell.master, b"\x04")
        self.assertEqual(self.shell.end(), 0)
        other = self.start()
        os.close(other.master)
        self.assertNotEqual(program.wait_measured(other.child)[0], None)

    def test_a_signal_ends_it(self):
        self.shell.enter("INSERT INTO nowhere SELECT * FROM clicks;")
        self.shell.child.terminate()
        self.assertEqual(self.shell.end(), INTERRUPTED)


class WithoutAPrompt(unittest.TestCase):
    def setUp(self):
        self.millrace = program.Program(sys.argv[1], self)

    def run_sql(self, text, *arguments):
        return subprocess.run([self.millrace.binary, "sql", *arguments], input=text, capture_output=True, text=True,
                              timeout=program.LONGEST_RUN_S)

    def test_statements_from_a_pipe(self):
        done = self.run_sql("SELECT 7 AS n;")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("| 7 |\n", done.stdout)

    def test_the_first_error_ends_it(self):
        done = self.run_sql("SELECT 7 AS n;\nSELECT nope;\nSELECT 8 AS n;")
        self.assertEqual(done.returncode, 3)
        self.assertIn("error 2011 at 2:8", done.stderr)
        self.assertNotIn("| 8 |", done.stdout)

    def test_files(self):
        init = self.millrace.write("init.sql", "CREATE VIEW v AS SELECT 7 AS n;")
        file = self.millrace.write("file.sql", "SELECT n + 1 AS m FROM v;")
        done = self.run_sql("", "-i", str(init), "-f", str(file), "--output", "json")
        self.assertEqual((done.returncode, done.stdout), (0, '{"op":"+I","row":{"m":8}}\n'))


if __name__ == "__main__":
    program.main(sys.argv)
