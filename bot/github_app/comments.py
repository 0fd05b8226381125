"""Our own comments, on conversations and on lines: known by their author and a hidden marker.

https://docs.github.com/en/rest/issues/comments and https://docs.github.com/en/rest/pulls/comments
"""

from bot.errors import Gone, Refused
from bot.github_app import wire
from bot.github_app.once import once
from bot.github_app.site import Site
from bot.ports import Comment

HIDE = """mutation($id: ID!) {
  minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId }
}"""


def on_conversation(site: Site, number: int) -> tuple[Comment, ...]:
    """Those that we wrote, oldest first."""
    return _ours(site, f"{site.path}/issues/{number}/comments")


def on_lines(site: Site, number: int) -> tuple[Comment, ...]:
    """Those that we wrote, oldest first. GitHub does not say here which of them are hidden."""
    return _ours(site, f"{site.path}/pulls/{number}/comments")


def post(site: Site, number: int, marker: str, body: str) -> Comment:
    """Post, unless one with the marker is there."""

    def look() -> Comment | None:
        return next((each for each in on_conversation(site, number) if marker in each.body), None)

    def write() -> Comment:
        path = f"{site.path}/issues/{number}/comments"
        return _comment(site.api.write("POST", path, {"body": body}, wire.Remark, content=True))

    return once(look, write, site.sleep)


def edit(site: Site, comment: Comment, body: str) -> None:
    """Replace the text on a conversation, where it differs."""
    _edit(site, f"{site.path}/issues/comments/{comment.id}", comment, body)


def edit_on_line(site: Site, comment: Comment, body: str) -> None:
    """Replace the text on a line, where it differs."""
    _edit(site, f"{site.path}/pulls/comments/{comment.id}", comment, body)


def minimize(site: Site, comment: Comment) -> bool:
    """Hide as outdated, by GraphQL: REST cannot. True too where the comment is gone."""
    if comment.minimized:
        return True
    try:
        errors = site.api.graph(HIDE, {"id": comment.node_id}).errors
    except Refused:
        return False
    except Gone:
        return True
    return all(error.type == "NOT_FOUND" for error in errors)


def _edit(site: Site, path: str, comment: Comment, body: str) -> None:
    if body != comment.body:
        site.api.write("PATCH", path, {"body": body}, wire.Remark, content=True, again=True)


def _ours(site: Site, path: str) -> tuple[Comment, ...]:
    author = site.author()
    found = [_comment(remark) for page in site.api.pages(path, tuple[wire.Remark, ...]) for remark in page]
    return tuple(sorted((each for each in found if each.author == author), key=lambda comment: comment.id))


def _comment(remark: wire.Remark) -> Comment:
    author = remark.user.login if remark.user else ""
    hidden = remark.minimized is not None
    return Comment(remark.id, remark.node_id, author, remark.body or "", remark.path, remark.line, hidden)
