"""Plays Kubernetes' controllers and kubelet for a test: the pods of StatefulSets, Jobs and bare Pods run as processes of this
machine, with the arguments, environment, volumes and host names that the API server's objects give them.

Pods have addresses of the loopback net. A path on a volume is written as the directory that stands for it.
"""
import base64
import datetime
import os
import pathlib
import random
import re
import signal
import subprocess

SHELL = 'mount --bind "$HOSTS" /etc/hosts && exec "$@"'
FIRST = {"coordinator": 10, "worker": 100}
MEMORY_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def bytes_of(quantity):
    number, unit = re.fullmatch(r"(\d+)(\D*)", quantity).groups()
    return int(number) * MEMORY_UNITS.get(unit, 1)


class Volumes:
    """Directories that stand for the volumes of a pod."""

    def __init__(self, api, folder, pod):
        self.api, self.folder, self.pod = api, folder, pod

    def make(self, volume):
        if "persistentVolumeClaim" in volume:
            return self.directory("claims", volume["persistentVolumeClaim"]["claimName"])
        to = self.directory("pods", self.pod, volume["name"])
        if "projected" in volume:
            for source in volume["projected"]["sources"]:
                kind, what = next(iter(source.items()))
                self.write({"secret": "Secret", "configMap": "ConfigMap"}[kind], what, to)
            for file in to.iterdir():
                file.chmod(volume["projected"].get("defaultMode", 0o644))
        return to

    def directory(self, *parts):
        path = self.folder.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, kind, source, to):
        found = self.api.find(kind, source["name"])
        if found is None and not source.get("optional"):
            raise AssertionError(f"there is no {kind} {source['name']}")
        data = (found or {}).get("data") or {}
        for item in source.get("items") or [{"key": k, "path": k} for k in data]:
            content = data[item["key"]]
            path = to / item["path"]
            path.unlink(missing_ok=True)
            path.write_bytes(base64.b64decode(content) if kind == "Secret" else content.encode())


