"""Which documents direct what is deployed where, by their text; and what they say."""

import re
from dataclasses import dataclass, field

from bot.discovery import argo, flux
from bot.discovery.discretion import of_chart, of_deployment, of_repository, of_set, of_settings
from bot.manifest.node import Mapping
from bot.manifest.read import Document
from bot.reading import ApplicationSet, Deployment, RemoteChart, Repository, Settings

_GROUPS = (b"toolkit.fluxcd.io", b"extensions.fluxcd.io", b"controlplane.io", b"argoproj.io", b"ConfigMap")
_KINDS = re.compile(
    r"""^(?:- )?["']?kind["']?:[ \t]*["']?"""
    r"(?:Kustomization|FluxInstance|ArtifactGenerator|GitRepository|OCIRepository|HelmRepository|Bucket|Application"
    r"|ApplicationSet)\b",
    re.MULTILINE,
)
_API = re.compile(r"(?:toolkit\.fluxcd|extensions\.fluxcd|controlplane|argoproj)\.io/")
_RELEASE = re.compile(r"""^(?:- )?["']?kind["']?:[ \t]*["']?HelmRelease\b""", re.MULTILINE)
# What a release says of a chart in a repository, be it this one, or of Flux itself.
_SOURCES = ("Repository", "sync:")
_SETTINGS = re.compile(r"^kind:[ \t]*[\"']?ConfigMap\b", re.MULTILINE)
_SETTING = re.compile(
    r"""^(?: {2}| {4})(?:[_A-Za-z][_A-Za-z0-9]*:[ \t]*+[^\s|>]|["']?[-._\w]{1,200}\.ya?ml["']?:[ \t]*+\S)""",
    re.MULTILINE,
)
_DATA = re.compile(r"^data:[ \t]*$", re.MULTILINE)
_SMALL = 32 * 1024  # characters of a ConfigMap of settings


def directing(data: bytes) -> bool:
    """Whether the bytes of a file may hold a document that directs; costs next to nothing."""
    return any(group in data for group in _GROUPS)


def directs(text: str) -> bool:
    """Whether a document may direct, or hold the values of variables."""
    if _API.search(text) and _KINDS.search(text):
        return True
    if any(word in text for word in _SOURCES) and _RELEASE.search(text):
        return True
    return (
        len(text) <= _SMALL
        and bool(_SETTINGS.search(text))
        and bool(_DATA.search(text))
        and bool(_SETTING.search(text))
    )


@dataclass
class Directions:
    """What the documents of one file direct, without the secrets in it."""

    deployments: list[Deployment] = field(default_factory=list)
    sets: list[ApplicationSet] = field(default_factory=list)
    repositories: list[Repository] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    charts: list[RemoteChart] = field(default_factory=list)

    def take(self, document: Document) -> None:
        """Take in one document that is no kustomization."""
        self.deployments += map(of_deployment, flux.deployments_of(document))
        self.deployments += map(of_deployment, argo.applications_of(document))
        self.sets += map(of_set, argo.sets_of(document))
        self.repositories += map(of_repository, flux.repositories_of(document))
        self.settings += map(of_settings, flux.settings_of(document.root))
        self.charts += map(of_chart, flux.charts_of(document))
        self.charts += map(of_chart, argo.charts_of(document))

    def generated(self, root: Mapping) -> None:
        """Take in what a kustomization generates."""
        self.settings += map(of_settings, flux.generated_settings(root))
