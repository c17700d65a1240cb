#!/usr/bin/env python3
"""A small S3 server in memory, for tests: objects, ranges, list-v2, multipart uploads, conditional writes, SigV4.

usage: fake_s3.py [--port N] [--faults SPEC] [--log]
Prints `listening on PORT` when it is ready; ends with its standard input. The only account is ACCESS_KEY, SECRET_KEY;
every request has to carry its AWS Signature Version 4. Buckets come into being with the first object.

SPEC: faults between commas, each `KIND:METHOD:EVERY[:NAME]`, on every EVERYth request of METHOD (ANY: all), if given only
on keys with NAME in them:
  error   answers 500 without an effect      throttle  answers 503 SlowDown without an effect
  cut     closes the connection unanswered   lost      closes the connection after the effect
  slow    waits SLOW_SECONDS before the answer
GET /-/stats (unsigned) answers what there is as JSON: objects, pending uploads, requests, faults done.
"""
import argparse
import collections
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import urllib.parse
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ACCESS_KEY = "test-access"
SECRET_KEY = "test-secret/+="
SLOW_SECONDS = 0.3
PAGE = 50
SMALLEST_PART = 5 << 20

lock = threading.RLock()
objects = {}  # (bucket, key) -> (bytes, etag)
uploads = {}  # id -> (bucket, key, {number: (bytes, etag)})
counts = collections.Counter()
settings = argparse.Namespace(faults=[], log=False)


class Refused(Exception):
    """An S3 error: HTTP status and code."""

    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def etag_of(data):
    return f'"{hashlib.md5(data).hexdigest()}"'


def canonical_query(query):
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    encoded = [(urllib.parse.quote(k, safe="-_.~"), urllib.parse.quote(v, safe="-_.~")) for k, v in pairs]
    return "&".join(f"{k}={v}" for k, v in sorted(encoded))


def check_signature(method, path, query, headers):
    """AWS documentation, "Signature Version 4 for API requests"."""
    scheme, _, rest = headers.get("Authorization", "").partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme != "AWS4-HMAC-SHA256" or "Credential" not in fields:
        raise Refused(403, "AccessDenied")
    access, day, region, service, kind = fields["Credential"].split("/")
    if access != ACCESS_KEY:
        raise Refused(403, "InvalidAccessKeyId")
    if service != "s3" or kind != "aws4_request" or "x-amz-content-sha256" not in fields["SignedHeaders"]:
        raise Refused(403, "AuthorizationHeaderMalformed")
    signed = fields["SignedHeaders"].split(";")
    if any(name not in headers for name in signed):
        raise Refused(403, "SignatureDoesNotMatch")
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed)
    request = "\n".join([method, path, canonical_query(query), lines, fields["SignedHeaders"],
                         headers["x-amz-content-sha256"]])
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], f"{day}/{region}/{service}/{kind}",
                      hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (day, region, service, kind):
        key = digest(key, part)
    if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != fields["Signature"]:
        raise Refused(403, "SignatureDoesNotMatch")


