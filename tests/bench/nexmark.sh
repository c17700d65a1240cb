#!/usr/bin/env bash
# Builds the release and runs the public Nexmark scripts; see nexmark.py for the arguments behind the folder.
# usage: tests/bench/nexmark.sh RESOURCES [--events N] [--parallelism P] [--peer CSV] [query...]
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release >/dev/null
cmake --build --preset release --target millrace >/dev/null
exec python3 tests/bench/nexmark.py build/release/millrace "$@"
