"""Pure. The parts of GitHub's answers that are read, as GitHub names them; all else in them is passed over."""

from datetime import datetime

from msgspec import Struct


class Account(Struct, frozen=True):
    """A user, or the bot of an App."""

    login: str


class Repository(Struct, frozen=True):
    """A repository; `full_name` is the present one, whatever it was asked by."""

    id: int
    full_name: str


class Tip(Struct, frozen=True):
    """One side of a pull request; `repo` is None where the fork was deleted."""

    sha: str
    ref: str
    repo: Repository | None = None


class Label(Struct, frozen=True):
    """A label of a pull request."""

    name: str


class Pull(Struct, frozen=True):
    """A pull request."""

    number: int
    state: str
    title: str
    head: Tip
    base: Tip
    draft: bool | None = False
    labels: tuple[Label, ...] = ()


class ChangedFile(Struct, frozen=True):
    """A file of a pull request; there is no patch for a binary, a large or an unchanged one."""

    filename: str
    patch: str | None = None


class Minimized(Struct, frozen=True):
    """Why a comment was hidden."""

    reason: str | None = None


class Remark(Struct, frozen=True):
    """A comment on a conversation or on a line."""

    id: int
    node_id: str
    user: Account | None = None
    body: str | None = ""
    path: str = ""
    line: int | None = None
    minimized: Minimized | None = None


class Review(Struct, frozen=True):
    """A review; its comments come apart."""

    id: int
    user: Account | None = None
    body: str | None = ""


class Output(Struct, frozen=True):
    """What a check run shows."""

    title: str | None = None
    summary: str | None = None
    annotations_count: int = 0


class Run(Struct, frozen=True):
    """A check run."""

    id: int
    name: str
    head_sha: str
    status: str
    external_id: str | None = None
    conclusion: str | None = None
    output: Output = Output()


class Runs(Struct, frozen=True):
    """A page of check runs."""

    check_runs: tuple[Run, ...]


class Access(Struct, frozen=True):
    """A token of an installation."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Access(expires_at={self.expires_at})"


class Numbered(Struct, frozen=True):
    """Anything of which only the id is read."""

    id: int


class App(Struct, frozen=True):
    """The App itself."""

    slug: str


class Complaint(Struct, frozen=True):
    """An error of a GraphQL request."""

    type: str = ""
    message: str = ""


class Viewer(Struct, frozen=True):
    """Whoever the token stands for."""

    viewer: Account | None = None


class Graph(Struct, frozen=True):
    """The answer to a GraphQL request."""

    data: Viewer | None = None
    errors: tuple[Complaint, ...] = ()
