#!/usr/bin/env python3
"""What a user sees on a terminal: the live table with its progress line, and a clean end by Ctrl-C.

usage: terminal.py MILLRACE
"""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unittest

import program

INTERRUPTED = 130
WIPE = re.compile(r"\r\x1b\[(\d+)A\x1b\[J")

ENDLESS = """
CREATE TABLE clicks (page INT, name STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1000',
  'fields.page.min' = '1', 'fields.page.max' = '5', 'fields.name.length' = '200');
"""
LIVE = ENDLESS + "SELECT page, COUNT(*) AS clicks, MAX(name) AS longest_name FROM clicks GROUP BY page;"
INSERT = ENDLESS + """
CREATE TABLE nowhere (page INT, name STRING) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT * FROM clicks;
"""


def keep_output_at_ctrl_c(terminal):
    """Else the kernel drops what the program has written and nobody has read, and a frame can be cut off."""
    settings = termios.tcgetattr(terminal)
    settings[3] |= termios.NOFLSH
    termios.tcsetattr(terminal, termios.TCSANOW, settings)


class Terminal:
    """A child whose input and output is a terminal of its own."""

    def __init__(self, command, rows=24, columns=80):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        keep_output_at_ctrl_c(slave)
        self.child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.text = ""

    def read(self):
        """Waits for output; false when the child has closed the terminal."""
        try:
            piece = os.read(self.master, 1 << 16)
        except OSError:
            piece = b""
        self.text += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)

    def read_until(self, seen):
        while not seen(self.text):
            if not self.read():
                raise AssertionError("the program ended early:\n" + self.text[-2000:])

    def press_ctrl_c(self):
        os.write(self.master, b"\x03")

    def end(self):
        while self.read():
            pass
        code, _ = program.wait_measured(self.child)
        os.close(self.master)
        return code


class OnATerminal(unittest.TestCase):
    def start(self, sql, *arguments, **size):
        self.millrace = program.Program(sys.argv[1], self)
        return Terminal(self.millrace.command(sql, *arguments), **size)

    def check_frames(self, text, rows, columns):
        """Every frame fits the screen and is wiped by as many lines as it has; gives the frames. A low screen shows no table."""
        parts = WIPE.split(text[text.index("+--" if rows > 6 else "in "):])
        frames, wiped = parts[0::2], [int(lines) for lines in parts[1::2]]
        for frame, lines in zip(frames, wiped):
            self.assertEqual(frame.count("\n"), lines)
            self.assertLess(lines, rows)
            self.assertLessEqual(max(map(len, frame.split("\n"))), columns)
        return frames

    def test_live_table_and_ctrl_c(self):
        screen = self.start(LIVE, rows=20, columns=70)
        screen.read_until(lambda text: len(WIPE.findall(text)) >= 3)
        screen.press_ctrl_c()
        self.assertEqual(screen.end(), INTERRUPTED)
        frames = self.check_frames(screen.text, 20, 70)
        self.assertRegex(frames[1], r"\| page +\| clicks +\| longest_name +\|")
        self.assertRegex(frames[1], r"in [\d,]+ rows \| out [\d,]+ rows \| [\d,]+ rows/s \| watermark ")
        self.assertRegex(frames[-1], r"\d rows?\n")
        self.assertNotIn("error", frames[-1])

    def test_a_small_window(self):
        screen = self.start(LIVE, rows=5, columns=20)
        screen.read_until(lambda text: len(WIPE.findall(text)) >= 2)
        screen.press_ctrl_c()
        self.assertEqual(screen.end(), INTERRUPTED)
        self.check_frames(screen.text, 5, 20)

    def test_the_result_stays_at_the_end(self):
        screen = self.start("SELECT * FROM (VALUES (1, 'a'), (2, 'b\x1b[2J')) AS t (n, text);")
        self.assertEqual(screen.end(), 0)
        last = self.check_frames(screen.text, 24, 80)[-1]
        self.assertIn("| 1 | a        |\n| 2 | b\\x1b[2J |\n", last)
        self.assertIn("2 rows\n", last)

    def test_progress_of_an_insert_and_ctrl_c(self):
        screen = self.start(INSERT)
        screen.read_until(lambda text: text.count("\r\x1b[KINSERT: in ") >= 3)
        screen.press_ctrl_c()
        self.assertEqual(screen.end(), INTERRUPTED)
        self.assertIn(" | stopped\n", screen.text)
        self.assertNotIn("error", screen.text)


if __name__ == "__main__":
    program.main(sys.argv)
