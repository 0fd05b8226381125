"""Pure. The words that all channels share, so that they say the same.

Phrases hold the repository's own text unescaped (though clipped); each channel makes it safe in its own way. Code in a
phrase stands between backticks.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from enum import StrEnum

from bot.diff.change import RouteChange
from bot.finding import Confidence, Finding, State, code, counted, listed
from bot.problem import Problem
from bot.reporter import Context, Subject
from bot.reporter.escape import clip, visible
from bot.reporter.rows import Row, rows_of
from bot.reporter.selection import blocking, listed_problems, told, unsure
from bot.routing.answer import Answer, AnswerKind
from bot.routing.expressions import read_expression
from bot.routing.request import Request
from bot.routing.table import Match
from bot.source import Location, Side
from bot.verdict import Audit, Route, Stats, Verdict

# How each part of a treatment is called, in the words that a reader's own manifest uses.
_TREATMENTS = {
    "tls": "TLS",
    "redirect": "redirect",
    "hsts": "HSTS",
    "auth": "sign-in",
    "sources": "source ranges",
    "rate": "rate limit",
    "body": "body limit",
    "cors": "CORS",
    "waf": "WAF",
    "rewrite": "rewrite",
    "timeouts": "timeouts",
    "protocol": "protocol",
    "canary": "canary",
    "mirror": "mirror",
    "headers": "headers",
    "affinity": "affinity",
    "filters": "filters",
}
Parts = tuple[str, tuple[str, ...]]  # who answers, and what is to be said of it

_PARENT = re.compile(r"[A-Z][A-Za-z]+ [^\s]+")  # no class is called so
_ANSWERED = frozenset({AnswerKind.BACKEND, AnswerKind.DEFAULT})


class Mark(StrEnum):
    """What becomes of a route."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


def verdict_line(subject: Subject) -> str:
    """The first line of every report, without a full stop."""
    return _audit_line(subject) if isinstance(subject, Audit) else _review_line(subject)


def _review_line(verdict: Verdict) -> str:
    missed = tuple(problem for problem in verdict.problems if problem.touched)
    sure = told(verdict)
    if not (verdict.routes or sure or missed):
        return f"No change in routing; {_compared(verdict.stats)} compared"
    rows = len(rows_of(verdict))
    parts = [counted(rows, "route changes", "routes change")] if rows else []
    if not (rows or sure):
        parts.append("No change seen in routing")  # findings speak for themselves
    deciding = blocking(verdict)
    if deciding:
        about_routes = len(deciding) <= rows and all(each.evidence for each in deciding)
        noun = "" if about_routes else " finding" if len(deciding) == 1 else " findings"
        parts.append(f"{len(deciding):,}{noun} {'needs' if len(deciding) == 1 else 'need'} a decision")
    elif sure:
        parts.append(counted(len(sure), "finding"))
    return ", ".join((*parts, *_missed(missed)))


def _compared(stats: Stats) -> str:
    return _objects(max(stats.ingresses_before, stats.ingresses_after), max(stats.routes_before, stats.routes_after))


def _objects(ingresses: int, routes: int) -> str:
    """`12 Ingresses`, `12 Ingresses and 3 route objects`, `3 route objects`."""
    parts = [counted(ingresses, "Ingress", "Ingresses")] if ingresses or not routes else []
    return " and ".join([*parts, *([counted(routes, "route object")] if routes else [])])


def owners_word(routes: Iterable[Route]) -> str:
    """What stands in the column of the objects that ask for routes."""
    return "Ingress" if all(route.claim.ingress.kind == "Ingress" for route in routes) else "object"


def _audit_line(audit: Audit) -> str:
    objects = _objects(audit.stats.ingresses_after, audit.stats.routes_after).replace(" and ", ", ")
    seen = f"{objects}, {counted(len(audit.routes), 'route')}"
    sure = len(told(audit))
    found = counted(sure, "finding") if sure else "no findings"
    deciding = len(blocking(audit))
    if deciding:
        number = "" if deciding == sure else f", {deciding:,}"
        found += f"{number} of severity {audit.fail_on} or above"
    return f"{seen}: " + ", ".join((found, *_missed(audit.problems)))


def _missed(problems: Sequence[Problem]) -> tuple[str, ...]:
    return (f"{counted(len(problems), 'thing')} could not be examined",) if problems else ()


