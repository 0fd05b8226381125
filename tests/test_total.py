"""The whole way from bytes to reports is total: whatever two states hold, there is a verdict and every report of it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue import reporter, reporter_ids
from bot.problem import ProblemKind
from bot.reporter import Context
from tests.pipeline import judge

PIECES = (
    "apiVersion: networking.k8s.io/v1\n",
    "apiVersion: extensions/v1beta1\n",
    "kind: Ingress\n",
    "kind: Service\n",
    "kind: IngressClass\n",
    "metadata: {name: shop, namespace: shop}\n",
    "metadata:\n  name: shop\n  annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://a'}\n",
    "metadata: [1]\n",
    "spec:\n",
    "  ingressClassName: nginx\n",
    "  rules:\n",
    "    - host: shop.example.com\n",
    "    - host: '*.example.com'\n",
    "    - host: ${HOST}\n",
    "    - host: 12:30\n",
    "      http:\n",
    "        paths:\n",
    "          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n",
    "          - {path: '/a(/|$)(.*)', backend: {serviceName: web, servicePort: http}}\n",
    "          - {path: /b, pathType: Exact, backend: {resource: {kind: Bucket, name: x}}}\n",
    "  tls:\n",
    "    - {hosts: [shop.example.com], secretName: shop-tls}\n",
    "  defaultBackend: {service: {name: web, port: {name: http}}}\n",
    "  ports: [{name: http, port: 80}]\n",
    "---\n",
    "<<<<<<< HEAD\n",
    "{{ if .Values.x }}\n",
    "a: &a [*a]\n",
    "\u202e\u0000`@all <script>|\n",
    "resources: [a.yaml, ../..]\nnamePrefix: x-\n",
)
WHOLE = "".join(PIECES[index] for index in (0, 2, 5, 8, 9, 10, 11, 15, 16, 17, 20, 21))
PATHS = (
    "a.yaml",
    "clusters/one/b.yaml",
    "overlays/prod/kustomization.yaml",
    "chart/Chart.yaml",
    "chart/templates/c.yaml",
)

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=16).map("".join),
    st.tuples(st.just(WHOLE), st.integers(0, len(WHOLE)), st.text(max_size=4)).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    ),
    st.lists(st.sampled_from((WHOLE, WHOLE.replace("shop", "blog"), WHOLE.replace("web", "api"))), max_size=3).map(
        "---\n".join
    ),
)
states = st.dictionaries(st.sampled_from(PATHS), texts, max_size=4)
LESS = (HealthCheck.too_slow,)


def check(before: dict[str, str], after: dict[str, str]) -> None:
    verdict = judge(before, after)
    assert not [problem for problem in verdict.problems if problem.kind is ProblemKind.INTERNAL]
    for name in reporter_ids():
        said = reporter(name).render(verdict, Context(verbose=True))
        assert said
        assert name != "json" or json.loads(said)["schema"] == "routeproof.review/1"


def silent(state: dict[str, str]) -> None:
    verdict = judge(state, state)
    assert (verdict.changes, verdict.routes) == ((), ())
    assert {str(finding.state) for finding in verdict.findings} <= {"existing"}


@settings(deadline=None, max_examples=60, suppress_health_check=LESS)
@given(states, states)
def test_any_two_states_have_a_verdict_and_every_report(before: dict[str, str], after: dict[str, str]) -> None:
    check(before, after)


@settings(deadline=None, max_examples=60, suppress_health_check=LESS)
@given(states)
def test_nothing_is_said_of_a_state_beside_itself(state: dict[str, str]) -> None:
    silent(state)


@pytest.mark.nightly
@settings(deadline=None, max_examples=4000, suppress_health_check=LESS)
@given(states, states)
def test_a_great_many_states_have_a_verdict_and_every_report(before: dict[str, str], after: dict[str, str]) -> None:
    check(before, after)
    silent(after)
