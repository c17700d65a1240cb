#!/usr/bin/env python3
"""Runs the examples of docs/reference/sql and compares what they print with what the pages show.

usage: check_examples.py ROOT MILLRACE [--renew]
  --renew   writes what the examples print into the pages

An example is a block `sql`, run behind tables.sql. The block behind it shows its output: `error` what stderr says of a
script that is refused, `changelog` the rows with --output changelog, a block without a word the tables. Lines are
compared as a multiset: rows have no order but ORDER BY's.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

EXAMPLE = re.compile(r"^```sql\n(.*?)^```\n(?:\n```(error|changelog|)\n(.*?)^```\n)?", re.M | re.S)
PAGES = "docs/reference/sql"
LONGEST_RUN_S = 120


class Example:
    def __init__(self, match):
        self.sql, self.kind, self.shown = match.group(1), match.group(2), match.group(3)

    def run(self, root, millrace):
        """The output, or stderr where an error is shown; a run that ends otherwise than shown gives both."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            shutil.copytree(root / PAGES, folder / PAGES)
            (folder / "example.sql").write_text(self.sql)
            form = "changelog" if self.kind == "changelog" else "table"
            command = [millrace, "sql", "-i", f"{PAGES}/tables.sql", "-f", "example.sql", "--output", form]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_RUN_S)
        failed = done.returncode != 0
        if failed != (self.kind == "error"):
            return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stderr if failed else done.stdout

    def is_right(self, output):
        if output.startswith("exit code"):
            return False
        return self.shown is None or sorted(output.rstrip().split("\n")) == sorted(self.shown.rstrip().split("\n"))

    def text(self, output):
        """The example as a page shows it."""
        sql = f"```sql\n{self.sql}```\n"
        return sql if self.shown is None else f"{sql}\n```{self.kind}\n{output.rstrip()}\n```\n"


def wrong_examples(root, millrace, page):
    for match in EXAMPLE.finditer(page.read_text()):
        example = Example(match)
        output = example.run(root, millrace)
        if not example.is_right(output):
            yield f"{page.relative_to(root)}:\n{example.sql}gives\n{output}"


def renew(root, millrace, page):
    def renewed(match):
        example = Example(match)
        output = example.run(root, millrace)
        keep = example.is_right(output) or output.startswith("exit code")
        return match.group(0) if keep else example.text(output)
    page.write_text(EXAMPLE.sub(renewed, page.read_text()))


def main():
    root, millrace = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    pages = sorted((root / PAGES).glob("*.md"))
    if "--renew" in sys.argv:
        for page in pages:
            renew(root, millrace, page)
    problems = [problem for page in pages for problem in wrong_examples(root, millrace, page)]
    examples = sum(len(EXAMPLE.findall(page.read_text())) for page in pages)
    if problems:
        problems.append("if the new output is right, --renew writes it into the pages")
    print("\n".join(problems) or f"{examples} examples on {len(pages)} pages are right")
    sys.exit(1 if problems or not examples else 0)


main()