def answer_words(answer: Answer, other: Answer | None = None) -> str:
    """What happens to a request, in a few words; beside another answer only what differs in treatment is told."""
    who, notes = answer_parts(answer, other)
    return ", ".join((who, *notes))


def answer_parts(answer: Answer, other: Answer | None = None) -> Parts:
    """The same in its parts: who answers, and what is to be said of the treatment."""
    own = dict(answer.treatment.items())
    others = dict(other.treatment.items()) if other is not None else {}
    notes = []
    for name, word in _TREATMENTS.items():
        value, beside = own.get(name), others.get(name)
        if value == beside:
            continue
        if value is None:
            if answer.kind in _ANSWERED:  # a request that nobody answers has lost more than its treatment
                notes.append(f"no {word}")
        elif name == "auth" and beside is None:
            notes.append(word)
        else:
            notes.append(_with_value(word, value))
    return clip(str(answer)), tuple(notes)


def sides_parts(route: RouteChange) -> tuple[Parts, Parts]:
    """What requests got before and what they get after, each beside the other; with its class where that changes."""
    before, after = answer_parts(route.before, route.after), answer_parts(route.after, route.before)
    if route.class_before is None:
        return before, after
    return (
        (before[0], (*before[1], class_words(route.class_before))),
        (after[0], (*after[1], class_words(route.class_name))),
    )


def sides_words(route: RouteChange) -> tuple[str, str]:
    """The same in a few words each."""
    before, after = (", ".join((who, *notes)) for who, notes in sides_parts(route))
    return before, after


def _with_value(word: str, value: str) -> str:
    if not value or value.lower().startswith(word.lower()):
        return clip(value)
    return f"{word} {'with ' if value.startswith('the ') else ''}{clip(value)}"


def mark_of(route: RouteChange) -> Mark:
    """Whether requests are answered anew, no longer, or otherwise."""
    if route.before.kind is AnswerKind.NONE:
        return Mark.ADDED
    return Mark.REMOVED if route.after.kind is AnswerKind.NONE else Mark.CHANGED


def request_words(route: RouteChange | Route) -> str:
    """The requests meant, as an address with `*`: `https://shop.example.com/admin/*`."""
    if isinstance(route, Route):
        claim = route.claim
        scheme = "https" if claim.answer.treatment.tls else "http"
        return f"{scheme}://{clip(claim.host or '*')}{path_words(claim.path, claim.match)}"
    return f"{route.witness.scheme}://{clip(route.host)}{path_words(route.path, route.match)}"


def path_words(path: str, match: Match) -> str:
    """A path as the requests it takes: `/api/*` by prefix, `/api` exactly, `/(a|b) (regex)` by expression."""
    shown = clip(path if path.startswith("/") or not path else f" {path}")
    if match is Match.EXACT:
        return shown
    if match is Match.REGEX:
        return f"{shown} (regex)"
    if match is Match.PREFIX:
        # An expression that is read as a prefix says itself what follows: `/api(/|$)(.*)`, `/*`.
        return shown if read_expression(path) else f"{shown.rstrip('/')}/*"
    return "/*"


def request_notes(row: Row) -> tuple[str, ...]:
    """What the address does not say: other paths inside it, doubtful bounds, where there are several: its clusters."""
    route = row.route
    notes = []
    if route.host == "*":
        notes.append("any host that no rule names")
    if route.except_:
        notes.append(f"except {listed(code(clip(path, 60)) for path in route.except_)}")
    if not route.complete:
        notes.append(f"bounds not known exactly; for example {code(witness_words(route.witness))}")
    if row.clusters:
        names = listed(code(clip(name, 60)) for name in row.clusters)
        notes.append(f"{'cluster' if len(row.clusters) == 1 else 'clusters'} {names}")
    if row.classed and route.class_before is None:
        kind, _, name = class_words(route.class_name).partition(" ")
        notes.append(f"{kind} {code(name)}" if route.class_name else "no class")
    return tuple(notes)


def class_words(name: str) -> str:
    """Who the clients of a lane are: `class nginx`, or what routes are attached to (`Gateway shop/public`)."""
    if not name:
        return "no class"
    return clip(name, 60) if _PARENT.fullmatch(name) else f"class {clip(name, 60)}"


def witness_words(request: Request) -> str:
    """A request that anyone can make: `GET https://shop.example.com/admin`, with its headers."""
    headers = "".join(f" -H {shlex.quote(f'{clip(name, 60)}: {clip(value, 60)}')}" for name, value in request.headers)
    return f"{request.method} {clip(request.url, 240)}{headers}"


