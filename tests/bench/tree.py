"""A made-up GitOps repository of any size, equal for equal numbers, with a branch that changes some of it."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

INGRESS = """# owned by team-{team}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: team-{team}
  labels: {{app: {name}, "app.kubernetes.io/managed-by": flux}}
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt-prod  # do not change
    nginx.ingress.kubernetes.io/proxy-body-size: "8m"
spec:
  ingressClassName: nginx
  tls:
    - hosts:
{tls}
      secretName: {name}-tls
  rules:
{rules}"""
RULE = """    - host: {host}
      http:
        paths:
          - path: /api{index}
            pathType: Prefix
            backend:
              service:
                name: {name}
                port: {{number: 80}}
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port:
                  name: http
"""
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: team-{team}
spec:
  selector:
    app: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
"""
WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: team-{team}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
        - name: main
          image: registry.example.com/team-{team}/{name}:1.{replicas}.0
          ports:
            - containerPort: 8080
              name: http
          env:
            - name: LOG_LEVEL
              value: info
            - name: DB
              valueFrom:
                secretKeyRef:
                  name: {name}-db
                  key: url
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits:
              memory: 256Mi
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
"""
CONFIG = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}-config
  namespace: team-{team}
data:
  app.properties: |
{body}
"""


def manifests(count: int, ingresses: int) -> Iterator[tuple[str, str]]:
    """Path and text of each file; `ingresses` of the `count` files hold an Ingress."""
    chance = random.Random(7)
    every = count // ingresses
    for number in range(count):
        team, name = number % 97, f"app-{number}"
        folder = f"clusters/c{number % 4}/team-{team}/{name}"
        if number % every == 0:
            hosts = [f"{name}-{index}.example.com" for index in range(chance.choice([1, 1, 1, 2, 3, 8]))]
            rules = "".join(RULE.format(host=host, index=index, name=name) for index, host in enumerate(hosts))
            tls = "\n".join(f"        - {host}" for host in hosts)
            text = INGRESS.format(name=name, team=team, rules=rules, tls=tls)
            yield f"{folder}/ingress.yaml", f"{text}---\n{SERVICE.format(name=name, team=team)}"
        elif chance.random() < 0.25:
            body = "\n".join(f"    key.{key}=value-{chance.randrange(10**6)}" for key in range(chance.randrange(5, 60)))
            yield f"{folder}/configmap.yaml", CONFIG.format(name=name, team=team, body=body)
        else:
            text = WORKLOAD.format(name=name, team=team, replicas=chance.randrange(1, 9))
            yield f"{folder}/app.yaml", f"{text}---\n{SERVICE.format(name=name, team=team)}"


def build(folder: Path, count: int, ingresses: int, changed: int) -> None:
    """Write the tree into a new repository with the branches main and change."""
    texts = dict(manifests(count, ingresses))
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=All of it")
    git(folder, "switch", "--quiet", "--create=change")
    with_ingress = [path for path in texts if path.endswith("ingress.yaml")]
    for index, path in enumerate(with_ingress[:: max(1, len(with_ingress) // changed)][:changed]):
        edits = (("path: /api0", "path: /v2"), ("nginx\n", "internal\n"), ("secretName: ", "secretName: new-"))
        old, new = edits[index % len(edits)]
        (folder / path).write_text(texts[path].replace(old, new, 1))
    git(folder, "commit", "--quiet", "--all", "--message=Change some of it")
    git(folder, "gc", "--quiet")


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = (
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.com",
        "-c",
        "gc.auto=0",
        "-c",
        "maintenance.auto=false",
    )
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True)
