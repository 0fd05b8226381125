"""Pure. From the event that started the workflow to the states that are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.checkout.tip import Tip
from bot.cli.action.inputs import Inputs, Mode
from bot.errors import UserError
from bot.github_app.fields import at, commit, number, text

REMEDY = "Give the input `base`: a branch, a tag or a commit that is in the checkout."


@dataclass(frozen=True, slots=True)
class Event:
    """What the runner says of the event; `payload` may hold anything."""

    name: str
    sha: str
    payload: Mapping[str, Any]
    repository: str


@dataclass(frozen=True, slots=True)
class Pull:
    """The pull request that the event is about. `fork` is also true where the head's repository is gone."""

    number: int
    head: str
    fork: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """Two states: as they are (`trees`), or the base with the merge of both.

    `exact` says that both are ids of commits, which can be fetched; `fallback` names refs that hold them.
    """

    base: str
    head: str
    trees: bool = False
    exact: bool = False
    fallback: tuple[str, ...] = ()
    pull: Pull | None = None


@dataclass(frozen=True, slots=True)
class Examine:
    """One state."""

    head: str
    exact: bool = False


Task = Compare | Examine


def task_of(event: Event, inputs: Inputs, tip: Tip | None) -> Task:
    """What is to be done; `tip` is the commit that is checked out.

    Raises:
        UserError: a review is asked for and the event does not say of what.
    """
    if inputs.mode is Mode.AUDIT:
        return _audit(event, inputs, tip)
    if inputs.base:
        return Compare(inputs.base, inputs.head or "HEAD")
    found = _change(event, inputs, tip)
    if found is None and inputs.mode is Mode.REVIEW:
        raise UserError(f"The event {event.name!r} has no change to be reviewed.", REMEDY)
    return found or _audit(event, inputs, tip)


def pull_of(event: Event) -> Pull | None:
    """The pull request of the event, whatever the event is called."""
    payload = at(event.payload, "pull_request")
    found = Pull(
        number=number(payload, "number"),
        head=commit(payload, "head", "sha"),
        fork=text(payload, "head", "repo", "full_name").lower() != event.repository.lower(),
    )
    return found if found.number and found.head else None


def _change(event: Event, inputs: Inputs, tip: Tip | None) -> Compare | None:
    pull = pull_of(event)
    if pull is not None:
        return _pull_request(event, pull, tip)
    if event.name == "merge_group":
        group = at(event.payload, "merge_group")
        return _states(commit(group, "base_sha"), commit(group, "head_sha"), text(group, "head_ref"))
    if event.name == "push" and inputs.mode is Mode.REVIEW:
        return _states(commit(event.payload, "before"), commit(event.payload, "after"), text(event.payload, "ref"))
    return None


def _pull_request(event: Event, pull: Pull, tip: Tip | None) -> Compare | None:
    """What merging does: GitHub's own merge where it is checked out, else the merge of base and head as we make it."""
    if tip is not None and len(tip.parents) == 2 and tip.parents[1] == pull.head:
        refs = (f"refs/pull/{pull.number}/merge",)
        return Compare(tip.parents[0], tip.commit, trees=True, exact=True, fallback=refs, pull=pull)
    base = commit(event.payload, "pull_request", "base", "sha")
    refs = (f"refs/pull/{pull.number}/head",)
    return Compare(base, pull.head, exact=True, fallback=refs, pull=pull) if base else None


def _states(before: str, after: str, ref: str) -> Compare | None:
    if not before or not after:  # a new or a deleted branch
        return None
    refs = (ref,) if ref.startswith("refs/") else ()
    return Compare(before, after, trees=True, exact=True, fallback=refs)


def _audit(event: Event, inputs: Inputs, tip: Tip | None) -> Examine:
    if inputs.head or tip is not None or not event.sha:
        return Examine(inputs.head or "HEAD")
    return Examine(event.sha, exact=True)
