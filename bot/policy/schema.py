"""Pure. The policy file `.github/routeproof.yml` as a frozen value.

The descriptions are the documentation: docs/configuration.md and the JSON Schema for editors are made from them.
"""

from enum import StrEnum

from pydantic import Field

from bot.finding import Severity
from bot.policy import globs
from bot.policy.form import Part
from bot.policy.globs import matches_path
from bot.policy.terms import (
    ApiVersion,
    ControllerId,
    HostPattern,
    NameGlob,
    ObjectGlob,
    PathGlob,
    PathName,
    RuleId,
    RuleSetting,
    SeverityName,
)

POLICY_FILE = ".github/routeproof.yml"

Globs = globs.Globs
matches = globs.matches


class Mode(StrEnum):
    """Whether findings can fail a pull request."""

    OBSERVE = "observe"
    ENFORCE = "enforce"


class ProblemsAs(StrEnum):
    """What a Problem on something that the change touches makes of the conclusion."""

    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"
    FAILURE = "failure"


class Paths(Part):
    """Which files are read.

    Globs are compared with the whole path from the repository's root: `*` stays inside one folder, `**` crosses
    folders, and a glob without any wildcard names a file or a folder with all that is in it.
    """

    include: tuple[PathGlob, ...] = Field(
        default=(), description="Only files that match one of these are read; empty means all."
    )
    exclude: tuple[PathGlob, ...] = Field(
        default=(), description="Files that match one of these are not read, whatever `include` says."
    )


class Hosts(Part):
    """Which hosts may, must or must not be served.

    A pattern is an exact host, `*.suffix` or `**` for every host. Unlike a wildcard host in an Ingress, which the API
    limits to one label, `*.example.com` here covers any depth, and not `example.com` itself.
    """

    required: tuple[HostPattern, ...] = Field(
        default=(),
        description="Each of these must be served by some Ingress after the change; `host-required-missing` says where "
        "one is not.",
    )
    allowed: tuple[HostPattern, ...] = Field(
        default=(),
        description="Where not empty, a host that none of these covers is flagged by `host-not-allowed`.",
    )
    forbidden: tuple[HostPattern, ...] = Field(
        default=(),
        description="A host that one of these covers, or shares requests with, is flagged by `host-not-allowed`, even "
        "where it is allowed.",
    )


class Elsewhere(Part):
    """What lives in other repositories or is made by hand, so that its absence here says nothing.

    Services and secrets are named `namespace/name`; `*` stands for any characters.
    """

    services: tuple[ObjectGlob, ...] = Field(
        default=(), description="Services, as `namespace/name`, that `backend-missing` takes to exist."
    )
    secrets: tuple[ObjectGlob, ...] = Field(
        default=(), description="Secrets, as `namespace/name`, that the TLS rules take to exist."
    )
    classes: tuple[NameGlob, ...] = Field(
        default=(), description="Names of IngressClasses that `class-unknown` takes to exist."
    )
    namespaces: tuple[NameGlob, ...] = Field(
        default=(), description="Namespaces whose Services and Secrets are all taken to exist."
    )


class ChartUnit(Part):
    """A chart of the repository with the values that it is installed with."""

    path: PathName = Field(description="The folder of the chart, `.` for the root of the repository.")
    values: tuple[PathName, ...] = Field(
        default=(),
        description="Files of values from the root of the repository, the later ones over the earlier ones.",
    )
    release: str = Field(
        default="", max_length=53, description="The name of the release; that of the chart's folder where unset."
    )
    namespace: str = Field(default="", max_length=63, description="Where it goes; `default` where unset.")
    cluster: str = Field(
        default="", max_length=200, description="The cluster it goes to; told by its folder where unset."
    )


class Units(Part):
    """What is deployed together, where the repository itself does not tell."""

    add: tuple[ChartUnit, ...] = Field(
        default=(),
        description="Charts and the values they are installed with. A chart named here is rendered in these ways "
        "alone, and not with the values that lie beside it.",
    )
    exclude: tuple[PathGlob, ...] = Field(
        default=(),
        description="Folders of charts, of overlays or of plain files that are deployed by nothing: what is in them is "
        "left out.",
    )

    def leaves_out(self, folder: str) -> bool:
        """Whether the unit of a folder is left out."""
        return bool(self.exclude) and matches_path(folder, self.exclude)


class Rendering(Part):
    """What charts are told of the cluster, as they ask for it (`.Capabilities`)."""

    kubernetes: str = Field(
        default="",
        pattern=r"^(?:v?[0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]{1,3})?)?$",
        description="The version of Kubernetes, such as `1.31`; the newest that Helm knows where unset.",
    )
    api_versions: tuple[ApiVersion, ...] = Field(
        default=(),
        description="APIs that the cluster has beyond those of Kubernetes itself, as `group/version` or "
        "`group/version/Kind`, such as `monitoring.coreos.com/v1`.",
    )


class Policy(Part):
    """The whole policy. Everything has a default, so an empty file is a policy."""

    version: int = Field(
        default=1, ge=1, le=1, strict=True, description="The version of this format; 1 is the only one."
    )
    mode: Mode = Field(
        default=Mode.ENFORCE,
        description="`enforce` lets a finding fail the pull request. `observe` says all the same and never does: the "
        "conclusion is `neutral` at worst.",
    )
    fail_on: SeverityName = Field(
        default=Severity.HIGH,
        description="Introduced findings of this severity or a worse one fail the pull request. The option `--fail-on` "
        "goes before it.",
    )
    problems: ProblemsAs = Field(
        default=ProblemsAs.NEUTRAL,
        description="The conclusion where something that the change touches could not be examined.",
    )
    paths: Paths = Field(default=Paths(), description="Which files are read.")
    clusters: dict[str, tuple[PathGlob, ...]] = Field(
        default_factory=dict,
        description="The files that belong to one cluster, by the cluster's name; a file goes to the first cluster "
        "that matches it, and counts as deployed. Conflicts are looked for within one cluster only. Files that match "
        "none are grouped by what Flux and Argo CD deploy where, by Kustomize folders and by well-known folder names.",
    )
    controllers: dict[str, ControllerId] = Field(
        default_factory=dict,
        description="The controller that serves an IngressClass, by the name of the class, where its name or the "
        "IngressClass object does not tell.",
    )
    elsewhere: Elsewhere = Field(default=Elsewhere(), description="What lives in other repositories.")
    units: Units = Field(default=Units(), description="What is deployed together, where the repository does not tell.")
    rendering: Rendering = Field(default=Rendering(), description="What charts are told of the cluster.")
    rules: dict[RuleId, RuleSetting] = Field(
        default_factory=dict,
        description="By rule id: `off`, or the severity that all findings of the rule get instead of its own.",
    )
    hosts: Hosts = Field(default=Hosts(), description="Which hosts may, must or must not be served.")


DEFAULTS = Policy()
