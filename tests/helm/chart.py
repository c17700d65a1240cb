#!/usr/bin/env python3
"""The chart, rendered by helm with several sets of values: linted, checked against the schemas of Kubernetes' kinds, and
against what the binary, the alert rules and the README say.

usage: chart.py MILLRACE TOOLS
TOOLS is the script that prints where helm and kubeconform lie. Exit code 77: they are not to be had.
"""
import functools
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

HERE = pathlib.Path(__file__).resolve().parent
CHART = HERE.parent.parent / "helm/millrace"
SETS = sorted((HERE / "values").glob("*.yaml"))
REFUSED = sorted((HERE / "refused").glob("*.yaml"))
WORKLOADS = ("StatefulSet", "Job", "Pod")
MILLRACE, tools = sys.argv[1], None


def run(*words, stdin=None):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False, input=stdin)


# A helm that was built from source takes the cluster for an old one.
KUBERNETES = ("--kube-version", "1.34.2")


@functools.cache
def render(values):
    return run(tools / "helm", "template", "demo", CHART, "--namespace", "streams", "--values", values, *KUBERNETES)


def objects(values):
    rendered = render(values)
    if rendered.returncode != 0:
        raise AssertionError(rendered.stderr)
    return [o for o in yaml.safe_load_all(rendered.stdout) if o]


def pod_of(workload):
    """Spec and labels of the pods that a workload makes; of a pod its own."""
    template = workload if workload["kind"] == "Pod" else workload["spec"]["template"]
    return template["spec"], template["metadata"]["labels"]


def containers(values):
    for workload in objects(values):
        if workload["kind"] in WORKLOADS:
            for container in pod_of(workload)[0]["containers"]:
                yield workload, container


def calls_of(container):
    """The command lines of millrace in a container, each a list of words."""
    if "args" in container and "command" not in container:
        yield container["args"]
    hook = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", [])
    for text in [*container.get("command", []), *hook]:
        for call in re.findall(r"\bmillrace +([a-z][^|&;<\n]*)", text):
            yield call.split()


