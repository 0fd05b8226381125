"""From texts to a verdict, the way a review goes, without Git."""

from collections.abc import Mapping
from typing import Any

from bot.analysis.core import Frame, analyse
from bot.bundle import Bundle, Reading
from bot.catalogue import kit
from bot.discovery.candidates import is_candidate
from bot.discovery.plan import plan
from bot.discovery.reading import read_file
from bot.discovery.settling import settle
from bot.discovery.sides import bundle_of, kustomizations_of, reconcile
from bot.policy.schema import Policy
from bot.verdict import Revision, Verdict

Files = Mapping[str, str]


def read(files: Files, policy: Policy) -> dict[str, Reading]:
    """What each file says that is to be read."""
    wanted = {path: text for path, text in files.items() if is_candidate(path, policy)}
    return {path: read_file(path, text.encode("utf-8", "surrogateescape")) for path, text in wanted.items()}


def bundle(readings: dict[str, Reading], other: dict[str, Reading], policy: Policy) -> Bundle:
    """The bundle that these files make."""
    return bundle_of(plan(sorted(readings), kustomizations_of(readings, other), policy), readings)


def judge(before: Files, after: Files, policy: Mapping[str, Any] | None = None) -> Verdict:
    """The verdict on the change from one set of files to another."""
    rules = Policy.model_validate(dict(policy or {}))
    touched = frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))
    old, new = read(before, rules), read(after, rules)
    sides = reconcile(*settle(bundle(old, new, rules), bundle(new, old, rules)))
    frame = Frame(Revision("base", "b" * 40), Revision("head", "a" * 40), touched=touched)
    return analyse(*sides, rules, kit(), frame)
