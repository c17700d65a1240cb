#!/usr/bin/env python3
"""Makes the JSON schemas by which the chart's manifests are checked: of the kinds that it uses, without descriptions, and
with no fields allowed that the kind does not have.

usage: make_schemas.py OPENAPI CRD... DIRECTORY
OPENAPI is what a Kubernetes API server answers at /openapi/v2; a CRD is a CustomResourceDefinition in YAML.
"""
import json
import pathlib
import sys

import yaml

KINDS = {
    "apps/v1": ["StatefulSet"],
    "autoscaling/v2": ["HorizontalPodAutoscaler"],
    "batch/v1": ["Job"],
    "networking.k8s.io/v1": ["NetworkPolicy"],
    "policy/v1": ["PodDisruptionBudget"],
    "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding"],
    "v1": ["ConfigMap", "PersistentVolumeClaim", "Pod", "Secret", "Service", "ServiceAccount"],
}
DEFINITIONS = "#/definitions/"
NEVER_WRITTEN = ("status", "managedFields")
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


def file_name(api_version, kind):
    """As kubeconform asks for it: {{.ResourceKind}}{{.KindSuffix}}.json."""
    group, _, version = api_version.rpartition("/")
    parts = [kind, *([group.split(".")[0]] if group else []), version]
    return "-".join(parts).lower() + ".json"


def trimmed(schema):
    """Without descriptions and what is only for generators; closed, where fields are listed."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return {"type": ["string", "integer"]}
    out = {}
    for key, value in schema.items():
        if key in ("type", "$ref", "required", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength"):
            out[key] = value
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            out[key] = trimmed(value)
        elif key == "properties":
            out[key] = {name: trimmed(field) for name, field in value.items() if name not in NEVER_WRITTEN}
    if "properties" in out and not schema.get("x-kubernetes-preserve-unknown-fields"):
        out["additionalProperties"] = False
    return out


def references(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.removeprefix(DEFINITIONS)
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for one in schema:
            yield from references(one)


def reachable(definitions, schema):
    found, waiting = {}, list(references(schema))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = {"type": ["string", "number"]} if name == QUANTITY else trimmed(definitions[name])
        waiting.extend(references(found[name]))
    return dict(sorted(found.items()))


def of_server(openapi):
    for definition in openapi["definitions"].values():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            api_version = f"{kind['group']}/{kind['version']}".lstrip("/")
            if kind["kind"] not in KINDS.get(api_version, []):
                continue
            schema = trimmed(definition)
            schema["definitions"] = reachable(openapi["definitions"], schema)
            yield api_version, kind["kind"], schema


def of_crd(crd, meta):
    kind = crd["spec"]["names"]["kind"]
    for version in crd["spec"]["versions"]:
        schema = trimmed(version["schema"]["openAPIV3Schema"])
        schema["properties"]["metadata"] = {"$ref": DEFINITIONS + next(iter(references(meta)))}
        schema["definitions"] = meta["definitions"]
        yield f"{crd['spec']['group']}/{version['name']}", kind, schema


def metadata_of(openapi):
    name = next(n for n in openapi["definitions"] if n.endswith(".meta.v1.ObjectMeta"))
    schema = {"$ref": DEFINITIONS + name}
    return {**schema, "definitions": reachable(openapi["definitions"], schema)}


def main():
    openapi = json.loads(pathlib.Path(sys.argv[1]).read_text())
    folder = pathlib.Path(sys.argv[-1])
    folder.mkdir(exist_ok=True)
    made = list(of_server(openapi))
    for path in sys.argv[2:-1]:
        made.extend(of_crd(yaml.safe_load(pathlib.Path(path).read_text()), metadata_of(openapi)))
    missing = {k for kinds in KINDS.values() for k in kinds} - {kind for _, kind, _ in made}
    if missing:
        sys.exit(f"the server does not know {sorted(missing)}")
    for api_version, kind, schema in made:
        text = json.dumps(schema, indent=None, separators=(",", ":"), sort_keys=True)
        (folder / file_name(api_version, kind)).write_text(text + "\n")


main()
