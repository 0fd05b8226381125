"""What readers of pull requests see of us in the end, to be compared between a quiet run and a troubled one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.ports import Comment
from bot.reporter.markers import SUMMARY, fingerprints_in
from tests.fakes import FakeForge


@dataclass(frozen=True)
class Shown:
    """What a reader of one pull request sees of us at its newest head."""

    checks: tuple[tuple[str, str | None, str], ...]
    summaries: tuple[str, ...]
    living: tuple[str, ...]
    reviews: int


def shown(forge: FakeForge, number: int) -> Shown:
    head = forge.pulls[number].head_sha
    ours = [each for each in forge.checks if each.head_sha == head]
    return Shown(
        checks=tuple((each.status, each.conclusion, forge.outputs[each.id].title) for each in ours),
        summaries=tuple(_timeless(each) for each in forge.conversation.get(number, []) if not _all_clear(each)),
        living=tuple(
            sorted(print_ for each in forge.on_lines.get(number, []) for print_ in fingerprints_in(each.body))
        ),
        reviews=len([each for each in forge.reviews if (each.number, each.head_sha) == (number, head)]),
    )


def assert_same(troubled: FakeForge, quiet: FakeForge, numbers: Iterable[int]) -> None:
    """All check runs are completed, nothing is there twice, and the newest heads look as in the quiet run."""
    assert [each for each in troubled.checks if each.status != "completed"] == []
    for number in numbers:
        seen = shown(troubled, number)
        assert replace(seen, reviews=0) == replace(shown(quiet, number), reviews=0)
        assert seen.reviews <= 1
        assert len(seen.checks) == 1
        assert len([each for each in troubled.conversation.get(number, []) if SUMMARY in each.body]) <= 1
        assert len(set(seen.living)) == len(seen.living)


def _all_clear(comment: Comment) -> bool:
    """Whether it is there for what an earlier head did, which a quiet run may never have seen."""
    return "no longer holds" in comment.body


def _timeless(comment: Comment) -> str:
    return re.sub(r"\d+\.\d s", "", comment.body)
