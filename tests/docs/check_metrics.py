#!/usr/bin/env python3
"""Alert rules and dashboard of the chart: promtool reads them, and they name metrics and labels that exist.

usage: check_metrics.py ROOT
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

METRIC = re.compile(r"\b(?:millrace|process)_[a-z_]+\b")
LABEL = re.compile(r"(?:\b(?:by|on) \(([a-z_, ]+)\)|\{([a-z_]+)=)")
# Prometheus adds it to all.
OWN_LABELS = {"instance"}


def main():
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs/reference/metrics.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| \w+ \| ([\w, ]*)\|", page, re.M)
    metrics, labels = {name for name, _ in rows}, OWN_LABELS | set(re.findall(r"\w+", " ".join(has for _, has in rows)))
    files = root / "helm/millrace/files"
    alerts = (files / "alerts.yml").read_text()
    dashboard = json.loads((files / "dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    queries += [variable["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
    text = alerts + "\n".join(queries)
    wrong = sorted(set(METRIC.findall(text)) - metrics)
    used = ", ".join(by or one for by, one in LABEL.findall(text))
    wrong += sorted(set(re.findall(r"\w+", used)) - labels)
    plain = [q.replace("$__rate_interval", "1m").replace("$job", ".*") for q in queries if "label_values" not in q]
    rules = [{"record": f"panel:{n}", "expr": query} for n, query in enumerate(plain)]
    with tempfile.TemporaryDirectory() as folder:
        panels = pathlib.Path(folder, "panels.json")
        panels.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
        checked = subprocess.run(["promtool", "check", "rules", str(files / "alerts.yml"), str(panels)],
                                 capture_output=True, text=True, check=False)
    print(f"{len(metrics)} metrics, {len(plain)} queries of the dashboard; not there: {wrong}")
    print(checked.stdout + checked.stderr)
    sys.exit(1 if wrong or checked.returncode or not metrics or not plain else 0)


main()
