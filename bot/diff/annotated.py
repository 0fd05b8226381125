"""Pure. What annotations of ingress-nginx make of an answer that the words of the API give: redirects, canaries.

After kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md. A table answers by the API alone,
which is enough within one class; where a host leaves it, what the annotations did has to be held against the routes.
"""

from dataclasses import dataclass, field, replace

from bot.controller import Lane
from bot.finding import ObjectRef
from bot.ingress.model import CANARY_ANNOTATION, Ingress
from bot.routing.answer import Answer, AnswerKind
from bot.routing.request import Request
from bot.routing.table import Claim

_PREFIX = CANARY_ANNOTATION.rpartition("/")[0]
_REDIRECTS = {"permanent-redirect": 301, "temporal-redirect": 302}  # "-code" at the end of either gives another status


@dataclass(frozen=True)
class Annotated:
    """Corrects the answers of one lane of Ingresses to requests for one host."""

    lane: Lane
    host: str
    _owners: dict[ObjectRef, Ingress] = field(init=False, compare=False)
    _canaries: list[tuple[Claim, Ingress]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        owners = {each.meta.ref: each for each in self.lane.ingresses if self.host in each.hosts or not each.rules}
        canaries = {ref: each for ref, each in owners.items() if each.canary}
        claims = self.lane.table.claims_on(self.host) if canaries else ()
        object.__setattr__(self, "_owners", owners)
        found = [(each, canaries[each.ingress]) for each in claims if each.ingress in canaries]
        object.__setattr__(self, "_canaries", found)

    def answer(self, plain: Answer, request: Request) -> Answer:
        """What a client really gets where the table says `plain`."""
        owner = self._owners.get(plain.ingress) if plain.ingress else None
        if owner is None or plain.kind is not AnswerKind.BACKEND:
            return plain
        return _redirected(owner, plain, request) or self._split(plain)

    def _split(self, plain: Answer) -> Answer:
        """Annotations: a canary takes a share of the requests of the Ingress with the same host and path."""
        if not self._canaries:
            return plain
        claims = self.lane.table.claims_on(self.host)
        paths = {(each.path, each.match) for each in claims if each.answer.at == plain.at}
        found = (_share(claim, ingress) for claim, ingress in self._canaries if (claim.path, claim.match) in paths)
        shares = [each for each in found if each]
        if not shares:
            return plain
        return plain.treated(replace(plain.treatment, canary=", ".join(shares)))


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
