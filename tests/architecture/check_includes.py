#!/usr/bin/env python3
"""Checks the one allowed direction of includes and the fences of third-party headers.

usage: check_includes.py ROOT
Folders: schemas <- core <- {state, net} <- actors <- cli; within core as in core/CMakeLists.txt. Prints each breach
as `file:line: reason` and exits 1 if there is one.
"""
import pathlib
import re
import sys

# Folder -> folders whose headers it may include (itself always).
MAY_INCLUDE = {
    "core/base": [],
    "core/data": ["core/base"],
    "core/codec": ["core/base", "core/data", "schemas"],
    "core/expr": ["core/base", "core/data"],
    "core/plan": ["core/base", "core/data", "core/expr"],
    "core/sql": ["core/base", "core/data", "core/expr", "core/plan"],
    "core/tables": ["core/base", "core/data"],
    "core/operators": ["core/base", "core/data", "core/expr", "core/plan", "core/tables"],
}
MAY_INCLUDE["core/connectors"] = MAY_INCLUDE["core/operators"] + ["core/operators"]
MAY_INCLUDE["core/runtime"] = MAY_INCLUDE["core/connectors"] + ["core/connectors", "core/codec"]
MAY_INCLUDE["core/coordination"] = MAY_INCLUDE["core/runtime"] + ["core/runtime"]
# The codec of the manifest lies above the rest of core/codec: it knows the manifest of core/coordination (ADR 0005).
MAY_INCLUDE["core/codec/checkpoint"] = MAY_INCLUDE["core/coordination"] + ["core/coordination", "schemas"]
# The same for the messages of core/coordination, in which states of operators travel as parts of a manifest.
MAY_INCLUDE["core/codec/control"] = MAY_INCLUDE["core/codec/checkpoint"] + ["core/codec/checkpoint"]
CORE = [folder for folder in MAY_INCLUDE]
MAY_INCLUDE["state"] = CORE
MAY_INCLUDE["net"] = CORE
MAY_INCLUDE["actors"] = CORE + ["state", "net"]
MAY_INCLUDE["cli"] = CORE + ["state", "net", "actors"]

# Pattern of a third-party header -> folders that may include it.
FENCES = [
    (r"^caf/", ["actors", "tests"]),
    (r"^rocksdb/", ["state", "tests/unit/state"]),
    (r"^zmq", ["net/transport", "tests/unit/net"]),
    (r"^(httplib\.h|prometheus/)", ["net/http"]),
    (r"^nlohmann/", ["cli/cluster", "net/election", "tests"]),
    (r"^histedit\.h", ["cli/shell"]),
    (r"^CLI/", ["cli", "tests/sim"]),
    (r"^(capnp|kj)/", ["schemas", "core/codec", "tests"]),
    (r"^re2/", ["core/expr", "core/connectors/filesystem", "tests"]),
    (r"^xxhash\.h", ["core/expr", "core/tables", "core/data", "core/connectors/filesystem", "state/checkpoint"]),
    (r"^lz4", ["state/checkpoint"]),
    (r"^curl/", ["state/storage"]),
    (r"^simdjson", ["core/connectors", "core/expr/json"]),
    (r"^openssl/", ["core/expr/hash", "net/http"]),
    (r"^(zlib|zstd)\.h", ["core/connectors"]),
    (r"^date/", ["core/expr/temporal"]),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
FOLDERS = sorted(MAY_INCLUDE, key=len, reverse=True)


def folder_of(path):
    return next((f for f in FOLDERS if path == f or path.startswith(f + "/")), None)


def breaches_of(path, root):
    own = folder_of(path)
    for number, line in enumerate((root / path).read_text(encoding="utf-8").split("\n"), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        if header.startswith("tests/") and not path.startswith("tests/"):
            yield f"{path}:{number}: nobody includes tests ({header})"
        target = "schemas" if header.startswith("schemas/") else folder_of(header)
        if own and target and target != own and target not in MAY_INCLUDE[own]:
            yield f"{path}:{number}: {own} may not include {target} ({header})"
        for pattern, allowed in FENCES:
            if re.match(pattern, header) and not any(path.startswith(a + "/") for a in allowed):
                yield f"{path}:{number}: {header} belongs behind the fence of {', '.join(allowed)}"


def main():
    root = pathlib.Path(sys.argv[1])
    top = ["core", "state", "net", "actors", "cli", "tests"]
    files = sorted(p for t in top for s in ("*.hpp", "*.cpp") for p in (root / t).rglob(s))
    found = [b for f in files for b in breaches_of(str(f.relative_to(root)), root)]
    print("\n".join(found) if found else f"{len(files)} files keep to the direction and the fences")
    sys.exit(1 if found or not files else 0)


main()
