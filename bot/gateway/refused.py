"""What the API server refuses of an HTTPRoute, as far as people who come from Ingresses get it wrong.

After kubernetes-sigs/gateway-api apis/v1/httproute_types.go and shared_types.go, the validations beside the fields.
"""

import re
from collections.abc import Iterator

from bot.gateway.model import PathMatch, RouteRule
from bot.gateway.taken import text_in
from bot.ingress.fields import REFUSED, Fields
from bot.ingress.rules import check_host
from bot.manifest.template import symbolic

_FORBIDDEN = ("//", "/./", "/../", "%2f", "%2F", "#")
_FORBIDDEN_ENDS = ("/..", "/.")
_CHARACTERS = re.compile(r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})++")
_TYPES = ("Exact", "PathPrefix", "RegularExpression")


def check_hosts(spec: Fields) -> None:
    """Note the hostnames that are none."""
    for route, text, node in spec.texts("hostnames"):
        check_host(spec, route, text, node)


def check_rule(rule: Fields, made: RouteRule) -> None:
    """Note what of a rule is refused."""
    for match in rule.mappings("matches"):
        _check_path(match)
    filters = list(rule.mappings("filters"))
    if made.targets and any("requestRedirect" in each for each in filters):
        message = f"`{rule.route}` has both a RequestRedirect and `backendRefs`. {REFUSED}"
        rule.faults.add("redirect-with-backends", message, "Remove one of the two.", rule.node)
    if len(made.matches) != 1 or made.matches[0].type is not PathMatch.PREFIX:
        for each in _replacing(filters):
            message = f"`{each.route}` replaces the matched prefix, and the rule has not exactly one PathPrefix match."
            remedy = "Give each prefix a rule of its own."
            each.faults.add("prefix-replaced", f"{message} {REFUSED}", remedy, each.node)


def _replacing(filters: list[Fields]) -> Iterator[Fields]:
    for each in filters:
        for name in ("urlRewrite", "requestRedirect"):
            body = each.mapping(name) if name in each else None
            path = body.mapping("path") if body and "path" in body else None
            if path and text_in(path, "type") == "ReplacePrefixMatch":
                yield each


def _check_path(match: Fields) -> None:
    path = match.mapping("path") if "path" in match else None
    if path is None:
        return
    kind, text = text_in(path, "type") or "PathPrefix", text_in(path, "value") or "/"
    if symbolic(kind) or symbolic(text):
        return
    if kind not in _TYPES:
        message = f"`{path.name('type')}` is `{kind}`, which is no path type of an HTTPRoute. {REFUSED}"
        remedy = "Write `type: PathPrefix`." if kind == "Prefix" else f"Use one of {', '.join(_TYPES)}."
        path.faults.add("path-type-invalid", message, remedy, path.fields["type"].value)
    elif kind != "RegularExpression" and (wrong := _path_fault(text)):
        message = f"`{path.name('value')}` is `{text}`: a path of type {kind} {wrong}. {REFUSED}"
        remedy = "Write a plain path, or `type: RegularExpression` where an expression is meant."
        path.faults.add("path-invalid", message, remedy, path.fields["value"].value)


def _path_fault(text: str) -> str:
    if not text.startswith("/"):
        return "must begin with `/`"
    part = next((part for part in _FORBIDDEN if part in text), "")
    part = part or next((end for end in _FORBIDDEN_ENDS if text.endswith(end)), "")
    if part:
        return f"must not hold `{part}`"
    if len(text) > 1024:
        return "has at most 1,024 characters"
    return "" if _CHARACTERS.fullmatch(text) else "must not hold characters that a URL has to encode"
