#!/usr/bin/env python3
"""What the pages show works: links and paths lead somewhere, and the examples that can run give what they say.

usage: check_pages.py ROOT MILLRACE SLT
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
# Paths of the repository in back-quotes; a wildcard, a placeholder or a made thing is none.
PATH = re.compile(r"`((?:core|state|net|actors|cli|docs|tests|schemas|helm)/[\w./-]*[\w/])`")
CODE = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
# A job and, after its block, the commands that run it.
JOB = re.compile(r"^```sql\n-- (\S+\.sql)\n(.*?)^```\n\n((?:    millrace [^\n]*\n)+)", re.M | re.S)
# The events of a job that runs long enough to be watched; here it need not be.
EVENTS = re.compile(r"'events\.num' = '\d+'")
SLT_EXAMPLE = re.compile(r"^```\n(# name: .*?)^```$", re.M | re.S)


def indented_block(text, start):
    """The indented block of a page that begins with `start`."""
    lines = text[text.index("    " + start):].split("\n")
    size = next((i for i, line in enumerate(lines) if line and not line.startswith("    ")), len(lines))
    return "\n".join(line[4:] for line in lines[:size])


def pages_of(root):
    folders = ("core", "state", "net", "actors", "cli", "docs", "tests", "schemas", "helm")
    return [root / "README.md"] + [p for folder in folders for p in sorted((root / folder).rglob("*.md"))]


def broken_links(root):
    for page in pages_of(root):
        text = CODE.sub("", page.read_text())
        for target in LINK.findall(text):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(root)}: no {target}"
        for target in PATH.findall(text):
            if not (root / target).exists():
                yield f"{page.relative_to(root)}: no {target}"


def readme_query(root, millrace, scratch):
    (scratch / "orders.csv").write_text("1,10.50\n2,3.00\n1,0.25\n")
    (scratch / "job.sql").write_text(indented_block((root / "README.md").read_text(), "CREATE TABLE orders"))
    done = subprocess.run([millrace, "run", "job.sql", "--output", "changelog"], cwd=scratch, capture_output=True, text=True)
    if done.returncode != 0 or "[1, 10.75]\n" not in done.stdout:
        yield f"README.md: the query over orders gives {done.stdout}{done.stderr}"


def guide_slt(root, slt, scratch):
    page = root / "docs/guides/add-a-sql-test.md"
    script = scratch / "example.slt"
    script.write_text(SLT_EXAMPLE.search(page.read_text()).group(1))
    done = subprocess.run([slt, root / "tests/sql/modes.json", "plain", script], capture_output=True, text=True)
    if done.returncode != 0:
        yield f"{page.name}: {done.stdout}{done.stderr}"


def guide_jobs(root, millrace, scratch):
    for page in sorted((root / "docs/guides").glob("*.md")):
        for name, job, commands in JOB.findall(page.read_text()):
            (scratch / name).write_text(EVENTS.sub("'events.num' = '5000'", job))
            for command in commands.splitlines():
                words = shlex.split(command, comments=True)
                done = subprocess.run([millrace, *words[1:]], cwd=scratch, capture_output=True, text=True)
                if done.returncode != 0:
                    yield f"{page.name}: {command.strip()} ends with {done.returncode}: {done.stderr}"


def main():
    root, millrace, slt = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        problems = [*broken_links(root), *readme_query(root, millrace, scratch), *guide_slt(root, slt, scratch),
                    *guide_jobs(root, millrace, scratch)]
    print("\n".join(problems) or f"{len(pages_of(root))} pages are right")
    sys.exit(1 if problems else 0)


main()
