"""Pure. Findings that rest on Ingresses which no chart was rendered for: what a release's values ask for is a guess.

Such a finding is told, with a low confidence, and decides nothing by itself. What a rule is itself unsure of is not
worth saying of a guess.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.diff.change import RouteChange
from bot.finding import Confidence, Finding
from bot.ingress.model import Ingress
from bot.rule import Hit

# What these rules look at is made by the chart alone: which Service answers, by which API version and object, of which
# class where the values name none, and with which TLS where they name none.
_OF_CHARTS = frozenset(
    {
        "api-version-removed",
        "backend-changed",
        "backend-missing",
        "backend-port-missing",
        "class-missing",
        "duplicate-object",
        "schema-invalid",
        "tls-missing",
    }
)


def rests_on_values(hit: Hit, routes: Sequence[RouteChange]) -> bool:
    """Whether an object that the hit is about, or a route that shows it, was read from values."""
    if any(place.object.from_values for place in (hit.place, *hit.also)):
        return True
    answers = (
        answer
        for index in hit.evidence
        if index < len(routes)
        for answer in (routes[index].before, routes[index].after)
    )
    return any(answer.ingress is not None and answer.ingress.from_values for answer in answers)


def tempered(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, those that rest on values with a low confidence, or left out where they cannot be right.

    What says the same as a finding on manifests is told with it.
    """
    firm = {_sentence(each) for each in findings if not each.from_values}
    for finding in findings:
        if not finding.from_values:
            yield finding
        elif finding.rule in _OF_CHARTS or finding.confidence is Confidence.LOW:
            continue
        elif _sentence(finding) in firm:
            yield replace(finding, from_values=False)
        else:
            yield replace(finding, confidence=Confidence.LOW)


def _sentence(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.state, finding.severity, finding.confidence, finding.subject, finding.message


def notes_on(ingresses: Iterable[Ingress]) -> Iterator[str]:
    """That some of these were read from values, in one sentence; nothing where none was."""
    if any(each.meta.values for each in ingresses):
        yield (
            "What charts make of their values is not rendered: the hosts, paths, TLS, classes and annotations in the "
            "values of releases are taken as they stand."
        )
