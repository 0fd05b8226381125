"""Speed and memory of a review that renders, in one run beside kubectl kustomize and Helm's library.

    python -m tests.bench.rendering [--overlays 1000] [--releases 200] [--repeats 3]

One pull request touches one overlay of many, another the values of one release of a chart. The peers render what such a
change touches, on both sides and nothing else, and, for the overlays, all there is, as a pipeline without a cache does.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.__main__ import ROOT, Run, best, cold, measure, row
from tests.bench.tree import INGRESS, RULE, SERVICE, git

PATCH = "- op: replace\n  path: /spec/rules/0/host\n  value: {host}\n"
OVERLAY = """resources: [../../base]
namePrefix: {name}-
namespace: {name}
patches:
  - path: patch.yaml
    target: {{kind: Ingress}}
"""
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
VALUES = "host: web.example.com\nannotations: {}\nreplicas: 1\n"
TEMPLATE = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}
  annotations: {{ toJson .Values.annotations }}
spec:
  ingressClassName: nginx
  rules:
    - host: {{ .Values.host }}
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: {{ .Release.Name }}, port: {number: 80}}}}
"""
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: {name}}}
spec:
  chart: {{spec: {{chart: charts/web, sourceRef: {{kind: GitRepository, name: flux-system}}}}}}
  values:
    host: {host}
"""
LIBRARY = """
import json, sys
from helm_python.chart import Chart
for host in sys.argv[2:]:
    Chart.load_directory(sys.argv[1]).render({"host": host}, name="web", namespace="web")
"""


def manifests(overlays: int, releases: int) -> Iterator[tuple[str, str]]:
    """Path and text of each file."""
    rules = RULE.format(host="base.example.com", index=0, name="web")
    yield "base/ingress.yaml", INGRESS.format(name="web", team=0, rules=rules, tls="        - base.example.com")
    yield "base/service.yaml", SERVICE.format(name="web", team=0)
    yield "base/kustomization.yaml", "resources: [ingress.yaml, service.yaml]\n"
    for number in range(overlays):
        name = f"app-{number}"
        yield f"overlays/{name}/kustomization.yaml", OVERLAY.format(name=name)
        yield f"overlays/{name}/patch.yaml", PATCH.format(host=f"{name}.example.com")
    yield "charts/web/Chart.yaml", CHART
    yield "charts/web/values.yaml", VALUES
    yield "charts/web/templates/ingress.yaml", TEMPLATE
    for number in range(releases):
        yield f"releases/web-{number}.yaml", RELEASE.format(name=f"web-{number}", host=f"web-{number}.example.com")


def build(folder: Path, overlays: int, releases: int) -> None:
    """Write the tree into a new repository with the branches main, overlay and release."""
    for path, text in manifests(overlays, releases):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=All of it")
    for branch, path in (("overlay", "overlays/app-7/patch.yaml"), ("release", "releases/web-7.yaml")):
        git(folder, "switch", "--quiet", "--create", branch, "main")
        (folder / path).write_text((folder / path).read_text().replace("example.com", "example.org"))
        git(folder, "commit", "--quiet", "--all", "--message=Change one")
    git(folder, "switch", "--quiet", "main")
    git(folder, "gc", "--quiet")


def kubectl() -> str:
    """The kubectl of the extra `render`."""
    return str(Path(sys.executable).with_name("kubectl"))


def all_overlays(folder: Path) -> Run:
    """Every overlay, one after the other."""
    started = time.perf_counter()
    runs = [measure([kubectl(), "kustomize", str(path)], folder) for path in sorted((folder / "overlays").iterdir())]
    return Run(time.perf_counter() - started, max(run.megabytes for run in runs))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overlays", type=int, default=1_000)
    parser.add_argument("--releases", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, cache = Path(scratch) / "repo", Path(scratch) / "cache"
        folder.mkdir()
        os.environ["ROUTEPROOF_CACHE_DIR"] = str(cache)
        build(folder, options.overlays, options.releases)
        review = [sys.executable, "-m", "bot", "review", "--repo", str(folder), "--base=main", "--head"]
        subprocess.run([*review[:3], "audit", "--repo", str(folder)], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        one = best([kubectl(), "kustomize", "overlays/app-7"], folder, options.repeats)
        chart = [sys.executable, "-c", LIBRARY, str(folder / "charts/web"), "a.example.com", "b.example.com"]
        library = best(chart, folder, options.repeats)
        rows = {
            "routeproof, one overlay, warm": best([*review, "overlay"], ROOT, options.repeats),
            "routeproof, one release, warm": best([*review, "release"], ROOT, options.repeats),
            "routeproof, one overlay, cold": cold([*review, "overlay"], ROOT, cache, options.repeats),
            "Helm's library, that release": library,
            "kubectl kustomize, all": all_overlays(folder),
        }
        print(f"{options.overlays} overlays of a base, {options.releases} releases of a chart; one of them is changed")
        print(f"{'':30} {'time':>11} {'peak':>11} {'to kubectl kustomize of one overlay':>10}")
        for name, run in {"kubectl kustomize, that overlay": one, **rows}.items():
            print(row(f"{name:30}", run, one))


if __name__ == "__main__":
    main()
