"""A small GitHub behind `responses`: it keeps what is written, judges every request, and fails where it is told to."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import responses

from bot.github_app.api import Server
from bot.github_app.auth import Credentials, PlainToken
from bot.github_app.client import GitHubForges
from bot.github_app.pace import UNLIMITED, Limits
from bot.ports import Forge, RepoRef
from tests.github_app.description import faults

SHA = "a" * 40
REPO = RepoRef("acme", "gitops", 7)
SECRET = "ghs_12345_eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl-_x"  # tokens are long since April 2026
NOW = 1_800_000_000.0
Reply = tuple[int, dict[str, str], str]


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = NOW
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Sent:
    """A request that arrived."""

    verb: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]


@dataclass
class Trouble:
    """What happens to the next request that fits: `reply` None loses the answer; `acts` first does what was asked."""

    verb: str
    path: str
    reply: Reply | None
    acts: bool


@dataclass
class FakeGitHub:
    """The state, and what happened. Change `files`, `pulls`, `name` and so on freely."""

    api: str = "https://api.github.com"
    name: str = "gitops"
    tokens: set[str] = field(default_factory=lambda: {SECRET})
    pulls: dict[int, Any] = field(default_factory=dict)
    files: list[Any] = field(default_factory=list)
    checks: list[Any] = field(default_factory=list)
    annotations: dict[int, list[Any]] = field(default_factory=dict)
    comments: list[Any] = field(default_factory=list)
    line_comments: list[Any] = field(default_factory=list)
    reviews: list[Any] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    graph_errors: list[Any] = field(default_factory=list)
    suspended: bool = False
    installed: set[str] = field(default_factory=lambda: {"gitops"})
    issued: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    page: int = 100
    sent: list[Sent] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def lose(self, verb: str, path: str, *, times: int = 1, acts: bool = True) -> None:
        """The connection breaks after GitHub has acted (or before)."""
        self.troubles += [Trouble(verb, path, None, acts) for _ in range(times)]

    def answer(
        self,
        verb: str,
        path: str,
        status: int,
        message: str = "",
        *,
        acts: bool = False,
        times: int = 1,
        **headers: str,
    ) -> None:
        """Another answer than the right one; underscores in the names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = (status, named, json.dumps({"message": message}))
        self.troubles += [Trouble(verb, path, reply, acts) for _ in range(times)]

    def wrote(self, verb: str, path: str) -> int:
        """How many requests of that kind arrived."""
        return sum(1 for each in self.sent if each.verb == verb and re.search(path, each.path))

    def forges(self, credentials: Credentials | None = None, limits: Limits = UNLIMITED) -> GitHubForges:
        """The client, looking at this."""
        web = self.api.removesuffix("/api/v3").replace("api.", "")
        server = Server(api=self.api, web=web)
        return GitHubForges(server, credentials or PlainToken(SECRET), limits, self.clock.time, self.clock.sleep)

    def forge(self, credentials: Credentials | None = None, limits: Limits = UNLIMITED) -> Forge:
        """The client for the one repository."""
        return self.forges(credentials, limits).forge(REPO)

    def receive(self, request: requests.PreparedRequest) -> Reply | Exception:
        """Every request comes through here."""
        url = urlsplit(request.url or "")
        body = json.loads(
            str(request.body, "utf-8") if isinstance(request.body, bytes) else str(request.body or "null")
        )
        prefix = urlsplit(self.api).path
        path = url.path.removeprefix(prefix)
        sent = Sent(
            request.method or "",
            path,
            parse_qs(url.query),
            body,
            {name: str(value) for name, value in request.headers.items()},
        )
        self.sent.append(sent)
        described = path.replace("/repositories/1", "/repos/acme/gitops", 1)
        if not path.endswith("/graphql"):
            self.complaints += [f"{sent.verb} {path}: {each}" for each in faults(sent.verb, described, url.query, body)]
        trouble = next((t for t in self.troubles if t.verb == sent.verb and re.search(t.path, path)), None)
        if trouble is None:
            return self._act(sent)
        self.troubles.remove(trouble)
        if trouble.acts:
            self._act(sent)
        return trouble.reply or requests.ConnectionError(
            "('Connection aborted.', RemoteDisconnected())", request=request
        )

    def _act(self, sent: Sent) -> Reply:
        where = re.match(r"/repos/acme/([^/]+)(.*)", sent.path)
        if sent.path.startswith("/app/installations/"):
            return self._token(sent)
        kind, token = sent.headers["Authorization"].split()
        if kind != "Bearer" and token not in self.tokens:  # the App itself signs anew each time
            return _reply(401, {"message": "Bad credentials"})
        if where and where[1] != self.name and where[1] == "gitops":
            status = 301 if sent.verb == "GET" else 307
            return status, {"Location": f"{self.api}/repositories/1{where[2]}"}, '{"message": "Moved"}'
        if where and where[1] != self.name:
            return _reply(404, {"message": "Not Found"})
        rest = where[2] if where else sent.path.removeprefix("/repositories/1")
        for verb, pattern, handler in ROUTES:
            found = re.fullmatch(pattern, rest)
            if verb == sent.verb and found:
                status, value, *more = getattr(self, handler)(sent, *found.groups())
                return _reply(status, value, {**self.headers, **(more[0] if more else {})})
        return _reply(404, {"message": "Not Found"})

    def _token(self, sent: Sent) -> Reply:
        if self.suspended:
            return _reply(403, {"message": "This installation has been suspended"})
        wanted = set(sent.body.get("repositories", ()))
        if not wanted <= self.installed:
            return _reply(422, {"message": "There is at least one repository that does not exist or is not accessible"})
        self.issued += 1
        token = f"{SECRET}{self.issued}"
        self.tokens.add(token)
        return _reply(201, {"token": token, "expires_at": "2027-01-15T09:00:00Z"})  # an hour after NOW

    def user(self, sent: Sent) -> Any:
        return 200, {"login": "routeproof[bot]", "id": 1}

    def app(self, sent: Sent) -> Any:
        return 200, {"slug": "routeproof", "id": 5}

    def installation(self, sent: Sent) -> Any:
        return 200, {"id": 7}

    def repository(self, sent: Sent) -> Any:
        return 200, {"id": 1, "full_name": f"acme/{self.name}"}

    def graphql(self, sent: Sent) -> Any:
        if self.graph_errors:
            return 200, {"data": None, "errors": self.graph_errors}
        if "viewer" in sent.body["query"]:
            return 200, {"data": {"viewer": {"login": "github-actions[bot]"}}}
        self.hidden.append(sent.body["variables"]["id"])
        return 200, {"data": {"minimizeComment": {"clientMutationId": None}}}

    def pull(self, sent: Sent, number: str) -> Any:
        return (200, self.pulls[int(number)]) if int(number) in self.pulls else (404, {"message": "Not Found"})

    def open_pulls(self, sent: Sent) -> Any:
        return self._page(sent, [each for each in self.pulls.values() if each["state"] == "open"])

    def changed(self, sent: Sent, number: str) -> Any:
        return self._page(sent, self.files)

    def create_check(self, sent: Sent) -> Any:
        output = {"title": None, "summary": None, "text": None, "annotations_count": 0}
        check = {"id": self._id(), "conclusion": None, "output": output, "app": {"id": 5}, **sent.body}
        self.checks.append(check)
        return 201, check

    def check(self, sent: Sent, number: str) -> Any:
        return 200, next(each for each in self.checks if each["id"] == int(number))

    def update_check(self, sent: Sent, number: str) -> Any:
        check = next(each for each in self.checks if each["id"] == int(number))
        output = sent.body.get("output", {})
        notes = self.annotations.setdefault(check["id"], [])
        notes.extend(output.get("annotations", ()))
        check["output"] |= {k: v for k, v in output.items() if k != "annotations"} | {"annotations_count": len(notes)}
        check |= {k: v for k, v in sent.body.items() if k != "output"}
        return 200, check

    def checks_of(self, sent: Sent, sha: str) -> Any:
        found = [each for each in self.checks if each["head_sha"] == sha]
        status, page, headers = self._page(sent, found)
        return status, {"total_count": len(found), "check_runs": page}, headers

    def list_comments(self, sent: Sent, number: str) -> Any:
        return self._page(sent, self.comments)

    def create_comment(self, sent: Sent, number: str) -> Any:
        self.comments.append(self._comment(body=sent.body["body"]))
        return 201, self.comments[-1]

    def update_comment(self, sent: Sent, number: str) -> Any:
        return self._edit(self.comments, sent, number)

    def list_line_comments(self, sent: Sent, number: str) -> Any:
        return self._page(sent, self.line_comments)

    def create_line_comment(self, sent: Sent, number: str) -> Any:
        self.line_comments.append(self._comment(line=None, **sent.body))
        return 201, self.line_comments[-1]

    def update_line_comment(self, sent: Sent, number: str) -> Any:
        return self._edit(self.line_comments, sent, number)

    def list_reviews(self, sent: Sent, number: str) -> Any:
        return self._page(sent, self.reviews)

    def create_review(self, sent: Sent, number: str) -> Any:
        wanted = sent.body["comments"]
        if any(each["line"] > 100 for each in wanted):
            message = "Pull request review thread line must be part of the diff and diff hunk can't be blank"
            return 422, {"message": "Unprocessable Entity", "errors": [message]}
        self.reviews.append(self._comment(body=sent.body["body"], commit_id=sent.body["commit_id"]))
        self.line_comments.extend(self._comment(**each) for each in wanted)
        return 200, self.reviews[-1]

    def _edit(self, there: list[Any], sent: Sent, number: str) -> Any:
        found = [each for each in there if each["id"] == int(number)]
        for each in found:
            each["body"] = sent.body["body"]
        return (200, found[0]) if found else (404, {"message": "Not Found"})

    def _page(self, sent: Sent, items: list[Any]) -> Any:
        number = int(sent.query.get("page", ["1"])[0])
        start = (number - 1) * self.page
        more = start + self.page < len(items)
        link = f'<{self.api}/repositories/1{_inside(sent.path)}?page={number + 1}&per_page=100>; rel="next"'
        return 200, items[start : start + self.page], {"Link": link} if more else {}

    def _comment(self, **fields: Any) -> Any:
        number = self._id()
        return {"id": number, "node_id": f"node-{number}", "user": {"login": "routeproof[bot]"}, **fields}

    def _id(self) -> int:
        # Ids are past 32 bits.
        return (
            4_000_000_000
            + sum(map(len, (self.checks, self.comments, self.line_comments, self.reviews)))
            + len(self.sent)
        )


