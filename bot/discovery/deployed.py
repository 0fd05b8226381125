"""What Flux and Argo CD are told to deploy, as values: how a Deployment puts objects into a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.discovery.added import NOTHING_ADDED, Added
from bot.discovery.substitution import NO_VARIABLES, Variables
from bot.reading import Deployment


class Put(NamedTuple):
    """How one Deployment puts objects into a cluster; `keeps` where they keep a namespace of their own."""

    cluster: str = ""  # "" where nothing tells
    namespace: str = ""
    keeps: bool = False
    prefix: str = ""
    suffix: str = ""
    variables: Variables = NO_VARIABLES
    patched: bool = False
    added: Added = NOTHING_ADDED


@dataclass(frozen=True)
class Deployed:
    """What Deployments put where: Kustomize roots by their folders, and single files.

    `suspended` maps roots and files that only suspended Kustomizations deploy to the name of one; `idle` holds folders
    of roots and plain files that nothing deploys although all beside them is. `astray` are Deployments of folders that
    this repository does not have. `installing` holds by file the Deployments that install a chart of this repository,
    and `sources` the folders of these charts by what is named of them: repository and path.
    """

    roots: Mapping[str, tuple[Put, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[Put, ...]] = field(default_factory=dict)
    charts: frozenset[str] = frozenset()
    suspended: Mapping[str, str] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()
    astray: tuple[Deployment, ...] = ()
    installing: Mapping[str, tuple[Deployment, ...]] = field(default_factory=dict)
    sources: Mapping[tuple[str, str], str] = field(default_factory=dict)


NOBODY = Deployed()
