"""Pure. What a channel is told of a pull request, and how that is written for its service."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

from bot.chat.config import Route
from bot.chat.markup import between, bold, code, link, sentence, weight
from bot.chat.service import Service
from bot.finding import Severity, counted
from bot.policy.globs import matches
from bot.ports import PullVerdict
from bot.reporter.escape import visible
from bot.reporter.outgoing import ChatFinding, ChatVerdict

_BLOCKING = frozenset({"failure", "action_required"})
_SETTLED = "Settled: what was told here no longer holds"
_URL = ":/?#=&%~._+-"  # what stays as it is in an address
_LINE, _PLACE = 200, 160  # characters


@dataclass(frozen=True, slots=True)
class Saying:
    """What is told of one pull request: plain text, as it is kept until it is sent (`stored`, `restored`).

    `seen` is the digest of what this channel is told; "" where there is nothing to tell (any more).
    """

    seen: str = ""
    pull: str = ""  # owner/name#number
    url: str = ""
    title: str = ""  # of the pull request
    line: str = ""
    severity: str = ""
    rule: str = ""
    message: str = ""
    place: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it goes to a service. `format` is apprise's `body_format`, None to pass the body on as it is."""

    title: str
    body: str
    format: str | None


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much is told of one pull request: the most characters of its title and of the finding's message."""

    title: int
    message: int
    finding: bool = True


_DETAILS = (_Detail(120, 500), _Detail(80, 200), _Detail(60, 0), _Detail(0, 0, finding=False))


def said(found: PullVerdict, routes: Sequence[Route], url: str) -> Saying:
    """What the routes that lead to one channel let it be told. Where that is nothing, the saying is an all clear."""
    verdict = found.verdict
    passing = [each for each in verdict.findings if any(_passes(each, route) for route in routes)]
    about = Saying(
        pull=f"{found.repo}#{found.pull.number}",
        url=quote(url, safe=_URL),
        title=found.pull.title,
        line=_SETTLED,
    )
    if not passing and not (verdict.conclusion in _BLOCKING and any(not route.rules for route in routes)):
        return about
    worst = passing[0] if passing else ChatFinding("", "", "", "")
    return Saying(
        seen=_digest(verdict.conclusion, passing),
        pull=about.pull,
        url=about.url,
        title=about.title,
        line=verdict.line,
        severity=worst.severity,
        rule=worst.rule,
        message=worst.message,
        place=worst.place,
        more=max(0, len(passing) - 1) + _unlisted(verdict, routes),
    )


def stored(saying: Saying) -> str:
    """The saying as JSON, in ASCII whatever it holds."""
    return json.dumps(asdict(saying))


def restored(text: str) -> Saying:
    """The saying again. Another version of Routeproof may have kept it, with other fields.

    Raises:
        ValueError: it is none.
    """
    given = json.loads(text)
    plain = asdict(Saying())
    if not isinstance(given, dict):
        raise ValueError("not a map")  # noqa: TRY004 - of a text, which has no other type
    if wrong := [name for name in plain if name in given and type(given[name]) is not type(plain[name])]:
        raise ValueError(f"{wrong[0]} is of another type")
    return Saying(**{name: given.get(name, value) for name, value in plain.items()})


def written(sayings: Sequence[Saying], service: Service) -> Written:
    """One message that tells of all these pull requests, worst first, within the limits of the service.

    What finds no room is shortened, then left out and counted; the links stay as long as there is room for any.
    """
    ordered = sorted(sayings, key=lambda each: -_rank(each.severity))
    return Written(_title(ordered, service), _body(ordered, service), service.format)


def _passes(finding: ChatFinding, route: Route) -> bool:
    return _rank(finding.severity) >= route.severity and (not route.rules or matches(finding.rule, route.rules))


def _rank(severity: str) -> int:
    return Severity[severity.upper()] if severity.upper() in Severity.__members__ else -1


def _digest(conclusion: str, findings: Iterable[ChatFinding]) -> str:
    seen = "\0".join((conclusion, *sorted({each.fingerprint for each in findings})))
    return hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _unlisted(verdict: ChatVerdict, routes: Sequence[Route]) -> int:
    """Those that the verdict only counts: no worse than its last, and told where a route takes all so mild."""
    mildest = min((_rank(each.severity) for each in verdict.findings), default=-1)
    return verdict.more if any(not route.rules and route.severity <= min(mildest, 0) for route in routes) else 0


def _title(sayings: Sequence[Saying], service: Service) -> str:
    if not service.title:
        return ""
    one = sayings[0]
    about = f"{one.pull}: {one.line}" if len(sayings) == 1 else counted(len(sayings), "pull request")
    shown = sentence(f"Routeproof: {about}", service.markup)
    return shown if len(shown) <= service.title else f"{shown[: service.title - 1]}…"


def _body(sayings: Sequence[Saying], service: Service) -> str:
    for detail in _DETAILS:
        body = "\n\n".join(_block(each, detail, service) for each in sayings)
        if _fits(body, service):
            return body
    return _most([_block(each, _DETAILS[-1], service) for each in sayings], service) or _least(sayings, service)


def _most(blocks: Sequence[str], service: Service) -> str:
    """As many as there is room for, and how many more; "" where there is room for none."""
    for kept in range(len(blocks) - 1, 0, -1):
        body = "\n\n".join((*blocks[:kept], f"and {counted(len(blocks) - kept, 'more pull request')}"))
        if _fits(body, service):
            return body
    return ""


def _least(sayings: Sequence[Saying], service: Service) -> str:
    """The bare address of the first."""
    more = f" and {len(sayings) - 1:,} more" if len(sayings) > 1 else ""
    with_more = f"{sayings[0].url}{more}"
    return with_more if _fits(with_more, service) else sayings[0].url


def _fits(body: str, service: Service) -> bool:
    return weight(body, service.markup) <= service.body


def _block(saying: Saying, detail: _Detail, service: Service) -> str:
    markup = service.markup
    lines = [bold(sentence(f"Routeproof: {_cut(saying.line, _LINE)}", markup), markup)]
    linked = link(saying.pull, saying.url, markup)
    title = sentence(_cut(saying.title, detail.title), markup)
    lines.append(f"{linked or sentence(saying.pull, markup)} {title}".rstrip())
    if saying.rule and detail.finding:
        lines.append(_finding(saying, detail, service))
        lines += [f"and {counted(saying.more, 'more finding')}"] if saying.more else []
    elif saying.rule:
        lines.append(f"{counted(saying.more + 1, 'finding')}, {sentence(saying.severity, markup)} at worst")
    return between(markup).join([*lines, *([] if linked else [saying.url])])


def _finding(saying: Saying, detail: _Detail, service: Service) -> str:
    markup = service.markup
    parts = [sentence(saying.severity.capitalize(), markup), code(_cut(saying.rule, 60), markup)]
    if detail.message:
        parts.append(sentence(_cut(saying.message, detail.message), markup))
    if saying.place:
        parts.append(code(_end(saying.place, _PLACE), markup))
    return " · ".join(parts)


def _cut(text: str, limit: int) -> str:
    """The beginning of a text, measured as it is shown."""
    shown = visible(text)
    if len(shown) <= limit:
        return shown
    return f"{shown[: limit - 1]}…" if limit else ""


def _end(text: str, limit: int) -> str:
    """The end of a text, which in a place is the file's name and the line."""
    shown = visible(text)
    return shown if len(shown) <= limit else f"…{shown[1 - limit :]}"
