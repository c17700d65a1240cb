"""A real API server of Kubernetes with its etcd, on loopback, and what a test asks it."""
import contextlib
import json
import os
import pathlib
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
import electors  # noqa: E402

ADMIN = "an-administrator"  # its token
PATHS = {"StatefulSet": "apis/apps/v1", "Job": "apis/batch/v1", "Lease": "apis/coordination.k8s.io/v1"}
KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "{server}", certificate-authority: "{authority}"}}}}]
users: [{{name: u, user: {{token: {token}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u, namespace: {namespace}}}}}]
current-context: x
"""


class Api:
    """The server as its administrator sees it, in one namespace."""

    namespace = "streams"

    def __init__(self, address, folder):
        self.address, self.folder, self.authority = address, folder, folder / "certificates/apiserver.crt"
        self.kubeconfig = folder / "kubeconfig"

    def ask(self, path, body=None, how=None, token=ADMIN):
        """Errors: urllib.error.HTTPError."""
        asked = urllib.request.Request(f"{self.address}/{path}", data=body and json.dumps(body).encode(), method=how,
                                       headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(asked, context=ssl.create_default_context(cafile=self.authority)) as answer:
            return answer.read()

    def is_ready(self):
        with contextlib.suppress(OSError):
            return self.authority.exists() and self.ask("readyz") == b"ok"
        return False

    def path(self, kind, *name):
        return "/".join([PATHS.get(kind, "api/v1"), "namespaces", self.namespace, kind.lower() + "s", *name])

    def list(self, kind):
        return [o for o in json.loads(self.ask(self.path(kind)))["items"] if "deletionTimestamp" not in o["metadata"]]

    def find(self, kind, name):
        try:
            return json.loads(self.ask(self.path(kind, name)))
        except urllib.error.HTTPError as e:
            if e.code == 404:
                return None
            raise

    def set_status(self, kind, name, status):
        """Of one that may be gone."""
        found = self.find(kind, name)
        if found:
            self.ask(self.path(kind, name, "status"), {**found, "status": {**found.get("status", {}), **status}}, "PUT")

    def make_account(self, name):
        """A token of the service account, as the kubelet mounts it; gives the variables that let a coordinator use it."""
        folder = self.folder / "account"
        folder.mkdir()
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
        made = json.loads(self.ask(self.path("ServiceAccount", name, "token"), request))
        (folder / "token").write_text(made["status"]["token"])
        (folder / "ca.crt").write_text(self.authority.read_text())
        return {"MILLRACE_KUBERNETES_API": self.address, "MILLRACE_SERVICE_ACCOUNT": str(folder)}

    def is_allowed(self, token, path, body=None):
        try:
            return bool(self.ask(path, body, token=token))
        except urllib.error.HTTPError as e:
            if e.code == 403:
                return False
            raise


@contextlib.contextmanager
def start(program, folder):
    """Gives an `Api` that is ready, with its namespace."""
    with electors.etcd(folder) as etcd, open(folder / "api-server.log", "w") as log:
        port = electors.free_ports(1)[0]
        words = prepare(program, folder, f"http://{etcd.split('/')[2]}", port)
        with electors.ending(subprocess.Popen(words, stdout=log, stderr=log)) as process:
            api = Api(f"https://127.0.0.1:{port}", folder)
            while not api.is_ready():
                if process.poll() is not None:
                    sys.exit("the API server does not start:\n" + (folder / "api-server.log").read_text()[-3000:])
            api.ask("api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": api.namespace}})
            api.kubeconfig.write_text(KUBECONFIG.format(server=api.address, authority=api.authority, token=ADMIN,
                                                        namespace=api.namespace))
            api.kubeconfig.chmod(0o600)
            yield api


def prepare(program, folder, etcd, port):
    """Makes its files; gives its command line."""
    key, tokens = folder / "account.key", folder / "tokens.csv"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, stderr=subprocess.DEVNULL)
    tokens.write_text(f'{ADMIN},admin,1,"system:masters"\n')
    os.chmod(tokens, 0o600)
    return [str(program), f"--etcd-servers={etcd}", f"--secure-port={port}", "--bind-address=127.0.0.1",
            f"--cert-dir={folder / 'certificates'}", f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}", "--service-account-issuer=https://kubernetes.default.svc",
            f"--token-auth-file={tokens}", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
            "--disable-admission-plugins=ServiceAccount"]
