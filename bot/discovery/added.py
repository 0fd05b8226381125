"""What a Deployment has kustomize do beyond a namespace and names: patches, annotations, components.

Only what may concern an Ingress or a route, what it leads to, or the values of a release is kept.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.discovery.filling import Fill
from bot.gateway.parse import KINDS
from bot.source import START, Span

ROUTING = frozenset({"Ingress", *KINDS})
LED = frozenset({"Service", "Secret"})  # what an Ingress leads to
ANY = ""
RELEASED = frozenset({"HelmRelease", "HelmChart", "HelmChartConfig", "Application", "ApplicationSet"})
BARE = "{}"  # of a Deployment that adds nothing on this side, and does on the other one
_PATCHES, _ANNOTATIONS = "patches", "annotations"
_KIND = re.compile(r"^[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?(\w+)", re.MULTILINE)
_KIND_IN_FLOW = re.compile(r"\bkind[\"']?[ \t]*:[ \t]*[\"']?(\w+)")
_PLAIN = re.compile(r"\w+")
_VALUES = ("values", "chart", "$patch", "postRenderers", "targetNamespace", "releaseName")
_MOST = 200  # patches of one object
_LONGEST = 256 * 1024  # characters of all that one object adds


@dataclass(frozen=True, slots=True, order=True)
class Added:
    """What one Deployment adds to the folder that it deploys.

    `said` is JSON, "" where nothing is added; `file` and `at` tell where the object stands.
    """

    kind: str = ""
    name: str = ""
    folder: str = ""
    components: tuple[str, ...] = ()  # their folders, from the root of the repository
    said: str = ""
    file: str = ""
    at: Span = field(default=START, compare=False)

    @property
    def patches(self) -> list[dict[str, Any]]:
        """The patches, each as a kustomization says it."""
        return _list(_said(self.said).get(_PATCHES))

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations that every object gets."""
        found = _said(self.said).get(_ANNOTATIONS)
        return found if isinstance(found, dict) else {}


NOTHING_ADDED = Added()


def added_by_flux(spec: Mapping[str, Any]) -> str:
    """What the `spec` of a Kustomization of Flux adds, as JSON; "" for nothing."""
    metadata = spec.get("commonMetadata")
    annotations = metadata.get(_ANNOTATIONS) if isinstance(metadata, Mapping) else None
    return _kept(_of_flux(spec), annotations)


def added_by_argo(kustomize: Mapping[str, Any]) -> str:
    """What the options for kustomize of an Application's source add, as JSON; "" for nothing."""
    return _kept(_listed(kustomize.get(_PATCHES), "path"), kustomize.get("commonAnnotations"))


def added_by_release(spec: Mapping[str, Any]) -> str:
    """What the `spec` of a HelmRelease adds to what its chart yields, as JSON; "" for nothing."""
    kustomize = [each.get("kustomize") for each in _list(spec.get("postRenderers")) if isinstance(each, Mapping)]
    return _kept([patch for each in kustomize if isinstance(each, Mapping) for patch in _of_flux(each)], None)


def filled(said: str, fill: Fill) -> str:
    """The same with its variables filled in."""
    return json.dumps(_filled(_said(said), fill), sort_keys=True) if "${" in said else said


def aims(patch: Mapping[str, Any]) -> frozenset[str]:
    """The kinds that a patch is aimed at, ANY where it names none, or several by an expression.

    What is aimed at a release and says nothing of its values is aimed at nothing.
    """
    target, text = patch.get("target"), patch.get("patch")
    said = text if isinstance(text, str) else ""
    if isinstance(target, Mapping):
        kind = target.get("kind")
        found = {kind if isinstance(kind, str) and _PLAIN.fullmatch(kind) else ANY}
    else:
        found = set((_KIND_IN_FLOW if said.lstrip().startswith("{") else _KIND).findall(said)) or {ANY}
    if "path" not in patch and not any(word in said for word in _VALUES):
        found -= RELEASED
    return frozenset(found)


_CONCERNED = ROUTING | LED | RELEASED | {ANY}


def _kept(patches: Iterable[dict[str, Any]], annotations: Any) -> str:
    kept = [each for each in patches if not _CONCERNED.isdisjoint(aims(each))]
    texts = {key: value for key, value in annotations.items() if isinstance(value, str)} if _map(annotations) else {}
    if len(kept) > _MOST or not (kept or texts):
        return ""
    said = json.dumps({_PATCHES: kept, _ANNOTATIONS: texts}, sort_keys=True)
    return said if len(said) <= _LONGEST else ""


def _of_flux(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from _inline(spec.get("patchesStrategicMerge"))
    yield from _listed(spec.get(_PATCHES))
    yield from _json6902(spec.get("patchesJson6902"))


def _listed(items: Any, *more: str) -> Iterator[dict[str, Any]]:
    """Patches in line, and those that have `more` instead."""
    for each in _list(items):
        text = next((key for key in ("patch", *more) if isinstance(each, Mapping) and each.get(key)), "")
        if text and isinstance(each[text], str):
            yield {key: each[key] for key in (text, "target", "options") if each.get(key) is not None}


def _inline(items: Any) -> Iterator[dict[str, Any]]:
    """Patches that are written as objects (`patchesStrategicMerge` of Flux)."""
    return ({"patch": json.dumps(each)} for each in _list(items) if isinstance(each, Mapping))


def _json6902(items: Any) -> Iterator[dict[str, Any]]:
    for each in _list(items):
        if isinstance(each, Mapping) and isinstance(each.get("patch"), list):
            yield {"patch": json.dumps(each["patch"]), "target": each.get("target")}


def _filled(value: Any, fill: Fill) -> Any:
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, list):
        return [_filled(each, fill) for each in value]
    return {key: _filled(each, fill) for key, each in value.items()} if isinstance(value, dict) else value


def _said(text: str) -> dict[str, Any]:
    """What was kept; only `_kept` writes it, so it can be read."""
    found = json.loads(text or BARE)
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _map(value: Any) -> bool:
    return isinstance(value, Mapping)
