#!/usr/bin/env bash
# Builds millrace and runs the first job: delays of real flights, as a table that grows while the job runs.
# Installs the Debian packages that are missing. A second start builds only what changed.
# usage: cli/quickstart.sh [further arguments of millrace run]
set -euo pipefail
cd "$(dirname "$0")/.."
cli/install_packages.sh cli/packages.txt
cmake --preset release -DMILLRACE_TESTS=OFF >/dev/null
cmake --build --preset release --target millrace
exec build/release/millrace run docs/guides/flights/worst_carriers.sql --define FLIGHTS=docs/guides/flights "$@"