def evidence_of(finding: Finding, subject: Subject) -> RouteChange | None:
    """The first route change that the finding rests on."""
    routes = subject.routes if isinstance(subject, Verdict) else ()
    return next((routes[index] for index in finding.evidence if 0 <= index < len(routes)), None)


def severity_words(finding: Finding) -> str:
    """`high`, and how sure where we are not, or why."""
    if finding.from_values:
        return f"{finding.severity}, from values, not rendered"
    if finding.confidence is Confidence.HIGH:
        return str(finding.severity)
    return f"{finding.severity}, confidence {finding.confidence}"


def place_words(location: Location) -> str:
    """`file:line`, and which side where it is gone from the head."""
    gone = " (before the change)" if location.side is Side.BASE else ""
    return f"{clip(location.file, 200)}:{location.span.line}{gone}"


def states_line(subject: Subject, context: Context, option: str = "--verbose") -> tuple[str, ...]:
    """What is counted and not shown: what is missed elsewhere, findings unsure or of other states, routes that stay.

    `option` shows the first two; "" where the reader has none to give, as in a comment.
    """
    shown = f", shown with {option}" if option else ""
    by_state = {state: sum(1 for each in subject.findings if each.state is state) for state in State}
    outside = len(subject.problems) - len(listed_problems(subject, context))
    hidden = 0 if context.verbose else unsure(subject)
    existing = 0 if isinstance(subject, Audit) else by_state[State.EXISTING]
    stay = subject.unchanged if isinstance(subject, Verdict) else 0
    words = (
        (outside, f"{counted(outside, 'thing')} outside this change could not be examined{shown}"),
        (hidden, f"{counted(hidden, 'unsure finding')}{shown or ' not shown'}"),
        (existing, f"{counted(existing, 'finding')} that {'was' if existing == 1 else 'were'} there before"),
        (by_state[State.WAIVED], f"{by_state[State.WAIVED]:,} waived"),
        (by_state[State.FIXED], f"{by_state[State.FIXED]:,} fixed"),
        (stay, f"{counted(stay, 'route')} unchanged"),
    )
    return tuple(each for number, each in words if number)


def compared_line(subject: Subject) -> str:
    """Which states were looked at."""
    if isinstance(subject, Audit):
        return f"examined {clip(subject.revision.short)}"
    joint = "with the merge of" if subject.compared == "merge" else "with"
    return f"compared {clip(subject.base.short)} {joint} {clip(subject.head.short)}"


def migrations(subject: Subject) -> tuple[str, ...]:
    """How much of what goes from Ingresses to routes is answered the same, in whole sentences."""
    return subject.migrations if isinstance(subject, Verdict) else ()


def stats_line(subject: Subject) -> str:
    """How much was looked at, and how long it took."""
    stats = subject.stats
    sides = isinstance(subject, Verdict)
    parts = (
        counted(stats.files, "file"),
        *((counted(stats.units, "unit"),) if stats.units else ()),
        _sides(stats.ingresses_before if sides else stats.ingresses_after, stats.ingresses_after, "Ingress", "es"),
        *(
            (_sides(stats.routes_before if sides else stats.routes_after, stats.routes_after, "route object", "s"),)
            if stats.routes_before or stats.routes_after
            else ()
        ),
        _sides(stats.hosts_before if sides else stats.hosts_after, stats.hosts_after, "host", "s"),
        *_cached(stats),
        f"{stats.seconds:.1f} s",
    )
    return " · ".join(parts)


def _sides(before: int, after: int, noun: str, ending: str) -> str:
    plural = noun + ending
    return counted(after, noun, plural) if before == after else f"{before:,} to {counted(after, noun, plural)}"


def _cached(stats: Stats) -> Iterable[str]:
    if stats.cache_hits:
        yield f"{stats.cache_hits:,} of {stats.cache_hits + stats.cache_misses:,} read from cache"


def replay_line(subject: Subject, context: Context) -> str:
    """The command that answers the first changed request again, safe to paste into a shell; "" where there is none."""
    rows = rows_of(subject) if isinstance(subject, Verdict) else ()
    url = rows[0].route.witness.url if rows else ""
    # A request that cannot be shown as it is must not be pasted either.
    plain = bool(url) and visible(url) == url and len(url) <= 500
    return context.replay.replace("{url}", shlex.quote(url) if plain else "URL")
