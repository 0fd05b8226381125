"""Pure. The dialect of the Kubernetes API itself: what its words settle, and nothing else.

It stands in for a controller that is not known. Sources, cited below by their letter:
T  kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go, comments of the fields
W  https://kubernetes.io/docs/concepts/services-networking/ingress/

The API normalises nothing, so nothing is normalised here: hosts and paths are compared as texts, with their percent
signs, double slashes and letter case. Decisions where the API is silent are marked "Ours".
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.ingress.model import Backend, Ingress, Path, PathType
from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.backends import backend_text
from bot.routing.candidates import Candidates, HostPaths
from bot.routing.claimed import ClaimedPath, Reading
from bot.routing.hosts import host_order, pattern_of
from bot.routing.path_types import read_path
from bot.routing.request import Request
from bot.routing.table import Claim, Cuts, Match
from bot.routing.tls import Termination, TlsIndex

_LISTED = 8  # how many a sentence names


class _Default(NamedTuple):
    """The default backend of an Ingress."""

    ingress: Ingress
    backend: Backend

    def answer(self, why: str) -> Answer:
        meta = self.ingress.meta
        text = backend_text(self.ingress, self.backend)
        return Answer(AnswerKind.DEFAULT, text, ingress=meta.ref, at=meta.location(self.backend.at), why=why)


class _Table:
    """The answers. Hosts are worked out when they are first asked for, so that building costs next to nothing."""

    def __init__(self, ingresses: Sequence[Ingress], age: Age) -> None:
        # Ours: what ingress-nginx calls a canary accompanies another Ingress, and answers for it at no age.
        self._ingresses = sorted(ingresses, key=lambda each: (each.canary, age(each)))
        self._tls = TlsIndex(self._ingresses)
        self._rules: dict[str, list[tuple[Ingress, Path]]] = {}
        self._defaults: dict[str, list[_Default]] = {}  # of the Ingresses that have rules for the host
        self._catch_all: list[_Default] = []
        self._treatments: dict[str, Treatment] = {}
        self._worked_out: dict[str, HostPaths] = {}
        for ingress in self._ingresses:
            for rule in ingress.rules:
                self._rules.setdefault(rule.host, []).extend((ingress, path) for path in rule.paths)
            if ingress.default_backend is None:
                continue
            default = _Default(ingress, ingress.default_backend)
            for host in ingress.hosts:
                self._defaults.setdefault(host, []).append(default)
            if not ingress.rules:  # W: "an Ingress with no rules sends all traffic to a single default backend"
                self._catch_all.append(default)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """All that is asked for, that which never gets a request included."""
        hosts = sorted({*self._rules, ""}, key=host_order)
        return tuple(claim for host in hosts for claim in self.claims_on(host))

    def claims_on(self, host: str) -> tuple[Claim, ...]:
        """The claims of one host; those without a host are joined by the Ingresses without rules."""
        return tuple(self._listed(host))

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of rules and of tls entries."""
        return frozenset((*self._rules, *self._tls.names)) - {"", "*"}

    def cuts(self, host: str) -> Cuts:
        """The paths claimed for the host; TLS is for https alone."""
        pattern = pattern_of(host, self._rules)
        bounds = () if pattern is None else self._paths(pattern).bounds
        return Cuts(bounds, schemes=self._tls.find(host, pattern) is not None)

    def answer(self, request: Request) -> Answer:
        """Host first, then path within the host, then a default backend."""
        pattern = pattern_of(request.host, self._rules)
        if pattern is None:
            return self._treated(self._default(None), request, None)
        return self._treated(self._decide(pattern, self._paths(pattern).find(request.path)), request, pattern)

    def trace(self, request: Request) -> tuple[str, ...]:
        """Host, candidates, winner, TLS."""
        pattern = pattern_of(request.host, self._rules)
        return (
            _host_step(request.host, pattern),
            *(() if pattern is None else _path_step(request.path, self._paths(pattern).matching(request.path))),
            self.answer(request).why,
            self._tls_step(request, pattern),
        )

    def _paths(self, pattern: str) -> HostPaths:
        if pattern not in self._worked_out:
            self._worked_out[pattern] = HostPaths(self._entries(pattern))
        return self._worked_out[pattern]

    def _entries(self, pattern: str) -> Iterator[ClaimedPath]:
        for order, (ingress, path) in enumerate(self._rules[pattern]):
            reading = read_path(path)
            yield ClaimedPath(pattern, ingress, path, order, reading, _claimed_answer(pattern, ingress, path, reading))

    def _decide(self, pattern: str, found: Candidates) -> Answer:
        surely = self._default(pattern) if found.best is None else found.best.answer
        if not found.doubts:
            return _with_rivals(surely, found)
        backends = {entry.answer.backend for entry in found.doubts}
        if surely.backend is not None and backends == {surely.backend}:
            return replace(surely, why=f"{surely.why} An expression that may match leads to the same backend.")
        first = found.doubts[0]
        subject = _subject(first.ingress, first.path, first.reading)
        instead = f"{surely.backend} answers" if surely.backend else "nothing in the repository answers"
        why = f"{subject}, may match on {_on(pattern)}; where it does not, {instead}."
        return replace(first.answer, kind=AnswerKind.UNKNOWN, why=why)

    def _default(self, pattern: str | None) -> Answer:
        """W: "if none of the hosts or paths match ..., the traffic is routed to your default backend".

        Ours: the default backend of an Ingress with rules answers for the hosts of its rules alone. T calls it up for
        "requests that don't match any rule", and several Ingresses of one class share the hosts that nobody names.
        """
        missing = "No rule covers the host" if pattern is None else f"No path on {_on(pattern)} matches"
        if pattern is not None and not self._rules[pattern]:
            # T: a rule without http "defaults to a http catch-all"; what it sends where "is left to the controller".
            missing = f"The rule for {_on(pattern)} has no paths"
        found = self._catch_all if pattern is None else self._defaults.get(pattern) or self._catch_all
        if not found:  # T: without a default backend the handling "will be up to the Ingress controller"
            none = "no default backend is for it" if self._defaults else "there is no default backend"
            why = f"{missing} and {none}: the controller's own answer."
            return Answer(AnswerKind.NONE, why=why)
        several = ", the oldest of several, which the API leaves open" if len(found) > 1 else ""
        first = found[0]
        return first.answer(f"{missing}, so the default backend of Ingress {first.ingress.meta.ref} answers{several}.")

    def _treated(self, answer: Answer, request: Request, pattern: str | None) -> Answer:
        """T: secretName "is used to terminate TLS traffic on port 443"; plain http has no treatment."""
        if request.scheme != "https" or answer.kind is AnswerKind.NONE:
            return answer
        return self._over_tls(answer, self._tls.find(request.host, pattern))

    def _over_tls(self, answer: Answer, ended: Termination | None) -> Answer:
        if ended is None:
            return answer
        treatment = self._treatments.get(ended.certificate)
        if treatment is None:
            treatment = self._treatments[ended.certificate] = Treatment(tls=ended.certificate)
        return answer.treated(treatment)

    def _tls_step(self, request: Request, pattern: str | None) -> str:
        if request.scheme != "https":
            return "The request is plain http, so TLS plays no part."
        ended = self._tls.find(request.host, pattern)
        return (
            "No tls entry covers the host; what certificate it gets is up to the controller."
            if ended is None
            else str(ended)
        )

    def _listed(self, pattern: str) -> Iterator[Claim]:
        ended = self._tls.find(pattern, pattern)
        for entry in self._paths(pattern).claimed if pattern in self._rules else ():
            why = f"{_subject(entry.ingress, entry.path, entry.reading)}."
            yield entry.claim(self._over_tls(replace(entry.answer, why=why), ended))
        for default in (*self._defaults.get(pattern, ()), *(() if pattern else self._catch_all)):
            meta = default.ingress.meta
            answer = self._over_tls(default.answer(f"The default backend of Ingress {meta.ref}."), ended)
            yield Claim(pattern, "", Match.ANY, answer, meta.ref, meta.file, default.backend.at)


