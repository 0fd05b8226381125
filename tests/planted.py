"""A repository with secrets in every place where one may stand, and a change that touches all of them.

Each secret begins with `pl4nted` and ends with `old` or `new`; a number under a key for secrets is PIN.
"""

import re
from base64 import b64encode

from tests.repositories import Repo

WORD = "pl4nted"
PIN = "7141592653"
OPEN = "open-words"  # what stands beside them and may be shown


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


_FORMS = (WORD, PIN, encoded(WORD)[:9], encoded(f"ada:{WORD}")[:13])
_PLANTED = re.compile(rf"(?:{'|'.join(_FORMS)})[\w-]{{0,30}}")


SECRET = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: login, namespace: shop}}
type: Opaque
data:
  password: {encoded(f"{WORD}-data-old")}
stringData:
  settings: |
    {OPEN}-of-a-secret {WORD}-string-data-old
"""
INGRESS = f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    example.com/words: {OPEN}
    nginx.ingress.kubernetes.io/auth-secret: login
    nginx.ingress.kubernetes.io/auth-url: https://ada:{WORD}-url-old@login.example.com/{OPEN}
    nginx.ingress.kubernetes.io/configuration-snippet: |
      proxy_set_header Authorization "Basic {encoded(f"ada:{WORD}-basic-old")}";
      proxy_set_header X-Api-Key {WORD}-header-old;
      set $token "{WORD}-variable-old";
      if ($http_x_token != "{WORD}-asked-old") {{ return 403; }}
    example.com/api-token: {PIN}
    example.com/password: {WORD}-annotation-old
  labels:
    token: {WORD}-label-old
spec:
  ingressClassName: nginx
  tls:
    - hosts: [shop.example.com] # password: {WORD}-remark-old
      secretName: shop-tls
  rules:
    - host: shop.example.com # token={WORD}-beside-old
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {{service: {{name: web, port: {{number: 80}}}}}}
    - host: https://ada:{WORD}-host-old@odd.example.com
    - host: hooks.example.com
      http:
        paths:
          - path: /hooks/xoxb-0-{WORD}-path-old
            pathType: Exact
            backend: {{service: {{name: web, port: {{number: 80}}}}}}
"""
BROKEN = f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: broken
  annotations:
    example.com/password: *{WORD}-alias-old
    example.com/token: {WORD}-broken-old
spec:
  rules: [{{host: broken.example.com}}]
---
apiVersion: v1
kind: Secret
stringData:
  a: {WORD}-broken-secret-old
  b: [
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: templated}}
password: {WORD}-template-old
spec: {{{{ .Values.spec }}}}
"""
SOURCE = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{url: https://ada:{WORD}-source-old@git.example.com/team/here}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: apps, namespace: flux-system}}
spec:
  path: ./plain
  sourceRef: {{kind: GitRepository, name: flux-system}}
  postBuild:
    substitute:
      DOMAIN: example.com
      API_TOKEN: {WORD}-substitute-old
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: flux-system}}
data:
  WORDS: {OPEN}
  DB_PASSWORD: {WORD}-settings-old
  DB_URL: postgres://ada:{WORD}-settings-url-old@db/shop
"""
RELEASE = f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: NAME, namespace: shop}}
spec:
  chart:
    spec:
      chart: ./charts/CHART
      sourceRef: {{kind: GitRepository, name: flux-system, namespace: flux-system}}
  values:
    host: NAME.example.com
    auth:
      password: {WORD}-release-old
    tokens:
      ada: {WORD}-tokens-old
    env:
      - name: DB_PASSWORD
        value: {WORD}-env-old
    pin: {{token: abc, password: {PIN}}}
"""
VALUES = f"""\
host: chart.example.com
tls: true
auth:
  password: {WORD}-values-old
