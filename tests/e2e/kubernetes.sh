#!/usr/bin/env bash
# Installs, upgrades and uninstalls the chart on a real API server of Kubernetes, with real coordinators that elect their
# leader by its Lease. Builds the server and helm once: 650 CPU seconds with Go, which has to be there. Needs root.
# usage: tests/e2e/kubernetes.sh [MILLRACE], build/release/millrace unless told otherwise
set -euo pipefail
binary=$(realpath "${1:-$(dirname "$0")/../../build/release/millrace}")
cd "$(dirname "$0")/../.."
if [ $# -eq 0 ]; then
  cmake --preset release > /dev/null
  cmake --build --preset release --target millrace > /dev/null
fi
helm=$(tests/helm/tools.sh)
server=$(tests/e2e/kubernetes/api_server.sh)
exec /usr/bin/python3 tests/e2e/kubernetes/life.py "$binary" "$helm" "$server"
