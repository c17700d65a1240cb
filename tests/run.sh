#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test and ends with ctest's summary.
# usage: tests/run.sh [--full]     --full: every mode of every SQL test, all seeds
set -euo pipefail
cd "$(dirname "$0")/.."
full=OFF
[ "${1:-}" = "--full" ] && full=ON
cli/install_packages.sh cli/packages.txt tests/packages.txt
cmake --preset release -DMILLRACE_TESTS=ON -DMILLRACE_FULL_TESTS=$full >/dev/null
cmake --build --preset release
ctest --preset release --parallel 2