ROUTES = (
    ("GET", r"", "repository"),
    ("GET", r"/user", "user"),
    ("GET", r"/app", "app"),
    ("GET", r"/installation", "installation"),
    ("POST", r"(?:/api)?/graphql", "graphql"),
    ("GET", r"/pulls", "open_pulls"),
    ("GET", r"/pulls/(\d+)", "pull"),
    ("GET", r"/pulls/(\d+)/files", "changed"),
    ("POST", r"/check-runs", "create_check"),
    ("GET", r"/check-runs/(\d+)", "check"),
    ("PATCH", r"/check-runs/(\d+)", "update_check"),
    ("GET", r"/commits/(\w+)/check-runs", "checks_of"),
    ("GET", r"/issues/(\d+)/comments", "list_comments"),
    ("POST", r"/issues/(\d+)/comments", "create_comment"),
    ("PATCH", r"/issues/comments/(\d+)", "update_comment"),
    ("GET", r"/pulls/(\d+)/comments", "list_line_comments"),
    ("POST", r"/pulls/(\d+)/comments", "create_line_comment"),
    ("PATCH", r"/pulls/comments/(\d+)", "update_line_comment"),
    ("GET", r"/pulls/(\d+)/reviews", "list_reviews"),
    ("POST", r"/pulls/(\d+)/reviews", "create_review"),
)


def a_pull(number: int = 1, **fields: Any) -> Any:
    """A pull request as the API tells it."""
    here = {"id": 1, "full_name": "acme/gitops"}
    return {
        "number": number,
        "state": "open",
        "title": "Expose the shop",
        "draft": False,
        "head": {"sha": SHA, "ref": "expose", "repo": here},
        "base": {"sha": "b" * 40, "ref": "main", "repo": here},
        "labels": [{"name": "shop"}],
        **fields,
    }


def serve(mock: responses.RequestsMock, github: FakeGitHub) -> None:
    """Answer all that is sent."""
    for verb in ("GET", "POST", "PATCH"):
        mock.add_callback(verb, re.compile(".*"), github.receive, content_type="application/json; charset=utf-8")


def _reply(status: int, value: Any, headers: dict[str, str] | None = None) -> Reply:
    return status, headers or {}, json.dumps(value)


def _inside(path: str) -> str:
    return re.sub(r"^/(repos/[^/]+/[^/]+|repositories/\d+)", "", path)