def _claimed_answer(pattern: str, ingress: Ingress, path: Path, reading: Reading) -> Answer:
    meta = ingress.meta
    at = meta.location(path.at)
    if path.backend is None:  # T: backend is "+required"
        why = f"Path {path.path or '/'} of Ingress {meta.ref} names no backend, which the API refuses."
        return Answer(AnswerKind.UNKNOWN, ingress=meta.ref, at=at, why=why)
    return Answer(
        AnswerKind.BACKEND,
        backend_text(ingress, path.backend),
        ingress=meta.ref,
        at=at,
        why=_why(pattern, ingress, path, reading),
    )


def _with_rivals(answer: Answer, found: Candidates) -> Answer:
    """The API says nothing of the same host and path claimed twice. Ours: the older answers, as in most controllers."""
    rivals = (entry for entry in found.rivals if not entry.ingress.canary)
    others = [entry for entry in rivals if entry.answer.backend != answer.backend]
    if found.best is None or not others:
        return answer
    by = sorted({str(entry.ingress.meta.ref) for entry in others})
    taken = "older"
    if by == [str(found.best.ingress.meta.ref)]:
        who, taken = "another entry of it claims", "first"
    elif len(by) == 1:
        who = f"Ingress {by[0]} claims"
    else:
        who = f"{len(by)} other Ingresses ({', '.join(by[:_LISTED])}) claim"
    why = f"{answer.why[:-1]}; {who} the same, the API leaves open which answers, and the {taken} is taken."
    return replace(answer, why=why)


