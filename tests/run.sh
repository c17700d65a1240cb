#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test and ends with ctest's summary.
# usage: tests/run.sh [--full | --asan]
#   --full   every mode of every SQL test, all seeds
#   --asan   unit, SQL and fuzz tests under AddressSanitizer and UndefinedBehaviorSanitizer (a build of its own)
set -euo pipefail
cd "$(dirname "$0")/.."
full=OFF
preset=release
selection=()
case "${1:-}" in
  "") ;;
  --full) full=ON ;;
  --asan) preset=asan selection=(--label-regex "unit|sql|fuzz" --label-exclude e2e) ;;
  *) sed -n '3,5s/^# //p' "$0" >&2; exit 2 ;;
esac
export UBSAN_OPTIONS=print_stacktrace=1
cli/install_packages.sh cli/packages.txt tests/packages.txt
cmake --preset "$preset" -DMILLRACE_TESTS=ON -DMILLRACE_FULL_TESTS=$full >/dev/null
cmake --build --preset "$preset"
ctest --preset "$preset" --parallel 2 "${selection[@]}"
