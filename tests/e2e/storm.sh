#!/usr/bin/env bash
# Kills and freezes workers and coordinators of a cluster, rescales its jobs meanwhile, and compares what was committed with
# an undisturbed run.
# usage: tests/e2e/storm.sh [--kills N] [--seed N] [--events N], 100 kills over 1.5 million events unless told otherwise
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release > /dev/null
cmake --build --preset release --target millrace > /dev/null
exec python3 tests/e2e/cluster/storm.py build/release/millrace --kills 100 --events 1500000 --coordinators --rescale \
  --freeze "$@"
