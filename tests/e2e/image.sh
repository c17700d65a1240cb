#!/usr/bin/env bash
# Builds the image of helm/image/Dockerfile on a Debian that it makes itself, and runs the flights job in it as the chart
# does: another user than root, a root file system that cannot be written, no capabilities, a limit of memory.
# Installs the Debian packages that are missing; needs root. What is kept lies in ${MILLRACE_CACHE:-~/.cache/millrace}.
# usage: tests/e2e/image.sh [--binary MILLRACE]
#   --binary   puts this one, a release of the same source, into the image instead of compiling (minutes)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
binary=
case "$#:${1:-}" in
  0:) ;;
  2:--binary) binary=$(realpath "$2") ;;
  *) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
"$root/cli/install_packages.sh" <(printf '%s\n' buildah podman runc mmdebstrap python3)

cache=${MILLRACE_CACHE:-$HOME/.cache/millrace}
mkdir -p "$cache"
folder=$(mktemp -d)
store=(--root "$folder/images" --runroot "$folder/run" --storage-driver vfs)
trap 'rm -rf "$folder"' EXIT
base=localhost/debian:bookworm-slim
image=localhost/millrace:test

build() {  # tag, further arguments
  buildah "${store[@]}" bud --quiet --isolation chroot --tag "$@" >/dev/null
}

make_base() {
  local tar=$cache/debian-bookworm.tar
  [ -f "$tar" ] || { mmdebstrap --quiet --mode=root --variant=minbase --format=tar bookworm "$tar.part"; mv "$tar.part" "$tar"; }
  mkdir "$folder/base"
  ln "$tar" "$folder/base/base.tar" 2>/dev/null || cp "$tar" "$folder/base/base.tar"
  printf 'FROM scratch\nADD base.tar /\n' >"$folder/base/Dockerfile"
  build "$base" "$folder/base"
}

make_image() {
  local from=(--build-arg BASE="$base")
  if [ -n "$binary" ]; then
    mkdir "$folder/binary"
    strip --strip-debug -o "$folder/binary/millrace" "$binary"
    printf 'FROM scratch\nCOPY millrace /millrace\n' >"$folder/binary/Dockerfile"
    build localhost/millrace-binary "$folder/binary"
    from+=(--build-arg BINARY=localhost/millrace-binary)
  fi
  build "$image" "${from[@]}" --file "$root/helm/image/Dockerfile" "$root"
}

# Podman's own limits of files and processes are above what it may give in a container.
podman_run=(podman "${store[@]}" --runtime runc --cgroup-manager cgroupfs run --rm --network none --read-only
  --cap-drop all --security-opt no-new-privileges --memory 512m --ulimit nofile=20000:20000 --ulimit nproc=32768:32768)

# Takes the words of millrace; the folder of the flights has the same path inside.
write_runner() {
  local flights=$root/docs/guides/flights
  printf '#!/bin/sh\nexec %s --volume "%s:%s:ro" %s "$@"\n' "${podman_run[*]}" "$flights" "$flights" "$image" >"$folder/millrace"
  chmod +x "$folder/millrace"
}

inside() { "${podman_run[@]}" --entrypoint "$1" "$image" "${@:2}"; }

check() {  # what, condition
  if eval "$2"; then echo "ok   $1"; else echo "FAIL $1"; exit 1; fi
}

make_base
make_image
write_runner
check "it runs as somebody else than root" '[ "$(inside id -u)" = 10001 ]'
check "it has no compiler" '! inside sh -c "command -v g++ cc cmake"'
check "it has every library" '! inside ldd /usr/local/bin/millrace | grep "not found"'
version=$(sed -n 's/^project(millrace VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
check "it says its version" '[ "$("$folder/millrace" version)" = "millrace $version" ]'
python3 "$root/tests/e2e/flights.py" "$folder/millrace" "$root" --memory 256m
podman "${store[@]}" images --noheading --format 'image of {{.Size}}' "$image"
