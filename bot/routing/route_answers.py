"""Pure. What a rule of a route does with a request that it takes: who answers, and how it is treated on the way."""

from bot.gateway.attachment import by_weight, redirecting
from bot.gateway.model import Effect, Redirect, Target
from bot.ingress.model import Meta
from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.request import Request
from bot.routing.route_entries import Entry
from bot.routing.tls import OWN_CERTIFICATE

_PORTS = {"http": 80, "https": 443}


def respond(entry: Entry, request: Request, why: str) -> Answer:
    """The answer of the rule to a request."""
    meta = entry.attached.meta
    at = meta.location(entry.match.at)
    if entry.door.upgrade:
        location = _location(Redirect(scheme="https"), entry, request)
        return Answer(AnswerKind.REDIRECT, None, entry.door.upgrade, location, ingress=meta.ref, at=at, why=why)
    treatment = _treatment(entry, request)
    filter_ = redirecting(entry.rule)
    if filter_ is not None and filter_.redirect is not None:
        location = _location(filter_.redirect, entry, request)
        status = filter_.redirect.status
        return Answer(AnswerKind.REDIRECT, None, status, location, treatment, meta.ref, at, why)
    targets = by_weight(entry.rule)
    barred = [each for each in targets if (each.namespace, each.name) in entry.attached.barred]
    if barred and len(barred) == len(targets):
        why = f"{why} No ReferenceGrant in {barred[0].namespace} lets it refer to {barred[0].name}, so it gets 500."
        return Answer(AnswerKind.REJECT, None, 500, None, treatment, meta.ref, at, why)
    if not targets:
        kept = [each for each in entry.rule.filters if each.effect is not Effect.TIMEOUTS]
        if kept:
            said = f"{why} It names no backend, and only the controller knows what its filters answer."
            return Answer(AnswerKind.UNKNOWN, None, None, None, treatment, meta.ref, at, said)
        return Answer(AnswerKind.REJECT, None, 500, None, treatment, meta.ref, at, f"{why} It names no backend.")
    return Answer(AnswerKind.BACKEND, target_text(targets[0], meta), None, None, treatment, meta.ref, at, why)


def target_text(target: Target, meta: Meta) -> str:
    """`namespace/service:port`, or `namespace/Kind.group/name` for what is no Service."""
    namespace = target.namespace or meta.namespace.value
    place = f"{namespace}/" if namespace else ""
    if not target.service:
        kind = f"{target.kind}.{target.group}" if target.group else target.kind
        return f"{place}{kind}/{target.name}"
    return f"{place}{target.name}" if target.port is None else f"{place}{target.name}:{target.port}"


def _treatment(entry: Entry, request: Request) -> Treatment:
    said: dict[str, list[str]] = {}
    for each in entry.rule.filters:
        if each.effect is not Effect.REDIRECT:
            name = "filters" if each.effect is Effect.OTHER else str(each.effect)
            said.setdefault(name, []).append(each.said)
    targets = by_weight(entry.rule)
    if len(targets) > 1:
        whole = sum(each.weight for each in targets)
        meta = entry.attached.meta
        said["canary"] = [f"{target_text(each, meta)} {_share(each.weight, whole)}" for each in targets]
    if any(each.filtered for each in targets):
        said.setdefault("filters", []).append("filters of single backends")
    if request.scheme == "https" and entry.door.scheme == "https":
        said["tls"] = [entry.door.certificate or OWN_CERTIFICATE]
    return Treatment(**{name: ", ".join(parts) for name, parts in said.items()})


def _share(weight: int, whole: int) -> str:
    return f"{round(100 * weight / whole)}%"


def _location(redirect: Redirect, entry: Entry, request: Request) -> str:
    """HTTPRequestRedirectFilter: what is not said is kept; a port goes without saying where it is the scheme's."""
    scheme = redirect.scheme or request.scheme
    port = redirect.port if redirect.port not in {0, _PORTS.get(scheme)} else 0
    path = request.path
    if redirect.path is not None:
        path = _replaced(redirect.path, entry.match.path, path) if redirect.prefix else redirect.path
    query = f"?{request.query}" if request.query else ""
    return f"{scheme}://{redirect.host or request.host}{f':{port}' if port else ''}{path}{query}"


def _replaced(text: str, prefix: str, path: str) -> str:
    """HTTPPathModifier, ReplacePrefixMatch: the rest of the path behind the new prefix, a slash at its end left out."""
    return f"{text.rstrip('/')}{path[len(prefix.rstrip('/')) :]}" or "/"
