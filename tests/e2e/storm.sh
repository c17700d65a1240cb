#!/usr/bin/env bash
# Kills and freezes workers and coordinators of a cluster, moves their clocks, fills their disk, rescales its jobs meanwhile,
# and compares what was committed with an undisturbed run. With --partitions it also cuts and slows links between them.
# usage: tests/e2e/storm.sh [--kills N] [--seed N] [--events N] [--coordinators N] [--partitions], 100 faults over 1.5 million
# events unless told otherwise
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release > /dev/null
cmake --build --preset release --target millrace live_faults > /dev/null
exec python3 tests/e2e/cluster/storm.py build/release/millrace --kills 100 --events 1500000 --coordinators --rescale \
  --freeze --faults build/release/tests/support/live_faults/liblive_faults.so "$@"
