"""A small stand-in for GitHub, in memory: the requests that Routeproof makes of it, with the refusals that matter.

It holds one repository with one pull request. Sans I/O: `server` puts it on a port of this machine.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from bot.demo.pull import FULL_NAME, INSTALLATION, REPOSITORY, Pull

API = "/api/v3"
SLUG = "routeproof-demo"
TOKEN = "ghs_demo"  # noqa: S105 - opens nothing but the stand-in
_BOT = {"login": f"{SLUG}[bot]", "type": "Bot"}
_BODY = 65_536
_ANNOTATIONS = 50

Headers = Mapping[str, str]
Answer = tuple[int, Headers, bytes]
GitServing = Callable[[str, str, Headers, bytes], Answer]  # path below the repository, query, headers, body
Json = dict[str, Any]


class _Refused(Exception):  # noqa: N818 - reads as what it says
    """An answer that is no success."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors or []


@dataclass
class Posted:
    """What was written so far, as the API would state it."""

    check_runs: list[Json] = field(default_factory=list)
    comments: list[Json] = field(default_factory=list)
    reviews: list[Json] = field(default_factory=list)
    line_comments: list[Json] = field(default_factory=list)


class StandIn:
    """GitHub with one pull request; safe to be asked by several threads. `posted` is what is there now."""

    def __init__(self, pull: Pull, git: GitServing) -> None:
        self.pull = pull
        self.posted = Posted()
        self.completed = threading.Event()  # a check run is
        self._git = git
        self._ids = 1_000 * pull.number  # so that an id tells whose it is, where there are several
        self._lock = threading.Lock()
        repo = f"/repos/{FULL_NAME}"
        pull_path = rf"{repo}/pulls/{pull.number}"
        self._routes: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", "/app", lambda: {"id": 1, "slug": SLUG}),
            ("GET", "/user", lambda: _BOT),
            ("GET", f"{repo}/installation", lambda: {"id": INSTALLATION}),
            ("POST", r"/app/installations/\d+/access_tokens", _access),
            ("GET", repo, lambda: {"id": REPOSITORY, "full_name": FULL_NAME, "default_branch": pull.base}),
            ("GET", f"{repo}/pulls", lambda: [pull.stated()]),
            ("GET", pull_path, pull.stated),
            ("GET", f"{pull_path}/files", self._files),
            ("GET", f"{pull_path}/comments", lambda: self.posted.line_comments),
            ("POST", f"{pull_path}/comments", self._comment_on_line),
            (
                "PATCH",
                rf"{repo}/pulls/comments/(\d+)",
                lambda number, body: _edit(self.posted.line_comments, number, body),
            ),
            ("GET", f"{pull_path}/reviews", lambda: self.posted.reviews),
            ("POST", f"{pull_path}/reviews", self._review),
            ("GET", f"{repo}/issues/{pull.number}/comments", lambda: self.posted.comments),
            ("POST", f"{repo}/issues/{pull.number}/comments", self._comment),
            ("PATCH", rf"{repo}/issues/comments/(\d+)", lambda number, body: _edit(self.posted.comments, number, body)),
            ("POST", f"{repo}/check-runs", self._start_check),
            ("GET", rf"{repo}/check-runs/(\d+)", lambda number: _find(self.posted.check_runs, number)),
            ("PATCH", rf"{repo}/check-runs/(\d+)", self._change_check),
            ("GET", rf"{repo}/commits/([0-9a-f]+)/check-runs", self._checks_of),
        )

    def answer(self, verb: str, target: str, headers: Headers, body: bytes) -> Answer:
        """Answer a request: of the API, of GraphQL, or of git. Header names are in lower case."""
        path, _, query = target.partition("?")
        git = f"/{FULL_NAME}.git"
        if path.startswith(f"{git}/"):
            return self._git(path.removeprefix(git), query, headers, body)
        try:
            _signed(headers)
            with self._lock:
                said = self._graph(_read(body)) if path == "/api/graphql" else self._rest(verb, path, query, body)
                text = json.dumps(said).encode()
        except _Refused as refused:
            said = {"message": refused.message, "errors": refused.errors}
            return refused.status, _JSON, json.dumps(said).encode()
        return 201 if verb == "POST" and path.startswith(API) else 200, _JSON, text

    def _rest(self, verb: str, path: str, query: str, body: bytes) -> Any:
        for wanted, pattern, action in self._routes:
            found = re.fullmatch(API + pattern, path)
            if found and verb == wanted:
                said = action(*found.groups(), *([] if verb == "GET" else [_read(body)]))
                return _page(said, query) if isinstance(said, list) else said
        raise _Refused(404, "Not Found")

    def _graph(self, asked: Json) -> Json:
        wanted = asked.get("variables", {}).get("id")
        remarks = [each for each in (*self.posted.comments, *self.posted.line_comments) if each["node_id"] == wanted]
        for remark in remarks:
            remark["minimized"] = {"reason": "outdated"}
        return (
            {"data": {}} if remarks else {"errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
        )

    def _new(self, **fields: Any) -> Json:
        self._ids += 1
        return {"id": self._ids, "node_id": f"N_{self._ids}", "user": _BOT, **fields}

    def _files(self) -> list[Json]:
        return [{"filename": each.path, "status": each.status, "patch": each.patch} for each in self.pull.files]

    def _comment(self, body: Json) -> Json:
        made = self._new(body=_text(body))
        self.posted.comments.append(made)
        return made

    def _comment_on_line(self, body: Json) -> Json:
        if body.get("subject_type") != "file":
            self._place(body)
        elif all(each.path != body.get("path") for each in self.pull.files):
            raise _Refused(422, "Validation Failed", [{"field": "path", "code": "invalid"}])
        made = self._new(path=body["path"], line=body.get("line"), side=body.get("side"), body=_text(body))
        self.posted.line_comments.append(made)
        return made

    def _review(self, body: Json) -> Json:
        if body.get("commit_id") != self.pull.head_sha:
            raise _Refused(422, "Unprocessable Entity", ["commit_id is not part of the pull request"])
        for comment in body.get("comments", []):
            self._place(comment)
        made = self._new(body=_text(body), state="COMMENTED", commit_id=body["commit_id"])
        self.posted.reviews.append(made)
        for each in body.get("comments", []):
            fields = {name: each.get(name) for name in ("path", "line", "side", "start_line")}
            self.posted.line_comments.append(self._new(pull_request_review_id=made["id"], body=_text(each), **fields))
        return made

    def _place(self, comment: Json) -> None:
        """Refuse, as GitHub does, a comment on a line that the diff does not show."""
        lines = next((each.lines for each in self.pull.files if each.path == comment.get("path")), {})
        side = lines.get(comment.get("side", "RIGHT"), frozenset())
        if not {comment.get("line"), comment.get("start_line") or comment.get("line")} <= side:
            said = "Pull request review thread line must be part of the diff and Pull request review thread diff hunk"
            raise _Refused(422, "Unprocessable Entity", [f"{said} can't be blank"])
        if comment.get("start_line") == comment["line"]:
            raise _Refused(422, "Unprocessable Entity", ["start line must precede the end line"])

    def _start_check(self, body: Json) -> Json:
        if body.get("head_sha") != self.pull.head_sha:
            raise _Refused(422, f"No commit found for SHA: {body.get('head_sha')}")
        made = self._new(name=body["name"], head_sha=body["head_sha"], annotations=[])
        self.posted.check_runs.append(made)
        return self._written(made, {"status": "queued", **body})

    def _change_check(self, number: str, body: Json) -> Json:
        return self._written(_find(self.posted.check_runs, number), body)

    def _written(self, check: Json, body: Json) -> Json:
        output = dict(body.pop("output", None) or {})
        annotations = output.pop("annotations", [])
        if len(annotations) > _ANNOTATIONS:
            said = f"No more than {_ANNOTATIONS} items are allowed; {len(annotations)} were supplied."
            raise _Refused(422, f"Invalid request.\n\n{said}")
        check.update(body)
        check["annotations"] += annotations
        check["output"] = {**check.get("output", {}), **output, "annotations_count": len(check["annotations"])}
        if body.get("conclusion"):
            check["status"] = "completed"
            self.completed.set()
        return check

    def _checks_of(self, sha: str) -> Json:
        found = [each for each in self.posted.check_runs if each["head_sha"] == sha]
        return {"total_count": len(found), "check_runs": found}


_JSON = {"Content-Type": "application/json; charset=utf-8"}


def _signed(headers: Headers) -> None:
    if not headers.get("authorization"):
        raise _Refused(401, "Requires authentication")


def _access(_body: Json) -> Json:
    return {"token": TOKEN, "expires_at": "2099-01-01T00:00:00Z", "permissions": {"checks": "write"}}


def _read(body: bytes) -> Json:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        raise _Refused(400, "Problems parsing JSON") from None
    return read if isinstance(read, dict) else {}


def _text(body: Json) -> str:
    text = str(body.get("body", ""))
    if len(text) > _BODY:
        raise _Refused(422, "Validation Failed", [f"Body is too long (maximum is {_BODY} characters)"])
    return text


def _find(things: list[Json], number: str) -> Json:
    found = next((each for each in things if each["id"] == int(number)), None)
    if found is None:
        raise _Refused(404, "Not Found")
    return found


def _edit(things: list[Json], number: str, body: Json) -> Json:
    found = _find(things, number)
    found["body"] = _text(body)
    return found


def _page(items: list[Json], query: str) -> list[Json]:
    asked = parse_qs(query)
    size, page = (int(asked.get(name, [default])[0]) for name, default in (("per_page", "30"), ("page", "1")))
    return items[(page - 1) * size : page * size]
