"""Small overlays as texts, and what is told of them."""

import os
import subprocess
import sysconfig
from pathlib import Path
from textwrap import dedent

import yaml

from bot.renderer import TRACED, Failure, Limits, OverlayJob, Rendered
from bot.renderers.kustomize import RENDERER

KUBECTL = str(Path(sysconfig.get_path("scripts"), "kubectl"))

INGRESS = """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      annotations:
        nginx.ingress.kubernetes.io/auth-url: https://auth.example.com
    spec:
      ingressClassName: nginx
      tls:
        - hosts: [shop.example.com]
          secretName: shop-tls
      rules:
        - host: shop.example.com
          http:
            paths:
              - path: /
                pathType: Prefix
                backend:
                  service:
                    name: web
                    port:
                      number: 80
              - path: /api
                pathType: Prefix
                backend:
                  service:
                    name: api
                    port:
                      number: 8080
    """
SERVICE = """
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
        - name: http
          port: 80
        - name: admin
          port: 9000
    """
BASE = {
    "base/kustomization.yaml": "resources: [ingress.yaml, service.yaml]",
    "base/ingress.yaml": INGRESS,
    "base/service.yaml": SERVICE,
}


def tree(*parts, **more):
    """Files by their paths; the text of each without its indentation."""
    texts = {path: text for part in (*parts, more) for path, text in part.items()}
    return {
        path: text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode() for path, text in texts.items()
    }


def rendered(files, root="prod", limits=None, **more):
    result = RENDERER.render(OverlayJob(root, files, **more), limits or Limits())
    assert isinstance(result, Rendered), result
    return result


def failed(files, root="prod", limits=None, **more):
    result = RENDERER.render(OverlayJob(root, files, **more), limits or Limits())
    assert isinstance(result, Failure), result
    assert "routeproof-render" not in result.message + result.remedy
    assert "\n" not in result.message + result.remedy
    assert len(result.message) < 900
    return result


def objects(text):
    return [each for each in yaml.safe_load_all(text) if each]


def plainly(files, root, folder, links=()):
    """What kubectl itself makes of the files, of the kinds that are kept."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    for path, target in dict(links).items():
        (folder / path).symlink_to(os.path.relpath(folder / target, (folder / path).parent))
    ran = subprocess.run([KUBECTL, "kustomize", str(folder / root)], capture_output=True, check=True)
    return [each for each in objects(ran.stdout) if each["kind"] in TRACED]


def origin(files, result, kind, path):
    """Where a field of the one object of a kind comes from: each place as who, in which file, and its first line."""
    return [
        f"{source.by} {source.file}: {files[source.file].decode().splitlines()[source.span.line - 1].strip()}"
        for source in _origin(result, kind, path).sources
    ]


def first(files, result, kind, path):
    """The place that set a field."""
    return origin(files, result, kind, path)[0]


def _origin(result, kind, path):
    steps = tuple(path.split(".")) if isinstance(path, str) else tuple(path)
    within = None
    lines = result.text.splitlines()
    for each in result.origins:
        if not each.path:
            within = each.line
        if within and each.path == steps and f"kind: {kind}" in _document(lines, within):
            return each
    raise AssertionError(f"{kind} {steps} has no origin in:\n{result.text}")


def _document(lines, start):
    rest = lines[start - 1 :]
    end = rest.index("---") if "---" in rest else len(rest)
    return rest[:end]
