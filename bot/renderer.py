"""Pure. What a renderer is given and gives back; the renderers themselves are in `renderers/`.

A renderer turns a Unit that Git does not hold as it is applied (an overlay, a chart with values) into the text that
the cluster gets. That text is read like a file; its Origins lead from each line of it back to what a person wrote.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from bot.problem import ProblemKind
from bot.source import START, Span

MIB = 1024 * 1024

Files = Mapping[str, bytes]  # path in the repository -> content; links are resolved by the caller


_KINDS = """
Ingress IngressClass Service Namespace
Secret SealedSecret ExternalSecret Certificate VaultStaticSecret VaultDynamicSecret VaultPKISecret VaultSecret
InfisicalSecret DopplerSecret OnePasswordItem AzureKeyVaultSecret
Gateway GatewayClass ListenerSet HTTPRoute GRPCRoute TLSRoute TCPRoute ReferenceGrant BackendTLSPolicy
IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP TraefikService TLSOption TLSStore
HTTPProxy TLSCertificateDelegation
VirtualServer VirtualServerRoute Policy TransportServer
VirtualService DestinationRule ServiceEntry
Route
"""
TRACED = frozenset(_KINDS.split())
"""The kinds whose fields get Origins: those that route, and what they refer to."""


class By(StrEnum):
    """What kind of place set a value."""

    RESOURCE = "resource"
    PATCH = "patch"
    REPLACEMENT = "replacement"
    COMPONENT = "component"
    GENERATOR = "generator"
    KUSTOMIZATION = "kustomization"
    VALUES = "values"
    TEMPLATE = "template"
    CHART = "chart"


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place that a person wrote, in a file of the repository."""

    file: str
    span: Span
    by: By


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field of a rendered object comes from.

    `line` counts from 1 in the rendered text and is the field's first line; `path` leads to the field within its
    object, indexes of lists among the names ("spec", "rules", "0", "host"), () for the object itself. `sources` begins
    with the place that set the value, and is never empty.
    """

    line: int
    path: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the cluster gets, as YAML documents; origins are in the order of lines.

    `read` holds every path in the repository that the result depends on, those that were looked for in vain too.
    What differs from one render to the next stands in the text as a variable (`${random}`).
    `left_out` tells of parts of the Unit that are not in the text.
    """

    text: str
    origins: tuple[Origin, ...]
    read: frozenset[str]
    left_out: "tuple[Failure, ...]" = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a Unit could not be rendered; it becomes a Problem on that Unit alone.

    `message` and `remedy` are one line each, however long and odd what the repository says.
    """

    kind: ProblemKind
    message: str
    remedy: str
    source: Source | None = None


class Form(StrEnum):
    """How a values document is written."""

    YAML = "yaml"
    SET = "set"  # `a.b[0]=c`, as `helm template --set` takes it
    SET_STRING = "set-string"
    SET_LITERAL = "set-literal"


@dataclass(frozen=True, slots=True)
class Values:
    """One values document and where a person wrote it: a file, or a part of one.

    `at` is where the text begins in the file. Its lines are those of the file from there on, without the indentation
    that `at` tells by its column; where they are not (`exact` is false, or another form), each value is found where
    `places` says of its path, else at `at`.
    """

    text: str
    file: str
    at: Span = START
    form: Form = Form.YAML
    exact: bool = True
    places: Mapping[tuple[str, ...], Span] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class FetchedChart:
    """A chart that was fetched: the bytes of a .tgz, their digest (`sha256:...`), and the version that was found."""

    data: bytes = field(repr=False)
    digest: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class ChartJob:
    """A chart to render: a folder of `files` ("" for the root), or an archive among them.

    Values are merged in their order, the last wins. `named` is the place to tell where the chart itself is the cause
    and its files are not in the repository: where the chart and its version are named.
    """

    chart: str
    files: Files
    values: tuple[Values, ...] = ()
    release: str = "release-name"
    namespace: str = "default"
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    named: Source | None = None


@dataclass(frozen=True, slots=True)
class OverlayJob:
    """A kustomization to build: that of a folder of `files`, "" for the root.

    `links` are symbolic links: their paths, and the paths of `files` that they lead to. `inserted` tells of files that
    are none in the repository where a person wrote them. Objects of other kinds than `kinds` are left out of the text.
    `program` is the path of another kustomize or kubectl than the one that comes with the extra. `partial` leaves out
    the resources that are not in the repository, instead of failing. `beyond` lets a kustomization name files outside
    of its folder, as Flux does.
    """

    root: str
    files: Files
    links: Mapping[str, str] = field(default_factory=dict)
    inserted: Mapping[str, Values] = field(default_factory=dict)
    kinds: frozenset[str] = TRACED
    program: str = ""
    partial: bool = False
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What one render may take, on the clock and of one process: it can start threads, but no other process."""

    seconds: float = 20.0
    memory: int = 2048 * MIB  # of address space: Go sets aside much more than it uses
    output: int = 32 * MIB  # bytes; no other file is written
    files: int = 256  # open at the same time


Job = TypeVar("Job")


@dataclass(frozen=True)
class Renderer(Generic[Job]):
    """One renderer; the file that exposes it is named as its id. It never raises, whatever the files hold.

    `version` changes where the same job may give another result; "" where the tool is not installed.
    """

    id: str
    render: Callable[[Job, Limits], Rendered | Failure]
    version: Callable[[], str]


def one_line(text: str, most: int = 400) -> str:
    """Text from a repository or a tool as part of a message: on one line, printable, of bounded length."""
    cut = text[: most * 4]
    line = " ".join("".join(char if char.isprintable() else " " for char in cut).split())
    return line if len(line) <= most and len(cut) == len(text) else f"{line[: most - 1].rstrip()}…"
