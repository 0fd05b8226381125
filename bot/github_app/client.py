"""The port `Forge`, fulfilled by GitHub or an Enterprise Server of it."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from bot.github_app import checks, comments, pull_state, reviews
from bot.github_app.api import Api, Server
from bot.github_app.auth import Credentials, RepoKeys
from bot.github_app.pace import Limits, Pacer
from bot.github_app.site import Site
from bot.ports import CheckRun, Comment, Forge, PullState, RepoRef
from bot.reporter.outgoing import CheckOutput, DiffLines, LineComment


class GitHubForge:
    """One repository."""

    def __init__(self, site: Site, web: str, token: Callable[[], str]) -> None:
        self._site = site
        self._web = web
        self._token = token

    def __repr__(self) -> str:
        return f"GitHubForge({self._site.repo})"

    def pull(self, number: int) -> PullState:
        """The pull request as it is now."""
        return pull_state.get(self._site, number)

    def open_pulls(self) -> Iterable[PullState]:
        """All open pull requests."""
        return pull_state.open_ones(self._site)

    def clone_url(self) -> str:
        """Where git fetches from, by the present name once a pull request was read."""
        return f"{self._web}/{self._site.repo}.git"

    def token(self) -> str:
        """The token for git."""
        return self._token()

    def diff_lines(self, number: int) -> DiffLines:
        """The lines that review comments may be put on."""
        return pull_state.diff_lines(self._site, number)

    def find_check(self, head_sha: str, external_id: str) -> CheckRun | None:
        """The newest one of that commit and purpose."""
        return checks.find(self._site, head_sha, external_id)

    def start_check(self, head_sha: str, external_id: str) -> CheckRun:
        """The one in progress, or a new one, beside a completed one too."""
        return checks.start(self._site, head_sha, external_id)

    def finish_check(self, check: CheckRun, conclusion: str, output: CheckOutput) -> None:
        """Complete it; does nothing where it stands so already."""
        checks.finish(self._site, check, conclusion, output)

    def comments(self, number: int) -> Sequence[Comment]:
        """Our own comments, oldest first."""
        return comments.on_conversation(self._site, number)

    def post_comment(self, number: int, marker: str, body: str) -> Comment:
        """Post a comment, unless one of ours with that marker is there."""
        return comments.post(self._site, number, marker, body)

    def edit_comment(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
        comments.edit(self._site, comment, body)

    def line_comments(self, number: int) -> Sequence[Comment]:
        """Our own comments on lines, oldest first."""
        return comments.on_lines(self._site, number)

    def post_review(self, number: int, head_sha: str, marker: str, comments: Sequence[LineComment]) -> None:
        """One review, unless one of ours with that marker is there; comments on whole files come beside it."""
        reviews.post(self._site, number, head_sha, marker, comments)

    def edit_line_comment(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment on a line."""
        comments.edit_on_line(self._site, comment, body)

    def minimize(self, comment: Comment) -> bool:
        """Hide a comment as outdated; False where that is not allowed."""
        return comments.minimize(self._site, comment)


class GitHubForges:
    """All repositories that the credentials open. One pacer for each installation, whichever thread writes."""

    def __init__(
        self,
        server: Server,
        credentials: Credentials,
        limits: Limits,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._server = server
        self._credentials = credentials
        self._new_pacer = partial(Pacer, limits, clock, sleep)
        self._pacers: dict[int, Pacer] = {}
        self._author = ""
        self._lock = threading.Lock()

    def forge(self, repo: RepoRef) -> Forge:
        """The one repository; each thread takes its own, for the connection in it."""
        with self._lock:
            pacer = self._pacers.setdefault(repo.installation, self._new_pacer())
        api = Api(self._server, RepoKeys(self._credentials, repo), pacer)
        site = Site(api, repo, lambda: self._who(api), self._credentials.app_id)
        return GitHubForge(site, self._server.web.rstrip("/"), lambda: self._credentials.token(repo))

    def _who(self, api: Api) -> str:
        """Asked once. Two threads that ask at the same time hear the same."""
        if not self._author:
            self._author = self._credentials.login(api)
        return self._author