def _on(pattern: str) -> str:
    return f"host {pattern}" if pattern else "all hosts"


def _subject(ingress: Ingress, path: Path, reading: Reading) -> str:
    """`Prefix path /api of Ingress shop/web`, and how it was read where that is not plain."""
    typed = path.type in {PathType.EXACT, PathType.PREFIX}
    entry = f"{path.type} path {path.path}" if typed else f"Path {path.path}"
    said = f", {reading.note}" if reading.note else ""
    return f"{entry if path.path else 'The entry without a path'} of Ingress {ingress.meta.ref}{said}"


def _why(pattern: str, ingress: Ingress, path: Path, reading: Reading) -> str:
    subject = _subject(ingress, path, reading) + ("," if reading.note else "")
    if reading.match is Match.EXACT:
        return f"{subject} equals the request's path on {_on(pattern)}."
    if not path.path:
        return f"{subject} takes every path on {_on(pattern)} that no other entry matches."
    return f"{subject} is the longest that matches on {_on(pattern)}."


def _host_step(host: str, pattern: str | None) -> str:
    if pattern is None:
        return f"No rule names {host}, no wildcard covers it, and no rule is for all hosts."
    if not pattern:
        return f"No rule names {host} and no wildcard covers it, so the rules without a host apply."
    if pattern == host:
        return f"Rules name {host}; wildcard rules and rules without a host are not looked at."
    return f"No rule names {host}, so the rules of {pattern} apply; rules without a host are not looked at."


def _path_step(path: str, entries: Sequence[ClaimedPath]) -> Iterator[str]:
    if not entries:
        yield f"No path of these rules matches {path}."
        return
    listed = ", ".join(f"{entry.path.path or 'no path'} ({entry.answer})" for entry in entries[:_LISTED])
    more = f" and {len(entries) - _LISTED} more" if len(entries) > _LISTED else ""
    yield f"These paths match {path}, the first to be asked first: {listed}{more}."


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> _Table:  # noqa: ARG001 - Services play no part
    return _Table(ingresses, age)


CONTROLLER = Controller(
    id="kubernetes",
    title="Kubernetes API",
    docs="https://kubernetes.io/docs/concepts/services-networking/ingress/",
    build=_build,
)
