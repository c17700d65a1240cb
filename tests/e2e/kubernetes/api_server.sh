#!/usr/bin/env bash
# Prints the folder that has kube-apiserver, and builds it first where it is missing: 450 CPU seconds and 5 GB of caches with Go.
# It is kept in ${MILLRACE_CACHE:-~/.cache/millrace}.
# Exit code 77: it cannot be built, for want of Go or of its module proxy; what needs it is skipped.
# usage: tests/e2e/kubernetes/api_server.sh
set -euo pipefail
version=1.34.2
tools=${MILLRACE_CACHE:-$HOME/.cache/millrace}/kubernetes-$version
if [ ! -x "$tools/kube-apiserver" ]; then
  command -v go >/dev/null || { echo "no kube-apiserver: install Go 1.21 or later, which builds it" >&2; exit 77; }
  module=$(mktemp -d)
  trap 'rm -rf "$module"' EXIT
  mkdir -p "$tools"
  cd "$module"
  {
    # Its parts of the same repository are published as versions 0 of their own.
    go mod init example.org/api-server
    go mod edit -require="k8s.io/kubernetes@v$version"
    parts=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
    for part in $(awk '$1 ~ /^k8s.io\// && $2 == "v0.0.0" {print $1}' "$parts"); do
      go mod edit -replace="$part=$part@v0${version#1}"
    done
    GOFLAGS=-mod=mod CGO_ENABLED=0 go build -trimpath -o "$tools/" \
      -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$version" k8s.io/kubernetes/cmd/kube-apiserver
  } >&2 || { echo "kube-apiserver cannot be built" >&2; exit 77; }
fi
echo "$tools"
