"""For chat: the verdict line and the worst finding, few enough to be read in passing; who sends it adds the link."""

from bot.finding import Finding, counted
from bot.reporter import Context, Reporter, Subject
from bot.reporter.escape import visible
from bot.reporter.outgoing import ChatFinding, ChatVerdict
from bot.reporter.phrases import place_words, verdict_line
from bot.reporter.selection import told

_FINDINGS = 100
_MESSAGE = 500  # characters
_LINE = 200


def compose(subject: Subject) -> ChatVerdict:
    """The verdict as chat tells it: the findings that we are sure enough of, or that decide; worst first."""
    found = sorted(told(subject), key=lambda each: -each.severity)
    return ChatVerdict(
        conclusion=str(subject.conclusion),
        line=_cut(verdict_line(subject), _LINE),
        findings=tuple(_finding(each) for each in found[:_FINDINGS]),
        more=max(0, len(found) - _FINDINGS),
    )


def _finding(finding: Finding) -> ChatFinding:
    return ChatFinding(
        rule=finding.rule,
        severity=str(finding.severity),
        fingerprint=finding.fingerprint,
        message=_cut(finding.message, _MESSAGE),
        place=place_words(finding.location) if finding.location else "",
    )


def _cut(text: str, limit: int) -> str:
    """The beginning of a text, with no backtick left without its partner."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 2]
    return f"{kept}`…" if kept.count("`") % 2 else f"{kept}…"


def _render(subject: Subject, _context: Context) -> str:
    said = compose(subject)
    lines = [f"Routeproof: {said.line}"]
    if said.findings:
        worst = said.findings[0]
        lines.append(" · ".join(filter(None, (worst.severity.capitalize(), worst.rule, worst.message, worst.place))))
        more = len(said.findings) - 1 + said.more
        lines += [f"and {counted(more, 'more finding')}"] if more else []
    return "".join(f"{visible(line)}\n" for line in lines)


REPORTER = Reporter("chat", "text/plain; charset=utf-8", _render)
