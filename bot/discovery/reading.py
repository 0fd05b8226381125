"""One file -> all that it yields: the only way from bytes to the model."""

import re
from collections.abc import Iterable

from bot.discovery.candidates import names_values
from bot.discovery.directions import Directions, directing, directs
from bot.discovery.installs import kind_of, uses_of
from bot.discovery.kustomization import (
    charts_of,
    generated_secrets,
    is_kustomization,
    named_kustomization,
    read_kustomization,
)
from bot.discovery.releases import RELEASES, read_charts, read_release, read_values_file
from bot.gateway.model import FilterSet, Gateway, Grant, Route
from bot.gateway.parse import KINDS as ROUTING
from bot.gateway.parse import Object as RoutingObject
from bot.gateway.parse import parse as parse_routing
from bot.ingress.model import Ingress, IngressClass, Namespace, SecretSource, Service
from bot.ingress.parse import KINDS, Object, Unmodelled, parse
from bot.manifest.masking import secret_texts
from bot.manifest.node import Mapping
from bot.manifest.read import Document, read
from bot.manifest.repeated import without
from bot.manifest.sieve import Sieve
from bot.problem import ProblemKind
from bot.reading import NOTHING, Broken, ChartUse, Kustomization, Reading, Release

_SIEVE = Sieve((*KINDS, *ROUTING))
_RELEASES = Sieve(RELEASES)
# What installs a chart concerns us where it speaks of an Ingress, in either letter case, or of routes to hosts.
_VALUES = ("ngress", "hostnames")
_VALUES_DATA = tuple(word.encode() for word in _VALUES)
# Or where its values lie in other files.
_ELSEWHERE = (b"valuesFrom", b"valueFiles")
_CLUES = (*_VALUES, *(word.decode() for word in _ELSEWHERE))
_NAMES = "Ingress|HTTPRoute|IngressRoute|HTTPProxy|VirtualServer|VirtualServerRoute|VirtualService"
_KIND = rf"""kind["']?[ \t]*+:\s*+["']?(?:{_NAMES})["']?[ \t]*+(?=[\r\n#,}}\\]|$)"""
_OWN_LINE = re.compile(r"^(?:- )?[\"']?" + _KIND, re.MULTILINE)
_ANYWHERE = re.compile(_KIND)
_API = re.compile(r"networking\.k8s\.io/v1|extensions/v1beta1")


def interesting(data: bytes, path: str = "") -> bool:
    """Whether a file can yield anything at all; costs next to nothing and never says no to an Ingress."""
    return _SIEVE.data(data) or named_kustomization(path)


def read_file(path: str, data: bytes, *, thorough: bool = False) -> Reading:
    """All that a file yields. Total: whatever the bytes are, nothing is raised.

    `thorough` also reports documents that cannot be read and show no sign of holding anything of interest: for a file
    that held an Ingress on the other side of the change.
    """
    if names_values(path):
        return _values_file(path, data)
    kustomization = named_kustomization(path)
    everything = thorough or kustomization
    releases = any(word in data for word in (*_VALUES_DATA, *_ELSEWHERE)) and _RELEASES.data(data)
    directions = directing(data)
    if not everything and not releases and not directions and not _SIEVE.data(data):
        return NOTHING
    reading = _Reading()
    for part in read(data, path, None if everything else _wanted):
        if isinstance(part, Document):
            reading.take(part)
            if releases:
                reading.install(part)
        elif everything or _SIEVE.plain(part.text) or (releases and _seems_release(part.text)):
            ingress = seems_ingress(part.text) or _seems_release(part.text)
            message = without(part.message, secret_texts(part.text))
            reading.broken.append(Broken(part.kind, message, part.remedy, part.at, ingress))
    return reading.value()


def _values_file(path: str, data: bytes) -> Reading:
    if _VALUES_DATA[0] not in data:
        return NOTHING
    for part in read(data, path):
        if isinstance(part, Document):
            asked, release = read_values_file(part)
            return Reading(values=asked, releases=(release,) if release else ())
    return NOTHING


