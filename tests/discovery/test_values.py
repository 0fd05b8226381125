"""What charts ask for by their values, shape by shape: `name class | host path | secret hosts | annotations`."""

import pytest

from bot.discovery.reading import read_file
from bot.ingress.model import HostRule, Ingress, ResourceBackend, TlsEntry
from bot.reading import Reading

RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart: {spec: {chart: web, version: 1.0.0}}
  values:
"""


def read(values: str) -> Reading:
    indented = "".join(f"    {line}\n" for line in values.strip("\n").split("\n"))
    return read_file("apps/web.yaml", f"{RELEASE}{indented}".encode())


def rule(each: HostRule) -> str:
    return " ".join((each.host, *(path.path for path in each.paths)))


def entry(each: TlsEntry) -> str:
    return " ".join((str(each.secret or "-"), *map(str, each.hosts)))


def line(each: Ingress) -> str:
    parts = (
        f"{each.meta.name} {each.class_name}".strip(),
        "; ".join(map(rule, each.rules)),
        "; ".join(map(entry, each.tls)),
        "; ".join(f"{one.key}={one.value}" for one in each.meta.annotations),
    )
    return " | ".join(parts).rstrip(" |")


def asked(values: str) -> list[str]:
    return [line(each) for each in read(values).ingresses]


QUIET = {
    "switched off": "ingress: {enabled: false, hosts: [{host: a.example.com}]}",
    "switched off by a string": "ingress: {enabled: 'false', host: a.example.com}",
    "every part switched off": "ingress: {main: {enabled: false, hosts: [{host: a.example.com}]}}",
    "off by create": "ingress: {create: false, host: a.example.com}",
    "a component that is switched off": "grafana: {enabled: false, ingress: {enabled: true, hosts: [a.example.com]}}",
    "the scaffold's own defaults": "ingress: {enabled: false, className: '', annotations: {}, hosts: [], tls: []}",
    "an empty block": "ingress: {}",
    "a flag": "ingress: true",
    "labels": "podLabels: {ingress.home.arpa/nginx: allow}",
    "a rule of a NetworkPolicy": "networkpolicies: {main: {rules: {ingress: [{from: [{podSelector: {}}]}]}}}",
    "a NetworkPolicy of another name": "policy: {ingress: [{from: [], ports: [{port: 80}]}]}",
    "annotations of a Service": "service: {annotations: {traefik.ingress.kubernetes.io/service.serversscheme: https}}",
    "a dashboard that is switched off": "ingressRoute: {dashboard: {enabled: false}}",
    "no word of it": "replicas: 2",
}


@pytest.mark.parametrize("values", QUIET.values(), ids=QUIET)
def test_what_asks_for_no_ingress_is_passed_over(values: str) -> None:
    assert read(values) == Reading()


SHAPES = {
    "helm create": (
        """
ingress:
  enabled: true
  className: nginx
  annotations: {a/b: c}
  hosts:
    - host: A.example.com
      paths: [{path: /api, pathType: Prefix}, {path: /, pathType: ImplementationSpecific}]
  tls:
    - {secretName: web-tls, hosts: [a.example.com]}
""",
        ["web nginx | a.example.com /api / | web-tls a.example.com | a/b=c"],
    ),
    "hosts without a switch": ("ingress: {hosts: [{host: a.example.com}]}", ["web | a.example.com /"]),
    "hosts as strings": (
        "ingress: {enabled: true, hosts: [a.example.com, b.example.com], path: /app, ingressClassName: nginx}",
        ["web nginx | a.example.com /app; b.example.com /app"],
    ),
    "a host with its path": ("ingress: {enabled: true, hosts: [a.example.com/app]}", ["web | a.example.com /app"]),
    "a host as an address": ("ingress: {enabled: true, host: 'https://a.example.com/'}", ["web | a.example.com /"]),
    "one host": (
        "ingress: {enabled: true, host: a.example.com, tls: true, tlsSecret: a-tls}",
        ["web | a.example.com / | a-tls a.example.com"],
    ),
    "Bitnami": (
        """
ingress:
  enabled: true
  hostname: a.example.com
  path: /
  pathType: Prefix
  ingressClassName: nginx
  tls: true
  existingSecret: a-tls
  selfSigned: false
  extraHosts: [{name: b.example.com, path: /b}]
  extraTls: [{hosts: [b.example.com], secretName: b-tls}]
