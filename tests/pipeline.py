"""From texts to a verdict, the way a review goes, without Git."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.core import Frame, analyse
from bot.bundle import Bundle
from bot.catalogue import kit
from bot.discovery.candidates import is_candidate
from bot.discovery.lost import unbuilt, withheld
from bot.discovery.plans import Stand, parameters_of, plans_of
from bot.discovery.reading import read_file
from bot.discovery.settling import settle
from bot.discovery.sides import bundle_of, reconcile, withholding
from bot.policy.schema import Policy
from bot.reading import Reading
from bot.verdict import Revision, Verdict

Files = Mapping[str, str]


def read(files: Files, policy: Policy) -> dict[str, Reading]:
    """What each file says that is to be read."""
    wanted = {path: text for path, text in files.items() if is_candidate(path, policy)}
    return {path: read_file(path, text.encode("utf-8", "surrogateescape")) for path, text in wanted.items()}


def bundle(readings: dict[str, Reading], other: dict[str, Reading], policy: Policy) -> Bundle:
    """The bundle that these files make."""
    one, two = (Stand(dict(sorted(each.items()))) for each in (readings, other))
    return bundle_of(plans_of(one, two, policy)[0], dict(sorted(readings.items())))


def bundles(before: Files, after: Files, policy: Policy) -> tuple[Bundle, Bundle]:
    """The bundles of both sides."""
    stands = [_stand(files, policy) for files in (before, after)]
    first, second = plans_of(*stands, policy)
    return bundle_of(first, stands[0].readings), bundle_of(second, stands[1].readings)


def _stand(files: Files, policy: Policy) -> Stand:
    readings = dict(sorted(read(files, policy).items()))
    wanted = parameters_of(readings)
    return Stand(readings, contents={path: files[path].encode("utf-8", "surrogateescape") for path in sorted(wanted)})


def judge(before: Files, after: Files, policy: Mapping[str, Any] | None = None) -> Verdict:
    """The verdict on the change from one set of files to another."""
    rules = Policy.model_validate(dict(policy or {}))
    touched = frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))
    stands = (_stand(before, rules), _stand(after, rules))
    old, new = bundles(before, after, rules)
    lost = before.keys() - after.keys()
    broken = unbuilt(plans_of(*stands, rules), (stands[0].readings, stands[1].readings), lost)
    new = replace(withholding(new, withheld(stands[1].readings, lost)), unbuilt=broken)
    sides = reconcile(*settle(old, new))
    frame = Frame(Revision("base", "b" * 40), Revision("head", "a" * 40), touched=touched)
    return analyse(*sides, rules, kit(), frame)
