#!/usr/bin/env bash
# Searches for inputs that crash a reader, with clang's libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer.
# usage: tests/fuzz/run.sh [SECONDS per target, 60] [target...]
# targets: sql json_reader csv_reader wire_reader control_reader state_reader job_reader channel_reader http_request
# A finding is written to build/fuzz/findings/; run it again with build/fuzz/tests/fuzz/fuzz_TARGET FILE.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(sql json_reader csv_reader wire_reader control_reader state_reader
  job_reader channel_reader http_request)
cli/install_packages.sh cli/packages.txt tests/packages.txt tests/fuzz/packages.txt
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"
mkdir -p build/fuzz/findings
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target
  mkdir -p "$corpus"
  build/fuzz/tests/fuzz/fuzz_"$target" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2048 -timeout=20 \
    -artifact_prefix=build/fuzz/findings/"$target"- "$corpus" tests/fuzz/seeds/"$target"
done
