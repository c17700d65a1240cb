#!/usr/bin/env python3
"""Every session option that the code reads stands in docs/reference/options.md with a meaning.

usage: check_options.py ROOT
"""
import pathlib
import re
import sys

FOLDERS = ("core", "state", "net", "actors", "cli")
# Keys of session options as string literals; options of tables have other first words.
KEY = re.compile(r'"((?:execution|millrace|parallelism|pipeline|restart-strategy|s3|state|table)\.[a-z][a-z.-]+)"')
TABLE = "core/sql/session/session_options.cpp"


def main():
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs/reference/options.md").read_text()
    explained = set(re.findall(r"^\| `([a-z0-9.-]+)` \|", page, re.M))
    missing = []
    for folder in FOLDERS:
        for source in sorted((root / folder).rglob("*.cpp")):
            name = str(source.relative_to(root))
            if name != TABLE:
                missing += [f"{name}: {key}" for key in KEY.findall(source.read_text()) if key not in explained]
    print(f"{len(explained)} options explained, {len(missing)} read without a line in {TABLE}")
    print("\n".join(missing))
    sys.exit(1 if missing or not explained else 0)


main()