def _wanted(text: str) -> bool:
    return _SIEVE.text(text) or (any(word in text for word in _CLUES) and _RELEASES.plain(text)) or directs(text)


def _seems_release(text: str) -> bool:
    """Whether text that cannot be read looks like it installs a chart with values about an Ingress."""
    return any(word in text for word in _VALUES) and _RELEASES.plain(text)


def seems_ingress(text: str) -> bool:
    """Whether text that cannot be read looks like it holds an Ingress or another object that routes.

    A `kind: Ingress` or the like that begins a line does; one deeper in may be part of a whitelist, so it needs an API
    version too.
    """
    if _OWN_LINE.search(text):
        return True
    return bool(_ANYWHERE.search(text)) and bool(_API.search(text))


class _Reading:
    """Sorts the objects of one file by kind."""

    def __init__(self) -> None:
        self.ingresses: list[Ingress] = []
        self.classes: list[IngressClass] = []
        self.services: list[Service] = []
        self.secrets: list[SecretSource] = []
        self.namespaces: list[Namespace] = []
        self.releases: list[Release] = []
        self.broken: list[Broken] = []
        self.kustomization: Kustomization | None = None
        self.uses: list[ChartUse] = []
        self.directions = Directions()
        self.routes: list[Route] = []
        self.gateways: list[Gateway] = []
        self.grants: list[Grant] = []
        self.filter_sets: list[FilterSet] = []

    def take(self, document: Document) -> None:
        """Take in one document."""
        if is_kustomization(document) and isinstance(document.root, Mapping):
            self.kustomization = read_kustomization(document, document.root)
            self.uses.extend(charts_of(document, document.root))
            self._install(*read_charts(document))
            self.secrets.extend(generated_secrets(document, document.root))
            self.directions.generated(document.root)
            return
        self.directions.take(document)
        for item in parse(document):
            self._sort(item)
        for each in parse_routing(document):
            self._sort_routing(each)

    def install(self, document: Document) -> None:
        """Take in what a document that installs charts asks for by its values."""
        self._install(*read_release(document))
        self.uses.extend(uses_of(document, kind_of(document.root)))

    def _install(self, ingresses: Iterable[Ingress], release: Release | None) -> None:
        self.ingresses.extend(ingresses)
        if release is not None:
            self.releases.append(release)

    def _sort(self, item: Object) -> None:
        match item:
            case Ingress():
                self.ingresses.append(item)
            case IngressClass():
                self.classes.append(item)
            case Service():
                self.services.append(item)
            case SecretSource():
                self.secrets.append(item)
            case Namespace():
                self.namespaces.append(item)
            case _:
                self._unmodelled(item)

    def _sort_routing(self, item: RoutingObject | Unmodelled) -> None:
        match item:
            case Route():
                self.routes.append(item)
            case Gateway():
                self.gateways.append(item)
            case Grant():
                self.grants.append(item)
            case FilterSet():
                self.filter_sets.append(item)
            case _:
                self._unmodelled(item)

    def _unmodelled(self, item: Unmodelled) -> None:
        self.broken.append(Broken(ProblemKind.UNSUPPORTED, item.message, item.remedy, item.at, ingress=True))

    def value(self) -> Reading:
        """What was taken in."""
        return Reading(
            ingresses=tuple(self.ingresses),
            classes=tuple(self.classes),
            services=tuple(self.services),
            secrets=tuple(self.secrets),
            namespaces=tuple(self.namespaces),
            releases=tuple(self.releases),
            broken=tuple(self.broken),
            kustomization=self.kustomization,
            uses=tuple(self.uses),
            deployments=tuple(self.directions.deployments),
            sets=tuple(self.directions.sets),
            repositories=tuple(self.directions.repositories),
            settings=tuple(self.directions.settings),
            charts=tuple(self.directions.charts),
            routes=tuple(self.routes),
            gateways=tuple(self.gateways),
            grants=tuple(self.grants),
            filter_sets=tuple(self.filter_sets),
        )
