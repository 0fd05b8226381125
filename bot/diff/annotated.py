"""Pure. What annotations of ingress-nginx make of an answer that the words of the API give: redirects, canaries.

After kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md. A table answers by the API alone,
which is enough within one class; where a host leaves it, what the annotations did has to be held against the routes.
"""

from dataclasses import replace

from bot.controller import Lane
from bot.finding import listed
from bot.ingress.model import CANARY_ANNOTATION, Ingress
from bot.routing.answer import Answer, AnswerKind
from bot.routing.request import Request
from bot.routing.table import Claim, Match
from bot.source import Location

_PREFIX = CANARY_ANNOTATION.rpartition("/")[0]
_Path = tuple[str, Match]
_NOWHERE: _Path = ("", Match.EXACT)
_REDIRECTS = {"permanent-redirect": 301, "temporal-redirect": 302}  # "-code" at the end of either gives another status


class Annotated:
    """Corrects the answers of one lane of Ingresses to requests for one host."""

    def __init__(self, lane: Lane, host: str) -> None:
        self._owners = {each.meta.ref: each for each in lane.ingresses if host in each.hosts}
        self._paths: dict[Location | None, _Path] = {}
        self._shares: dict[_Path, list[str]] = {}
        if not any(each.canary for each in self._owners.values()):
            return
        for claim in lane.table.claims_on(host):
            path, owner = (claim.path, claim.match), self._owners.get(claim.ingress)
            if owner is None or not owner.canary:
                self._paths[claim.answer.at] = path
            elif share := _share(claim, owner):
                self._shares.setdefault(path, []).append(share)

    def answer(self, plain: Answer, request: Request) -> Answer:
        """What a client really gets where the table says `plain`."""
        owner = self._owners.get(plain.ingress) if plain.ingress else None
        if owner is None or plain.kind is not AnswerKind.BACKEND:
            return plain
        return _redirected(owner, plain, request) or self._split(plain)

    def _split(self, plain: Answer) -> Answer:
        """Annotations: a canary takes a share of the requests of the Ingress with the same host and path."""
        shares = self._shares.get(self._paths.get(plain.at, _NOWHERE))
        return plain.treated(replace(plain.treatment, canary=listed(shares, 3))) if shares else plain


def _share(claim: Claim, ingress: Ingress) -> str:
    """In words; "" where a rollout tool has switched it off."""
    weight = ingress.meta.annotation(f"{CANARY_ANNOTATION}-weight")
    asked = any(ingress.meta.annotation(f"{CANARY_ANNOTATION}-by-{name}") for name in ("header", "cookie"))
    if weight and weight.value.strip() == "0" and not asked:
        return ""
    return f"{claim.answer} {'by a header or cookie' if asked or not weight else f'{weight.value.strip()}%'}"


def _redirected(owner: Ingress, plain: Answer, request: Request) -> Answer | None:
    for name, usual in _REDIRECTS.items():
        entry = owner.meta.annotation(f"{_PREFIX}/{name}")
        if entry is None or not entry.value.strip():
            continue
        code = owner.meta.annotation(f"{_PREFIX}/{name}-code")
        status = int(code.value) if code and code.value.isascii() and code.value.isdigit() else usual
        text = entry.value.strip()
        for variable, value in (("$request_uri", request.path), ("$scheme", request.scheme), ("$host", request.host)):
            text = text.replace(variable, value)
        kind = AnswerKind.UNKNOWN if "$" in text else AnswerKind.REDIRECT
        return replace(plain, kind=kind, backend=None, status=status, location=text)
    return None
