"""docs/rules/: a page for each rule from the docstring of its module, and an index."""

import re

from bot import catalogue
from bot.rule import ChangeRule, Rule
from tests.docs.markdown import NOTE, table

HEADINGS = ("What it flags", "Why it matters", "Example", "Fix", "Limits")


def pages() -> dict[str, str]:
    """The pages by file name."""
    rules = catalogue.rules()
    return {"README.md": _index(rules), **{f"{rule.id}.md": _page(rule) for rule in rules}}


def faults(docstring: str) -> list[str]:
    """What a rule's docstring lacks of the fixed form."""
    parts = re.split(r"^## (.*)$", docstring, flags=re.MULTILINE)
    found = tuple(parts[1::2])
    if found != HEADINGS:
        return [f"the headings are {', '.join(found) or 'missing'}; they have to be {', '.join(HEADINGS)}"]
    sections = dict(zip(found, parts[2::2], strict=True))
    empty = [f"nothing stands under {heading}" for heading, text in sections.items() if not text.strip()]
    fenced = [] if re.search(r"^```yaml\n.*?^```$", sections["Example"], re.MULTILINE | re.DOTALL) else ["no example"]
    summary = parts[0].strip()
    unsaid = [] if summary and "\n" not in summary else ["the first line has to be one sentence"]
    return [*unsaid, *empty, *fenced]


def _index(rules: tuple[Rule, ...]) -> str:
    rows = [
        (f"[{rule.id}]({rule.id}.md)", rule.title, str(rule.severity), _judges(rule))
        for rule in sorted(rules, key=lambda rule: (-rule.severity, rule.id))
    ]
    return (
        f"# Rules\n\n{NOTE.format(source='the docstrings in bot/rules/')}\n"
        "Each rule names a hazard. The severity is the one that it starts from: a rule may say more or less of a "
        "particular case, and the [policy](../configuration.md) can set another or turn the rule off. "
        "`routeproof explain <rule>` prints the same pages.\n\n"
        "A rule that judges *the state* looks at both sides of a change: what only the new side shows is introduced, "
        "what both show existed before, what only the old side shows is fixed. A rule that judges *the change* says "
        "nothing of what stays as it was.\n\n"
        f"{table(('rule', 'what it says', 'severity', 'judges'), rows)}"
    )


def _page(rule: Rule) -> str:
    source = f"bot/rules/{rule.id.replace('-', '_')}.py"
    return (
        f"# {rule.id}\n\n{NOTE.format(source=f'the docstring of {source}')}\n"
        f"**{rule.title}** · severity {rule.severity} · judges {_judges(rule)} · "
        f"[all rules](README.md)\n\n{catalogue.page(rule)}\n\n"
        f"## In the policy\n```yaml\n# .github/routeproof.yml\nrules:\n  {rule.id}: off    # or a severity\n```\n"
    )


def _judges(rule: Rule) -> str:
    return "the change" if isinstance(rule, ChangeRule) else "the state"
