"""What a program tells Prometheus, read by hand and by a real Prometheus server."""
import json
import pathlib
import re
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

ALERTS = pathlib.Path(__file__).resolve().parents[2] / "helm/millrace/files/alerts.yml"
SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')


def get(port, path):
    """Status and text."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


class Scrape:
    """The samples of one answer."""

    def __init__(self, text):
        self.samples = {}
        for line in filter(lambda line: line and line[0] != "#", text.split("\n")):
            name, labels, value = SAMPLE.match(line).groups()
            if (name, labels) in self.samples:
                raise AssertionError(f"twice: {line}")
            self.samples[name, labels] = float(value)

    def sum(self, metric, *labels):
        """Over all samples of a metric with these labels; None when there is none."""
        found = [value for (name, has), value in self.samples.items()
                 if name == metric and all(label in (has or "") for label in labels)]
        return sum(found) if found else None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Prometheus:
    """A server of its own that scrapes one port each second."""

    def __init__(self, case, folder, port):
        self.case = case
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({"global": {"evaluation_interval": "1s"}, "rule_files": [str(ALERTS)], "scrape_configs": [{
            "job_name": "millrace", "scrape_interval": "1s", "scrape_timeout": "1s",
            "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]}))
        self.port, self.log = free_port(), open(folder / "prometheus.log", "w")
        self.child = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=self.log, stderr=subprocess.STDOUT)
        case.addCleanup(self.log.close)
        case.addCleanup(self.child.wait)
        case.addCleanup(self.child.kill)

    def wait(self, query):
        """The value of a query, asked for until it has one."""
        while (value := self.value(query)) is None:
            pass
        return value

    def value(self, query):
        """Of a query with one row; None while it has none."""
        rows = self.ask("query", query=query).get("result")
        return float(rows[0]["value"][1]) if rows else None

    def alerts(self):
        """The alert rules by name, once all have been evaluated."""
        while True:
            rules = [rule for group in self.ask("rules").get("groups", []) for rule in group["rules"]]
            if rules and all(rule["health"] != "unknown" for rule in rules):
                return {rule["name"]: rule for rule in rules}

    def ask(self, what, **parameters):
        """An answer of its API; empty while it is not up yet."""
        self.case.assertIsNone(self.child.poll(), "prometheus has ended: " + self.log.name)
        try:
            status, text = get(self.port, f"/api/v1/{what}?" + urllib.parse.urlencode(parameters))
        except urllib.error.URLError:
            return {}
        if status == 503:
            return {}
        self.case.assertEqual(status, 200, text)
        return json.loads(text)["data"]