class Container:
    """A container of a pod as a process."""

    def __init__(self, node, pod, spec, container):
        self.node, self.pod, self.spec, self.container = node, pod, spec, container
        volumes = Volumes(node.api, node.folder, pod)
        made = {v["name"]: volumes.make(v) for v in spec.get("volumes") or []}
        self.mounts = {}
        for mount in container.get("volumeMounts") or []:
            made.setdefault(mount["name"], volumes.directory("pods", pod, mount["name"]))
            self.mounts[mount["mountPath"]] = str(made[mount["name"]])
        self.environment = {e["name"]: self.value_of(e) for e in container.get("env") or []}

    def value_of(self, entry):
        if "value" in entry:
            return self.resolve(entry["value"])
        source = entry["valueFrom"]
        if "fieldRef" in source:
            return {"metadata.name": self.pod, "metadata.namespace": self.node.api.namespace,
                    "status.podIP": self.node.address(self.pod)}[source["fieldRef"]["fieldPath"]]
        if "resourceFieldRef" in source:
            wanted = source["resourceFieldRef"]
            part, what = wanted["resource"].split(".")
            return str(bytes_of(self.container["resources"][part][what]) // bytes_of(wanted["divisor"]))
        secret = self.node.api.find("Secret", source["secretKeyRef"]["name"])
        return base64.b64decode(secret["data"][source["secretKeyRef"]["key"]]).decode()

    def resolve(self, text):
        """With paths on volumes as this machine has them; those that it has already stay."""
        if str(self.node.folder) in text:
            return text
        for mount in sorted(self.mounts, key=len, reverse=True):
            if text.startswith(mount) or f"={mount}" in text or f" {mount}" in text:
                return text.replace(mount, self.mounts[mount], 1)
        return text.replace("0.0.0.0", self.node.address(self.pod))

    def words(self, command):
        expanded = [re.sub(r"\$\((\w+)\)", lambda m: self.environment[m[1]], w) for w in command]
        return [self.resolve(w) for w in expanded]

    def start(self, command):
        log = open(self.node.folder / f"{self.pod}-{self.container['name']}.log", "ab")
        account = self.node.account if self.spec.get("automountServiceAccountToken") else {}
        environment = {**os.environ, **account, **self.environment, "HOSTS": str(self.node.hosts), "TZ": "UTC",
                       "PATH": f"{self.node.bin}:/usr/bin:/bin"}
        words = ["unshare", "--mount", "sh", "-c", SHELL, "sh", *self.words(command)]
        return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def command(self):
        return [*self.container.get("command", ["millrace"]), *self.container.get("args", [])]

    def stop(self, process):
        """As the kubelet does: first what the pod wants to do before, then SIGTERM."""
        hook = self.container.get("lifecycle", {}).get("preStop", {}).get("exec")
        patience = self.spec["terminationGracePeriodSeconds"] + 60
        if hook:
            self.start(hook["command"]).wait(patience)
        process.send_signal(signal.SIGTERM)
        return process.wait(patience)


class Node:
    """Call `sync` again and again: it starts, replaces and ends what the objects want. `account`: variables of the pods that
    have a token for the API server."""

    def __init__(self, api, folder, binary, account=None):
        self.account = account or {}
        self.api, self.folder = api, pathlib.Path(folder) / "node"
        self.bin = self.folder / "bin"
        self.bin.mkdir(parents=True)
        (self.bin / "millrace").symlink_to(binary)
        self.hosts = self.folder / "hosts"
        # Of its own, beside other nodes on this machine.
        self.net = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}"
        self.pods = {}  # name -> (template, container, process)
        self.tasks = {}  # uid of a Job or Pod -> [processes]

    def address(self, pod):
        match = re.fullmatch(r".*-(coordinator|worker)-(\d+)", pod)
        return f"{self.net}.{FIRST[match[1]] + int(match[2]) if match else 1}"

    def write_hosts(self, sets):
        lines = ["127.0.0.1 localhost"]
        for s in sets:
            name = s["metadata"]["name"]
            for i in range(s["spec"]["replicas"]):
                pod = f"{name}-{i}"
                lines.append(f"{self.address(pod)} {pod} {pod}.{name} {pod}.{name}.{self.api.namespace}.svc")
            if name.endswith("-coordinator"):
                service = name.removesuffix("-coordinator")
                lines += [f"{self.address(f'{name}-{i}')} {service} {name}" for i in range(s["spec"]["replicas"])]
        text = "\n".join(lines) + "\n"
        # Processes read it at any time: it is written as seldom as can be.
        if not self.hosts.exists() or self.hosts.read_text() != text:
            self.hosts.write_text(text)

    def sync(self):
        sets = self.api.list("StatefulSet")
        self.write_hosts(sets)
        wanted = {}
        for s in sets:
            for i in range(s["spec"]["replicas"]):
                wanted[f"{s['metadata']['name']}-{i}"] = s["spec"]["template"]
        self.begin_missing(wanted)  # first, as Kubernetes does where pods need not come one by one
        for pod in [p for p, (template, _, _) in self.pods.items() if wanted.get(p) != template]:
            self.end(pod)
        self.begin_missing(wanted)
        for job in self.api.list("Job"):
            self.run_job(job)
        for pod in self.api.list("Pod"):
            self.run_pod(pod)

    def begin_missing(self, wanted):
        for pod, template in wanted.items():
            if pod not in self.pods or self.pods[pod][2].poll() is not None:
                self.begin(pod, template)

    def begin(self, pod, template):
        container = Container(self, pod, template["spec"], template["spec"]["containers"][0])
        self.pods[pod] = (template, container, container.start(container.command()))

    def end(self, pod):
        _, container, process = self.pods.pop(pod)
        return container.stop(process)

    def run_all(self, name, spec):
        return [(c, c.start(c.command())) for c in (Container(self, name, spec, one) for one in spec["containers"])]

    def codes(self, uid, name, spec):
        """Exit codes of the containers, or nothing while one runs."""
        if uid not in self.tasks:
            self.tasks[uid] = self.run_all(name, spec)
        codes = [process.poll() for _, process in self.tasks[uid]]
        return None if None in codes else codes

    def run_job(self, job):
        """Without pauses between tries; the last one fails it."""
        name, uid, spec = job["metadata"]["name"], job["metadata"]["uid"], job["spec"]
        if (job.get("status") or {}).get("conditions"):
            return
        codes = self.codes(uid, name, spec["template"]["spec"])
        if codes is None:
            return
        final = [v for r in spec["podFailurePolicy"]["rules"] for v in r["onExitCodes"]["values"]]
        if not any(codes):
            self.api.set_status("Job", name, {
                "startTime": now(), "completionTime": now(), "succeeded": 1, "ready": 0, "terminating": 0,
                "uncountedTerminatedPods": {}, "conditions": [self.condition("SuccessCriteriaMet"), self.condition("Complete")]})
        elif any(code in final for code in codes):
            self.api.set_status("Job", name, {
                "startTime": now(), "failed": 1, "ready": 0, "terminating": 0, "uncountedTerminatedPods": {},
                "conditions": [self.condition("FailureTarget"), self.condition("Failed")]})
        else:
            del self.tasks[uid]

    def run_pod(self, pod):
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        if pod["status"].get("phase") in ("Succeeded", "Failed"):
            return
        codes = self.codes(uid, name, pod["spec"])
        if codes is not None:
            self.api.set_status("Pod", name, {"phase": "Failed" if any(codes) else "Succeeded"})

    @staticmethod
    def condition(kind):
        return {"type": kind, "status": "True", "lastTransitionTime": now(), "lastProbeTime": now(), "reason": "Test", "message": ""}

    def kill(self, pod):
        _, _, process = self.pods[pod]
        process.kill()
        process.wait()

    def log(self, pod):
        return "".join(f.read_text(errors="replace") for f in sorted(self.folder.glob(f"{pod}*.log")))

    def close(self):
        for _, _, process in self.pods.values():
            process.kill()
            process.wait()