def leaves(values, path=()):
    """Paths of the values that are no maps, or empty ones."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


class Chart(unittest.TestCase):
    def test_lint_finds_nothing(self):
        for values in SETS:
            with self.subTest(values=values.name):
                done = run(tools / "helm", "lint", "--strict", CHART, "--values", values, *KUBERNETES)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn("[WARNING]", done.stdout)

    @staticmethod
    def conforms(manifests):
        location = str(HERE / "schemas") + "/{{.ResourceKind}}{{.KindSuffix}}.json"
        return run(tools / "kubeconform", "-strict", "-summary", "-schema-location", location, stdin=manifests)

    def test_manifests_are_what_kubernetes_takes(self):
        for values in SETS:
            with self.subTest(values=values.name):
                rendered = render(values)
                self.assertEqual(rendered.returncode, 0, rendered.stderr)
                done = self.conforms(rendered.stdout)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertRegex(done.stdout, r"Valid: [1-9].* Errors: 0, Skipped: 0")

    def test_mistakes_in_manifests_are_seen(self):
        text = render(HERE / "values/default.yaml").stdout
        for right, wrong in (("replicas:", "replica:"), ("mountPath:", "path:"), ("containerPort: 8081", "containerPort: rest")):
            with self.subTest(wrong=wrong):
                self.assertIn(right, text)
                self.assertNotEqual(self.conforms(text.replace(right, wrong)).returncode, 0)

    def test_wrong_values_are_refused(self):
        for values in REFUSED:
            with self.subTest(values=values.name):
                wanted = values.read_text().splitlines()[0].removeprefix("# says: ")
                done = render(values)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(wanted, done.stderr)

    def test_the_binary_knows_every_option(self):
        known, seen = {}, set()
        for values in SETS:
            with self.subTest(values=values.name):
                for _, container in containers(values):
                    for command, *words in calls_of(container):
                        if command not in known:
                            known[command] = set(re.findall(r"--[a-z][a-z-]*", run(MILLRACE, command, "--help").stdout))
                        used = {w.split("=")[0] for w in words if w.startswith("--")}
                        self.assertEqual(used - known[command], set(), f"millrace {command}")
                        seen.add(command)
        self.assertLessEqual({"coordinator", "worker", "submit", "drain"}, seen)

    def test_containers_may_do_little(self):
        for values in SETS:
            with self.subTest(values=values.name):
                for workload, container in containers(values):
                    what = f"{workload['metadata']['name']}/{container['name']}"
                    pod = pod_of(workload)[0]
                    self.assertTrue(pod["securityContext"]["runAsNonRoot"], what)
                    self.assertEqual(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault", what)
                    rights = container["securityContext"]
                    self.assertTrue(rights["readOnlyRootFilesystem"], what)
                    self.assertFalse(rights["allowPrivilegeEscalation"], what)
                    self.assertEqual(rights["capabilities"], {"drop": ["ALL"]}, what)
                    self.assertIn("memory", container["resources"]["limits"], what)
                    self.assertFalse(container["image"].endswith(":latest"), what)

    def test_pods_find_what_they_mount(self):
        for values in SETS:
            with self.subTest(values=values.name):
                for workload, container in containers(values):
                    there = {v["name"] for v in pod_of(workload)[0].get("volumes") or []}
                    there |= {c["metadata"]["name"] for c in workload["spec"].get("volumeClaimTemplates", [])}
                    self.assertLessEqual({m["name"] for m in container["volumeMounts"]}, there)

    def test_selectors_meet_pods(self):
        for values in SETS:
            with self.subTest(values=values.name):
                all_objects = objects(values)
                pods = [pod_of(o)[1] for o in all_objects if o["kind"] in WORKLOADS]
                for o in all_objects:
                    selector = {"Service": lambda: o["spec"]["selector"],
                                "NetworkPolicy": lambda: o["spec"]["podSelector"]["matchLabels"],
                                "PodDisruptionBudget": lambda: o["spec"]["selector"]["matchLabels"],
                                "StatefulSet": lambda: o["spec"]["selector"]["matchLabels"]}.get(o["kind"])
                    if selector:
                        self.assertTrue(any(selector().items() <= labels.items() for labels in pods), o["metadata"]["name"])

    def test_objects_are_named_after_the_release(self):
        for values in SETS:
            with self.subTest(values=values.name):
                full_name = yaml.safe_load(values.read_text() or "{}").get("fullnameOverride", "demo-millrace")
                for o in objects(values):
                    self.assertTrue(o["metadata"]["name"].startswith(full_name), o["metadata"]["name"])

    def test_only_several_coordinators_reach_the_api_server(self):
        for values in SETS:
            with self.subTest(values=values.name):
                all_objects = objects(values)
                with_token = {o["metadata"]["name"] for o in all_objects
                              if o["kind"] in WORKLOADS and pod_of(o)[0]["automountServiceAccountToken"]}
                bound = [o for o in all_objects if o["kind"] in ("Role", "RoleBinding")]
                sets = {o["metadata"]["name"]: o for o in all_objects if o["kind"] == "StatefulSet"}
                several = {name for name, o in sets.items() if name.endswith("-coordinator") and o["spec"]["replicas"] > 1}
                self.assertEqual(with_token, several)
                self.assertEqual(len(bound), 2 * len(several))

    def test_several_coordinators_are_found(self):
        all_objects = objects(HERE / "values/three-coordinators.yaml")
        words = {c["name"]: dict(w.split("=", 1) for w in c["args"] if "=" in w)
                 for _, c in containers(HERE / "values/three-coordinators.yaml") if "args" in c}
        pods = [f"demo-millrace-coordinator-{n}.demo-millrace-coordinator" for n in range(3)]
        self.assertEqual(words["worker"]["--coordinator"], ",".join(pod + ":6123" for pod in pods))
        self.assertEqual(words["coordinator"]["--advertise"].replace("$(POD_NAME)", "demo-millrace-coordinator-0"),
                         pods[0] + ".streams.svc")
        role = next(o for o in all_objects if o["kind"] == "Role")
        lease = words["coordinator"]["--ha"].removeprefix("kubernetes://streams/")
        self.assertEqual([rule["resourceNames"] for rule in role["rules"] if "resourceNames" in rule], [[lease]])
        binding = next(o for o in all_objects if o["kind"] == "RoleBinding")
        account = next(o for o in all_objects if o["kind"] == "ServiceAccount")["metadata"]["name"]
        self.assertEqual([s["name"] for s in binding["subjects"]], [account])

    def test_prometheus_takes_the_rules(self):
        rules = [o for o in objects(HERE / "values/monitoring.yaml") if o["kind"] == "PrometheusRule"]
        self.assertEqual(len(rules), 1)
        done = run("promtool", "check", "rules", "/dev/stdin", stdin=yaml.safe_dump(rules[0]["spec"]))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_readme_lists_every_value(self):
        listed = set(re.findall(r"^\| `([^`]+)` \|", (CHART / "README.md").read_text(), re.MULTILINE))
        there = {".".join(path) for path in leaves(yaml.safe_load((CHART / "values.yaml").read_text()))}
        covered = {name for name in there for line in listed if name == line or name.startswith(line + ".")}
        self.assertEqual(there - covered, set(), "not in the README's table")
        self.assertEqual({line for line in listed if not any(n == line or n.startswith(line + ".") for n in there)}, set(),
                         "in the README's table only")


if __name__ == "__main__":
    found = run(sys.argv[2])
    if found.returncode != 0:
        print(found.stderr)
        sys.exit(found.returncode)
    tools = pathlib.Path(found.stdout.strip())
    if not SETS or not REFUSED:
        sys.exit("there are no values to try")
    unittest.main(argv=sys.argv[:1], verbosity=2)
