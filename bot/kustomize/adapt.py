"""The files as kustomize gets them: nothing in them asks for a program, a chart or a secret that is not there."""

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.kustomize.closure import Closure
from bot.kustomize.decrypted import decrypted, decrypts
from bot.kustomize.near import rewritten
from bot.kustomize.piece import Library, Piece, items_of, text_of
from bot.kustomize.refusals import CHART, TEXTS, elsewhere
from bot.kustomize.spec import Named, Spec, input_path, inputs_of, joined
from bot.manifest.node import Node, to_python
from bot.manifest.scalar import ScalarError
from bot.problem import ProblemKind
from bot.renderer import By, Failure, one_line

_CHARTS = ("helmCharts", "helmChartInflationGenerator", "helmGlobals")
_ENCRYPTED = (b"ENC[AES256_GCM,", b"-----BEGIN AGE ENCRYPTED FILE-----", b"\x00GITCRYPT\x00")
_NEAR = ".routeproof"  # a folder that nobody has


@dataclass(slots=True)
class Adapted:
    """Files by their paths, what is left out of the result, and the generated Secrets whose hash cannot be known.

    `near` maps the paths of copies, relative to their kustomization, to the paths that stand there as it is written.
    """

    files: dict[str, bytes]
    left_out: list[Failure] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)
    near: dict[str, str] = field(default_factory=dict)


def adapt(closure: Closure, library: Library, *, partial: bool = False, beyond: bool = False) -> Adapted:
    """The files of a closure: without charts, with Secrets as they are encrypted, with the secret files that lack.

    `partial` leaves out resources that are elsewhere. `beyond` puts copies of files that lie outside of the folder of a
    kustomization inside of it: kustomize takes no others, unless it is told to. Of what a ConfigMap takes from
    elsewhere an empty text stands there: whatever it says, no object but the ConfigMap shows it.
    """
    result = Adapted({path: library.files[path] for path in closure.files})
    for spec in closure.specs.values():
        _secrets(spec, library, result)
        away = [named for named in spec.builds_on if partial and named.remote and not library.has(named.path)]
        result.left_out += [elsewhere(spec, named) for named in away]
        near = _copies(spec, library, result) if beyond else {}
        said = _said(spec, library, result, away)
        if near:
            said = said or _plain(spec)
            rewritten(said, near)
        if said:
            result.files[spec.path] = json.dumps(said).encode()
    return result


def _secrets(spec: Spec, library: Library, result: Adapted) -> None:
    for kind, item in spec.generators():
        for node in inputs_of(item) if kind == "Secret" else ():
            path = joined(spec.folder, input_path(node.text))
            data = library.files.get(library.real(path))
            if data is None:
                result.files[path] = b""
            if data is None or any(sign in data for sign in _ENCRYPTED):
                result.unsure.add(text_of(item, "name"))


def _copies(spec: Spec, library: Library, result: Adapted) -> dict[str, str]:
    """Copies of the files outside of the folder: their paths as written, and those of the copies."""
    near: dict[str, str] = {}
    for named in (*spec.named, *spec.secrets):
        real = library.real(named.path)
        if real in library.files and spec.folder and not real.startswith(f"{spec.folder}/"):
            copy = posixpath.join(_NEAR, str(len(near)), posixpath.basename(named.path))
            near.setdefault(named.written, copy)
            result.files[joined(spec.folder, near[named.written])] = library.files[real]
            result.near[near[named.written]] = named.written
        elif named.remote and named.key == TEXTS and real not in library.files:
            near.setdefault(named.written, posixpath.join(_NEAR, str(len(near)), posixpath.basename(named.path)))
            result.files[joined(spec.folder, near[named.written])] = b""
            result.near[near[named.written]] = named.written
    return near


def _said(spec: Spec, library: Library, result: Adapted, away: list[Named]) -> dict[str, Any]:
    """A kustomization without what is not carried out; nothing where it holds no such thing."""
    root = spec.piece.root
    charts = [*items_of(root, _CHARTS[0]), *items_of(root, _CHARTS[1])]
    kept = []
    for item, pieces in spec.plugin_items(library, "generators"):
        inflated = [piece for piece in pieces if text_of(piece.root, "kind") == CHART]
        result.left_out += [_chart(spec, piece, piece.root) for piece in inflated]
        if not inflated and not any(decrypts(piece) for piece in pieces):
            kept.append(item.text)
    result.left_out += [_chart(spec, spec.piece, chart) for chart in charts]
    if not charts and not away and len(kept) == len(items_of(root, "generators")):
        return {}
    gone = {named.written for named in away}
    building = [named.written for named in (*spec.builds_on, *decrypted(spec, library)) if named.written not in gone]
    said = _plain(spec)
    return said and {
        **{name: value for name, value in said.items() if name not in (*_CHARTS, "bases")},
        "generators": kept,
        "resources": building,
        "generatorOptions": said.get("generatorOptions") or {},  # without a field a kustomization counts as empty
    }


def _plain(spec: Spec) -> dict[str, Any]:
    try:
        said = to_python(spec.piece.root)
    except ScalarError:
        return {}  # kustomize will refuse the file as it is
    return said if isinstance(said, dict) else {}


def shown(text: str, near: Mapping[str, str]) -> str:
    """A text that tells of copies, with the paths as they are written."""
    for copy, written in near.items():
        text = text.replace(copy, written)
    return text


def _chart(spec: Spec, piece: Piece, chart: Node) -> Failure:
    name = text_of(chart, "name") or text_of(chart, "chartName") or "?"
    return Failure(
        ProblemKind.UNSUPPORTED,
        f"`{one_line(spec.path)}` includes the chart `{one_line(name, 100)}`, which is not rendered with it.",
        "Commit what the chart yields, or install it by an object of Flux or Argo CD.",
        piece.source(chart, By.KUSTOMIZATION),
    )