tokens: {{}}
env: []
db: {{url: "postgres://ada:{WORD}-values-url-old@db/shop"}}
"""
TEMPLATE = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}
  annotations:
    example.com/words: open-words
    example.com/upstream: "say {{ .Values.auth.password }}"
    example.com/db: {{ .Values.db.url | quote }}
    example.com/users: {{ toJson .Values.tokens | quote }}
    nginx.ingress.kubernetes.io/configuration-snippet: |
      if ($http_x_origin != {{ .Values.auth.password | quote }}) { return 403; }
spec:
  ingressClassName: nginx
  {{- if .Values.tls }}
  tls:
    - hosts: [{{ .Values.host }}]
      secretName: chart-tls
  {{- end }}
  rules:
    - host: {{ .Values.host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: {{ .Release.Name }}, port: {number: 80}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data:
  file: "first {{ .Values.auth.password }}"
  env: {{ toJson .Values.env | quote }}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
data:
  password: {{ .Values.auth.password | b64enc }}
"""
FAILING = '{{ fail (printf "the word is %s" .Values.auth.password) }}\n'
SCHEMA = '{"properties": {"auth": {"properties": {"password": {"pattern": "^[0-9]+$"}}}}}'
APPLICATION = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: argo, namespace: argocd}}
spec:
  destination: {{namespace: argo, server: https://kubernetes.default.svc}}
  source:
    repoURL: https://ada:{WORD}-source-old@git.example.com/team/here
    path: charts/good
    helm:
      values: |
        host: argo.example.com
        auth: {{password: {WORD}-application-old}}
      parameters:
        - name: auth.password
          value: {WORD}-parameter-old
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: set, namespace: argocd}}
spec:
  generators:
    - list:
        elements: [{{name: one, token: {WORD}-element-old}}]
  template:
    metadata: {{name: "{{{{name}}}}"}}
    spec:
      destination: {{namespace: "{{{{name}}}}", server: https://kubernetes.default.svc}}
      source:
        repoURL: https://ada:{WORD}-source-old@git.example.com/team/here
        path: charts/good
        helm:
          parameters:
            - {{name: host, value: "{{{{name}}}}-set.example.com"}}
            - {{name: auth.password, value: "{{{{token}}}}"}}
"""
ELSEWHERE = f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: elsewhere, namespace: shop}}
spec:
  chart: {{spec: {{chart: web, sourceRef: {{kind: HelmRepository, name: team}}}}}}
  values:
    auth: {{password: {WORD}-elsewhere-old}}
    ingress:
      enabled: true
      annotations:
        example.com/api-key: {WORD}-ingress-old
        nginx.ingress.kubernetes.io/auth-url: https://ada:{WORD}-remote-old@login.example.com
      hosts: [{{host: elsewhere.example.com, paths: [/]}}]
      tls: [{{hosts: [elsewhere.example.com], secretName: elsewhere-tls}}]
"""
OVERLAY = f"""\
resources: [ingress.yaml]
secretGenerator:
  - name: login
    literals: [user=ada, code={WORD}-literal-old]
patches:
  - target: {{kind: Ingress}}
    patch: |
      - op: add
        path: /metadata/annotations/example.com~1password
        value: {WORD}-patch-old
      - op: replace
        path: /spec/rules/0/host
        value: overlay.example.com
replacements:
  - source: {{kind: ConfigMap, name: settings, fieldPath: data.API_TOKEN}}
    targets:
      - select: {{kind: Ingress}}
        fieldPaths: ["metadata.annotations.[example.com/words]"]
configMapGenerator:
  - name: settings
    options: {{disableNameSuffixHash: true}}
    literals: [API_TOKEN={WORD}-copied-old]
"""
BASE = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: overlay, annotations: {example.com/words: open-words}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [overlay.example.com], secretName: overlay-tls}]
  rules:
    - host: base.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
REFUSED = f"""\
resources: [ingress.yaml]
secretGenerator:
  - name: login
    literals: ["{WORD}-refused-old"]
patches:
  - {{target: {{kind: Ingress}}, patch: "[{{op: replace, path: /spec/rules/0/host, value: refused.example.com}}]"}}
"""
CHART = "apiVersion: v2\nname: CHART\nversion: 1.0.0\n"


def _chart(name: str, template: str) -> dict[str, str]:
    return {
        f"charts/{name}/Chart.yaml": CHART.replace("CHART", name),
        f"charts/{name}/values.yaml": VALUES,
        f"charts/{name}/templates/all.yaml": template,
        f"flux/{name}.yaml": RELEASE.replace("NAME", f"{name}-release").replace("CHART", name),
    }


FILES = {
    "plain/secret.yaml": SECRET,
    "plain/ingress.yaml": INGRESS,
    "plain/broken.yaml": "a: b\n",
    "flux/source.yaml": SOURCE,
    "flux/elsewhere.yaml": ELSEWHERE,
    "argo/apps.yaml": APPLICATION,
    "overlays/good/kustomization.yaml": OVERLAY,
    "overlays/good/ingress.yaml": BASE,
    "overlays/bad/kustomization.yaml": "resources: [ingress.yaml]\n",
    "overlays/bad/ingress.yaml": BASE.replace("overlay", "refused"),
    **_chart("good", TEMPLATE),
    **_chart("failing", TEMPLATE),
    **_chart("strict", TEMPLATE),
}
# The change breaks three things, takes certificates away, and gives every secret another value.
CHANGED = {
    "plain/broken.yaml": BROKEN,
    "overlays/bad/kustomization.yaml": REFUSED,
    "charts/failing/templates/fail.yaml": FAILING,
    "charts/strict/values.schema.json": SCHEMA,
}
_CERTIFICATES = (
    INGRESS[INGRESS.index("  tls:") : INGRESS.index("  rules:")],
    "  tls: [{hosts: [overlay.example.com], secretName: overlay-tls}]\n",
    "      tls: [{hosts: [elsewhere.example.com], secretName: elsewhere-tls}]\n",
    "tls: true\n",
)


def _after(text: str) -> str:
    for each in _CERTIFICATES:
        text = text.replace(each, "tls: false\n" if each == "tls: true\n" else "")
    for name in ("data", "basic"):
        before, after = (f"{'ada:' if name == 'basic' else ''}{WORD}-{name}-{age}" for age in ("old", "new"))
        text = text.replace(encoded(before), encoded(after))
    return text.replace("-old", "-new")


def planted(repo: Repo) -> None:
    """Commit it: `main` as it is, `topic` with the change."""
    repo.commit("before", FILES)
    repo.branch("topic")
    repo.commit("after", {path: _after(text) for path, text in {**FILES, **CHANGED}.items()})


def leaks(text: str | bytes) -> set[str]:
    """The secrets that a text holds, as they are or in base64, each with the letters behind it."""
    whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return set(_PLANTED.findall(whole))
