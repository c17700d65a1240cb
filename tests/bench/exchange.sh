#!/usr/bin/env bash
# Builds the release and measures a channel between two processes; see exchange/exchange.cpp for the arguments.
# usage: tests/bench/exchange.sh [gigabytes] [bytes of credit] [rounds] [plain|curve]
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release >/dev/null
cmake --build --preset release --target bench_exchange >/dev/null
exec build/release/tests/bench/exchange/bench_exchange "$@"