""",
        ["web nginx | a.example.com /; b.example.com /b | a-tls a.example.com b.example.com; b-tls b.example.com"],
    ),
    "a component of Bitnami's": (
        "server: {ingress: {enabled: true, hostname: a.example.com, tls: false}}",
        ["web | a.example.com /"],
    ),
    "the Secret that Bitnami names after the host": (
        "ingress: {enabled: true, hostname: a.example.com, tls: true}",
        ["web | a.example.com / | a.example.com-tls a.example.com"],
    ),
    "app-template": (
        """
ingress:
  main:
    enabled: true
    className: internal
    hosts:
      - host: &host "{{ .Release.Name }}.${DOMAIN}"
        paths:
          - path: /
            service: {identifier: app, port: http}
    tls:
      - hosts: [*host]
""",
        ["web internal | web.${DOMAIN} / | - web.${DOMAIN}"],
    ),
    "app-template with two": (
        """
ingress:
  main: {hosts: [{host: a.example.com, paths: [{path: /}]}]}
  api: {hosts: [{host: a.example.com, paths: [{path: /api}]}]}
""",
        ["web | a.example.com /", "web-api | a.example.com /api"],
    ),
    "the templates of k8s-at-home": (
        """
ingress:
  main:
    enabled: true
    hosts: [{hostTpl: a.example.com, paths: [{pathTpl: /a}]}]
    tls: [{secretNameTpl: a-tls, hostsTpl: [a.example.com]}]
""",
        ["web | a.example.com /a | a-tls a.example.com"],
    ),
    "kube-prometheus-stack": (
        """
grafana:
  ingress: {enabled: true, hosts: [g.example.com], path: /, tls: [{hosts: [g.example.com], secretName: g-tls}]}
prometheus:
  ingress: {enabled: true, ingressClassName: nginx, hosts: [p.example.com], paths: [/prom], pathType: Prefix}
alertmanager:
  ingress: {enabled: false, hosts: [a.example.com]}
""",
        ["web-grafana | g.example.com / | g-tls g.example.com", "web-prometheus nginx | p.example.com /prom"],
    ),
    "Vault": (
        "server: {ingress: {enabled: true, hosts: [{host: v.example.com, paths: []}], tls: [{secretName: v}]}}",
        ["web | v.example.com / | v v.example.com"],
    ),
    "Consul": (
        "ui: {ingress: {enabled: true, hosts: [{host: c.example.com, paths: [/]}]}}",
        ["web | c.example.com /"],
    ),
    "Harbor": (
        """
expose:
  tls: {enabled: true, certSource: secret, secret: {secretName: h-tls}}
  ingress: {className: nginx, hosts: {core: h.example.com}}
""",
        ["web nginx | h.example.com / | h-tls h.example.com"],
    ),
    "MinIO": (
        """
ingress: {enabled: true, hosts: [s3.example.com]}
consoleIngress: {enabled: true, hosts: [minio.example.com]}
""",
        ["web | s3.example.com /", "web-consoleIngress | minio.example.com /"],
    ),
    "Nextcloud": (
        "nextcloud: {host: n.example.com}\ningress: {enabled: true, annotations: {a/b: c}}",
        ["web | n.example.com / |  | a/b=c"],
    ),
    "a host that tls alone names": (
        "ingress: {enabled: true, tls: [{hosts: [n.example.com], secretName: n-tls}]}",
        ["web | n.example.com / | n-tls n.example.com"],
    ),
    "Argo CD": (
        "global: {domain: cd.example.com}\nserver: {ingress: {enabled: true, ingressClassName: nginx, tls: true}}",
        ["web nginx | cd.example.com / | - cd.example.com"],
    ),
    "GitLab": (
        """
global:
  hosts: {domain: example.com, registry: {name: r.example.com}}
  ingress: {enabled: true, class: nginx}
""",
        ["web nginx | gitlab.example.com /; r.example.com /"],
    ),
    "authentik": (
        """
server:
  ingress:
    enabled: true
    hosts: [i.example.com]
    paths: [/]
    pathType: Prefix
    tls: [{hosts: [i.example.com], secretName: i}]
""",
        ["web | i.example.com / | i i.example.com"],
    ),
    "Rook": (
        """
ingress:
  ingressClassName: nginx
  dashboard: {host: {name: r.example.com, path: /ceph}, tls: [{hosts: [r.example.com]}]}
""",
        ["web nginx | r.example.com /ceph | - r.example.com"],
    ),
    "Jenkins": ("controller: {ingress: {enabled: true, hostName: j.example.com}}", ["web | j.example.com /"]),
    "K10": (
        """
ingress:
  create: true
  class: nginx
  host: k.example.com
  hosts: [k.example.com]
  urlPath: /k10
  tls: {enabled: true, secretName: k}
