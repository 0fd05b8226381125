"""One review with all comments on lines: one notification.

https://docs.github.com/en/rest/pulls/reviews
GitHub refuses the whole review for one line outside the diff, and takes no comment on a whole file in it.
"""

import re
from collections.abc import Sequence

from bot.github_app import comments, pull_state, wire
from bot.github_app.errors import Invalid
from bot.github_app.hunks import is_inside
from bot.github_app.once import once
from bot.github_app.site import Site
from bot.reporter.outgoing import LineComment

_MARKER = re.compile(r"<!-- routeproof:[^<>]{1,200} -->")


def post(site: Site, number: int, head_sha: str, marker: str, wanted: Sequence[LineComment]) -> None:
    """Post what is not there. A line outside the diff is told on its file, and not at all where it is no file of it."""
    on_lines = tuple(comment for comment in wanted if comment.line is not None)
    if on_lines:
        _on_lines(site, number, head_sha, marker, on_lines)
    for comment in wanted:
        if comment.line is None:
            _on_file(site, number, head_sha, comment)


def _on_lines(site: Site, number: int, head_sha: str, marker: str, wanted: tuple[LineComment, ...]) -> None:
    """The review; where GitHub refuses it, without the lines that are outside the diff.

    Those are told first: a try that dies after the review would not come to them any more.

    Raises:
        Invalid: GitHub refuses it for another reason.
    """
    try:
        _post(site, number, head_sha, marker, wanted)
    except Invalid:
        lines = pull_state.diff_lines(site, number)
        inside = tuple(comment for comment in wanted if is_inside(comment, lines))
        if len(inside) == len(wanted):
            raise
        for comment in wanted:
            if comment not in inside and comment.path in lines.right:
                _on_file(site, number, head_sha, comment)
        if inside:
            _post(site, number, head_sha, marker, inside)


def _post(site: Site, number: int, head_sha: str, marker: str, wanted: tuple[LineComment, ...]) -> None:
    path = f"{site.path}/pulls/{number}/reviews"
    body = {
        "commit_id": head_sha,
        "event": "COMMENT",
        "body": marker,
        "comments": [_comment(comment) for comment in wanted],
    }

    def look() -> wire.Review | None:
        author = site.author()
        pages = site.api.pages(path, tuple[wire.Review, ...])
        ours = (each for page in pages for each in page if each.user and each.user.login == author)
        return next((review for review in ours if marker in (review.body or "")), None)

    once(look, lambda: site.api.write("POST", path, body, wire.Review, content=True), site.sleep)


def _on_file(site: Site, number: int, head_sha: str, comment: LineComment) -> None:
    path = f"{site.path}/pulls/{number}/comments"
    body = {"commit_id": head_sha, "path": comment.path, "subject_type": "file", "body": comment.body}
    mark = next(iter(_MARKER.findall(comment.body)[-1:]), comment.body)

    def look() -> object | None:
        return next((each for each in comments.on_lines(site, number) if mark in each.body), None)

    def write() -> object:
        return site.api.write("POST", path, body, wire.Remark, content=True)

    try:
        once(look, write, site.sleep)
    except Invalid:  # the summary tells every finding
        return


def _comment(comment: LineComment) -> dict[str, object]:
    place: dict[str, object] = {"path": comment.path, "line": comment.line, "side": comment.side}
    if comment.start_line is not None and comment.start_line != comment.line:
        place |= {"start_line": comment.start_line, "start_side": comment.side}
    return {**place, "body": comment.body}
