"""Credentials: a GitHub App with a token for each repository, or one plain token."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from github import Auth
from jwt import PyJWTError

from bot.errors import Gone, Refused, UserError
from bot.github_app import wire
from bot.github_app.api import Api, Server, quoted
from bot.github_app.errors import Invalid
from bot.github_app.pace import UNLIMITED, Pacer
from bot.ports import RepoRef

EARLY = 300.0  # seconds before its end a token is replaced: git may be at work with it for minutes


class Credentials(Protocol):
    """Who we are on GitHub."""

    @property
    def app_id(self) -> int | None:
        """The App's number, where it is one."""
        ...

    def token(self, repo: RepoRef) -> str:
        """A token that opens this repository."""
        ...

    def forget(self, repo: RepoRef, token: str) -> bool:
        """A token was not accepted; whether another one can be had."""
        ...

    def login(self, api: Api) -> str:
        """The author of our comments; `api` is any view of GitHub with our token."""
        ...


@dataclass(frozen=True)
class RepoKeys:
    """What requests about one repository are signed with."""

    credentials: Credentials
    repo: RepoRef

    def auth(self) -> Auth.Auth:
        """A token, which may be a new one each time."""
        return SameToken(self.credentials.token(self.repo))

    def renew(self, used: Auth.Auth) -> bool:
        """Whether there can be another token."""
        return self.credentials.forget(self.repo, used.token)


class SameToken(Auth.Token):
    """A token that equals another with the same text, so that a connection is kept as long as its token."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameToken) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


@dataclass(frozen=True)
class PlainToken:
    """A token that a person made, or that of a workflow."""

    value: str = field(repr=False)
    app_id: None = None

    def token(self, repo: RepoRef) -> str:  # noqa: ARG002 - it is the same for all
        """The token."""
        return self.value

    def forget(self, repo: RepoRef, token: str) -> bool:  # noqa: ARG002 - there is nothing to forget
        """There is no other."""
        return False

    def login(self, api: Api) -> str:
        """The token's user; a workflow's token cannot read that, and is told by GraphQL who it is."""
        try:
            return api.get("/user", wire.Account).login
        except (Refused, Gone):
            data = api.graph("query { viewer { login } }", {}).data
        if data is None or data.viewer is None:
            raise Refused("GitHub does not say whose token this is.")
        return data.viewer.login


class AppCredentials:
    """A GitHub App. Tokens are narrowed to one repository and kept in memory until shortly before they end."""

    def __init__(
        self,
        app_id: int,
        private_key: str,
        server: Server,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` gives seconds since 1970.

        Raises:
            UserError: the key cannot be used.
        """
        self.app_id = app_id
        auth = _signer(app_id, private_key)
        self._server = server
        self._api = Api(server, AppKeys(auth), Pacer(UNLIMITED, clock, sleep))
        self._known: dict[RepoRef, wire.Access] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"AppCredentials({self.app_id})"

    def token(self, repo: RepoRef) -> str:
        """A token of the installation for this repository alone.

        Raises:
            Gone: the App is not installed there.
            Refused: the installation is suspended.
        """
        now = self._api.pacer.clock()
        with self._lock:
            known = self._known.get(repo)
        if known is not None and known.expires_at.timestamp() - EARLY > now:
            return known.token
        fresh = self._narrowed(repo)
        with self._lock:
            self._known = {each: it for each, it in self._known.items() if it.expires_at.timestamp() > now}
            self._known[repo] = fresh
        return fresh.token

    def forget(self, repo: RepoRef, token: str) -> bool:
        """The next token is a new one."""
        with self._lock:
            known = self._known.get(repo)
            if known is not None and known.token == token:
                del self._known[repo]
        return True

    def login(self, api: Api) -> str:  # noqa: ARG002 - an App asks as itself
        """The App's bot."""
        return f"{self._api.get('/app', wire.App).slug}[bot]"

    def _narrowed(self, repo: RepoRef) -> wire.Access:
        installation = repo.installation or self._installation(repo)
        try:
            return self._access(installation, {"repositories": [quoted(repo.name)]})
        except Invalid:
            # The installation knows no repository of that name: it was renamed, or taken away from the App.
            return self._access(installation, {"repositories": [self._renamed(installation, repo)]})

    def _access(self, installation: int, scope: dict[str, object]) -> wire.Access:
        # A token that is made twice harms nobody.
        path = f"/app/installations/{installation}/access_tokens"
        return self._api.write("POST", path, scope, wire.Access, again=True)

    def _installation(self, repo: RepoRef) -> int:
        return self._api.get(f"{repo_path(repo)}/installation", wire.Numbered).id

    def _renamed(self, installation: int, repo: RepoRef) -> str:
        """The present name, read with a token that may read names only."""
        names = self._access(installation, {"permissions": {"metadata": "read"}})
        api = Api(self._server, RepoKeys(PlainToken(names.token), repo), self._api.pacer)
        owner, _, name = api.get(repo_path(repo), wire.Repository).full_name.partition("/")
        if owner != repo.owner or name == repo.name:
            raise Gone(f"The App is not installed on {repo}.")
        return name


@dataclass(frozen=True)
class AppKeys:
    """What requests of the App as itself are signed with."""

    signer: Auth.AppAuth = field(repr=False)

    def auth(self) -> Auth.Auth:
        """The signer; each request carries a signature of its own moment."""
        return self.signer

    def renew(self, used: Auth.Auth) -> bool:  # noqa: ARG002 - there is one key
        """There is no other key."""
        return False


def repo_path(repo: RepoRef) -> str:
    """Where the API has the repository."""
    return f"/repos/{quoted(repo.owner)}/{quoted(repo.name)}"


def _signer(app_id: int, private_key: str) -> Auth.AppAuth:
    remedy = "Download a private key from the settings of the App and pass the whole file."
    if not private_key.strip():
        raise UserError("The private key of the App is empty.", remedy)
    signer = Auth.AppAuth(app_id, private_key)
    try:
        signer.create_jwt()
    except (ValueError, TypeError, PyJWTError):  # what they say may quote the key
        raise UserError("The private key of the App is not an RSA key in PEM form.", remedy) from None
    return signer