def check_conditions(found, headers):
    if headers.get("If-None-Match") == "*" and found:
        raise Refused(412, "PreconditionFailed")
    wanted = headers.get("If-Match")
    if wanted and not found:
        raise Refused(404, "NoSuchKey")
    if wanted and found[1] != wanted:
        raise Refused(412, "PreconditionFailed")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

    def serve(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path == "/-/stats":
            return self.stats()
        fault = self.pick_fault(path)
        if fault == "cut":
            self.close_connection = True
            return None
        status, answer, headers = self.answer(fault, path, query, body)
        if settings.log:
            print(self.command, self.path, status, fault or "", file=sys.stderr, flush=True)
        if fault == "lost":
            self.close_connection = True
            return None
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        return self.reply(status, answer, headers)

    def pick_fault(self, path):
        with lock:
            counts[self.command] += 1
            for i, (kind, method, every, name) in enumerate(settings.faults):
                if method not in ("ANY", self.command) or name not in path:
                    continue
                counts[f"rule {i}"] += 1
                if counts[f"rule {i}"] % every == 0:
                    counts[kind] += 1
                    return kind
        return None

    def answer(self, fault, path, query, body):
        try:
            check_signature(self.command, path, query, self.headers)
            if fault == "error":
                raise Refused(500, "InternalError")
            if fault == "throttle":
                raise Refused(503, "SlowDown")
            bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
            asked = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
            with lock:
                return self.perform(bucket, key, asked, body)
        except Refused as e:
            text = f"<?xml version='1.0'?><Error><Code>{e.code}</Code><Message>fake &amp; {e.code}</Message></Error>"
            return e.status, text.encode(), {}

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stats(self):
        with lock:
            found = {"objects": sorted(f"{b}/{k}" for b, k in objects), "uploads": len(uploads), "counts": dict(counts)}
        self.reply(200, json.dumps(found).encode(), {})

    def perform(self, bucket, key, asked, body):
        if "list-type" in asked:
            return self.list_objects(bucket, asked)
        if "uploads" in asked:
            return self.begin_upload(bucket, key) if self.command == "POST" else self.list_uploads(bucket, asked)
        if "uploadId" in asked:
            return self.upload_request(bucket, key, asked, body)
        if self.command == "PUT":
            check_conditions(objects.get((bucket, key)), self.headers)
            objects[bucket, key] = (body, etag_of(body))
            return 200, b"", {"ETag": etag_of(body)}
        if self.command == "DELETE":
            objects.pop((bucket, key), None)
            return 204, b"", {}
        return self.read(bucket, key)

    def read(self, bucket, key):
        if (bucket, key) not in objects:
            raise Refused(404, "NoSuchKey")
        data, etag = objects[bucket, key]
        wanted = self.headers.get("Range", "")
        if not wanted:
            return 200, data, {"ETag": etag}
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        if int(first) >= len(data):
            raise Refused(416, "InvalidRange")
        part = data[int(first):int(last) + 1]
        return 206, part, {"ETag": etag, "Content-Range": f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}"}

    def list_objects(self, bucket, asked):
        prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
        entries = {}
        for b, key in sorted(objects):
            if b != bucket or not key.startswith(prefix):
                continue
            rest = key[len(prefix):]
            if delimiter and delimiter in rest:
                entries[prefix + rest[:rest.index(delimiter) + 1]] = "prefix"
            else:
                entries[key] = "key"
        names = [n for n in sorted(entries) if n > asked.get("continuation-token", "")]
        page = names[:PAGE]
        text = "".join(f"<Contents><Key>{escape(n)}</Key><Size>1</Size></Contents>" if entries[n] == "key" else
                       f"<CommonPrefixes><Prefix>{escape(n)}</Prefix></CommonPrefixes>" for n in page)
        if len(names) > PAGE:
            text += f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>"
        more = "true" if len(names) > PAGE else "false"
        return 200, (f"<?xml version='1.0'?><ListBucketResult xmlns='x'><Prefix>{escape(prefix)}</Prefix>"
                     f"<IsTruncated>{more}</IsTruncated>{text}</ListBucketResult>").encode(), {}

    def begin_upload(self, bucket, key):
        counts["uploads"] += 1
        name = f"upload+{counts['uploads']}/="
        uploads[name] = (bucket, key, {})
        return 200, (f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId>"
                     "</InitiateMultipartUploadResult>").encode(), {}

    def list_uploads(self, bucket, asked):
        text = "".join(f"<Upload><Key>{escape(k)}</Key><UploadId>{escape(i)}</UploadId></Upload>"
                       for i, (b, k, _) in uploads.items() if b == bucket and k.startswith(asked.get("prefix", "")))
        return 200, f"<ListMultipartUploadsResult>{text}</ListMultipartUploadsResult>".encode(), {}

    def upload_request(self, bucket, key, asked, body):
        name = asked["uploadId"]
        if name not in uploads or uploads[name][:2] != (bucket, key):
            raise Refused(404, "NoSuchUpload")
        parts = uploads[name][2]
        if self.command == "DELETE":
            del uploads[name]
            return 204, b"", {}
        if self.command == "PUT":
            parts[int(asked["partNumber"])] = (body, etag_of(body))
            return 200, b"", {"ETag": etag_of(body)}
        listed = [(int(p.find("PartNumber").text), p.find("ETag").text) for p in ElementTree.fromstring(body)]
        if listed != [(n, parts[n][1]) for n in sorted(parts)]:
            raise Refused(400, "InvalidPart")
        if any(len(parts[n][0]) < SMALLEST_PART for n, _ in listed[:-1]):
            raise Refused(400, "EntityTooSmall")
        check_conditions(objects.get((bucket, key)), self.headers)
        data = b"".join(parts[n][0] for n in sorted(parts))
        objects[bucket, key] = (data, f'"{hashlib.md5(data).hexdigest()}-{len(parts)}"')
        del uploads[name]
        return 200, b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>", {}


def fault_of(spec):
    kind, method, every, *name = spec.split(":")
    return kind, method, int(every), name[0] if name else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", default="")
    parser.add_argument("--log", action="store_true")
    args = parser.parse_args()
    settings.log = args.log
    settings.faults = [fault_of(s) for s in args.faults.split(",") if s]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("listening on", server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