""",
        ["web nginx | k.example.com /k10 | k k.example.com"],
    ),
    "codecentric's Keycloak": (
        "ingress: {enabled: true, rules: [{host: k.example.com, paths: [{path: /auth, pathType: Prefix}]}], tls: []}",
        ["web | k.example.com /auth"],
    ),
    "hosts that have tls themselves": (
        "ingress: {enabled: true, hosts: [{name: y.example.com, path: /, tls: true, tlsSecret: y-tls}]}",
        ["web | y.example.com / | y-tls y.example.com"],
    ),
    "a list of blocks": (
        "ingresses: [{name: one, host: a.example.com}, {name: two, host: b.example.com}]",
        ["web-ingresses-one | a.example.com /", "web-ingresses-two | b.example.com /"],
    ),
    "HMCTS": (
        "java: {ingressHost: a.example.com, additionalIngressHosts: [b.example.com]}",
        ["web | a.example.com /; b.example.com /"],
    ),
    "annotations as text": (
        "server:\n  ingress:\n    host: v.example.com\n    annotations: |\n      a/b: c\n      d/e: '1'\n",
        ["web | v.example.com / |  | a/b=c; d/e=1"],
    ),
    "the old annotation of a class": (
        "ingress: {host: a.example.com, annotations: {kubernetes.io/ingress.class: nginx}}",
        ["web nginx | a.example.com / |  | kubernetes.io/ingress.class=nginx"],
    ),
    "variables": (
        "ingress: {enabled: '${ON}', hosts: [{host: 'Shop.${DOMAIN}'}], className: '${CLASS}'}",
        ["web ${CLASS} | shop.${DOMAIN} /"],
    ),
    "a chart in a chart": (
        "podinfo: {ingress: {enabled: true, hosts: [{host: a.example.com}]}}",
        ["web | a.example.com /"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), SHAPES.values(), ids=SHAPES)
def test_each_shape_is_read(values: str, expected: list[str]) -> None:
    assert asked(values) == expected


@pytest.mark.parametrize(("values", "_expected"), SHAPES.values(), ids=SHAPES)
def test_nothing_of_a_known_shape_is_left_unread(values: str, _expected: list[str]) -> None:
    assert not any(each.unread for each in read(values).releases)


UNREAD = {
    "no host": "ingress: {enabled: true, className: nginx}",
    "a subdomain of something": "ingress: {enabled: true, subdomain: login}",
    "a word that is not known": "ingress: {enabled: true, host: a.example.com, middleware: auth}",
    "a part that is not known": "ingress: {host: a.example.com, integrations: {traefik: {enabled: true}}}",
    "a host that is named in another way": "ingress: {hosts: [{host: a.example.com}, {subdomain: b, paths: []}]}",
    "an ingress controller": "controller: {ingressClassResource: {name: nginx, default: true}}",
    "the rules of a tunnel": "cloudflare: {ingress: [{hostname: a.example.com, service: 'http://web'}]}",
}


@pytest.mark.parametrize("values", UNREAD.values(), ids=UNREAD)
def test_what_cannot_be_read_is_kept_as_unread(values: str) -> None:
    (release,) = read(values).releases
    assert release.unread


def test_the_backend_is_the_release_and_the_object_is_marked() -> None:
    (ingress,) = read("ingress: {host: a.example.com}").ingresses
    assert ingress.rules[0].paths[0].backend == ResourceBackend("", "HelmRelease", "web")
    assert ingress.meta.ref.from_values
    assert ingress.meta.key == ("shop", "web")
    assert not ingress.faults


def test_places_are_those_of_the_values() -> None:
    (ingress,) = read("ingress:\n  className: nginx\n  hosts:\n    - host: a.example.com\n").ingresses
    assert ingress.class_text is not None
    assert (ingress.class_text.at.line, ingress.rules[0].host_at.line) == (8, 10)
    assert ingress.meta.name.at.line == 3


def test_a_path_type_that_is_written_out_changes_nothing() -> None:
    short = read("ingress: {hosts: [{host: a.example.com}]}")
    assert short == read("ingress: {hosts: [{host: a.example.com, paths: [{path: /, pathType: Prefix}]}]}")


def test_another_service_behind_a_path_changes_nothing() -> None:
    one = read("ingress: {a: {hosts: [{host: a.example.com, paths: [{path: /, service: {identifier: app}}]}]}}")
    other = read("ingress: {a: {hosts: [{host: a.example.com, paths: [{path: /, service: {name: web}}]}]}}")
    assert one == other


def test_one_ingress_bears_the_release_s_name_whatever_its_key() -> None:
    assert read("ingress: {main: {host: a.example.com}}") == read("ingress: {app: {host: a.example.com}}")
