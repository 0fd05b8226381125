"""ApplicationSets expanded: the Applications that their generators make of the paths and files of a tree.

Parameters that only a cluster knows (registered clusters, pull requests) are left out; a template that needs none of
them for the folder it names still tells what is deployed.
"""

import json
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from bot.discovery.argo import charts_in, sources_of
from bot.discovery.expansion import fill, normalized
from bot.manifest.node import to_python
from bot.manifest.read import Document, read
from bot.manifest.scalar import ScalarError
from bot.policy.globs import matches_path
from bot.reading import ApplicationSet, Deployment, RemoteChart

MOST = 2_000  # Applications of one set
_FILES = 500  # that one set reads
_GENERATORS = 50
_LARGEST = 64 * 1024  # bytes of a file of parameters
_FILE = "\0file"  # under which parameters tell the file that they are of: no template can name it
_DEEP = 3  # matrix and merge inside each other; Argo CD allows two

Params = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What generators are asked about: the files of the tree, and the contents of those that hold parameters."""

    paths: Collection[str]
    folders: Collection[str]
    contents: Mapping[str, bytes]


def ground(paths: Collection[str], contents: Mapping[str, bytes]) -> Ground:
    """The ground that the files of a tree make."""
    folders: set[str] = set()
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    return Ground(paths, sorted(folders), contents)


class _Made(NamedTuple):
    """An Application that a set makes: its name, its `spec`, and the file of its parameters, "" for none."""

    name: str
    spec: Mapping[str, Any]
    file: str


def expanded(found: ApplicationSet, on: Ground) -> tuple[tuple[Deployment, ...], bool]:
    """The Deployments that a set makes of folders, and whether these are all of them."""
    spec = _mapping(json.loads(found.spec))
    made: dict[Deployment, None] = {}
    whole = True
    for each in _applications(spec, on):
        if each is None or len(made) > MOST:
            whole = False
            continue
        told = list(sources_of(each.name, each.spec, found.at))
        usable = [one for one in told if "{{" not in one.path]
        whole = whole and len(usable) == len(told) and not (spec.get("templatePatch") and not told)
        made.update(dict.fromkeys(_known(one, each.file) for one in usable))
    return tuple(made), whole


def names_chart(found: ApplicationSet) -> bool:
    """Whether a set may install a chart of a repository of charts; most do not, and need not be expanded for it."""
    return '"chart"' in found.spec


def charts(found: ApplicationSet, on: Ground) -> tuple[RemoteChart, ...]:
    """What the Applications that a set makes install of repositories of charts."""
    owner = f"ApplicationSet/{found.name}"
    made = [
        replace(one, deployment=_known(one.deployment, each.file))
        for each in _applications(_mapping(json.loads(found.spec)), on)
        if each is not None and each.name and "{{" not in each.name
        for one in charts_in(each.name, each.spec, found.at, owner)
    ]
    return tuple(dict.fromkeys(made[:MOST]))


def _applications(spec: Mapping[str, Any], on: Ground) -> Iterator[_Made | None]:
    """What a set makes; None for some that are not known."""
    template = _mapping(spec.get("template"))
    go = spec.get("goTemplate") is True
    for params, over in _generated(_list(spec.get("generators")), on, go=go):
        if params is None:
            yield None
            continue
        filled = _mapping(fill(_laid(template, over), params, go=go))
        name = _mapping(filled.get("metadata")).get("name")
        yield _Made(name if isinstance(name, str) else "", _mapping(filled.get("spec")), str(params.get(_FILE, "")))


def files_of_parameters(sets: Iterable[ApplicationSet], paths: Collection[str]) -> frozenset[str]:
    """The files that generators read, as far as their names are written out."""
    globs = tuple(
        dict.fromkeys(
            glob for each in sets for glob in _file_globs(_list(_mapping(json.loads(each.spec)).get("generators")))
        )
    )[:_GENERATORS]
    return frozenset([path for path in sorted(paths) if globs and _matches(path, globs)][:_FILES])


def _known(deployment: Deployment, file: str) -> Deployment:
    """A Deployment without what the template could not tell, and the file of its parameters."""
    cluster = "" if "{{" in deployment.cluster else deployment.cluster
    namespace = "" if "{{" in deployment.namespace else deployment.namespace
    return replace(deployment, cluster=cluster, namespace=namespace, parameters=file)


def _file_globs(generators: list[Any], depth: int = 0) -> Iterator[str]:
    for generator in generators[:_GENERATORS]:
        each = _mapping(generator)
        for item in _list(_mapping(each.get("git")).get("files")):
            path = _mapping(item).get("path")
            if isinstance(path, str) and "{{" not in path:
                yield path.strip("/")
        for kind in ("matrix", "merge"):
            if depth < _DEEP:
                yield from _file_globs(_list(_mapping(each.get(kind)).get("generators")), depth + 1)


def _generated(
    generators: list[Any], on: Ground, *, go: bool, depth: int = 0
) -> Iterator[tuple[Params | None, Mapping[str, Any]]]:
    """The parameters that generators make, None for some that are not known; and what of the template each replaces."""
    for generator in generators[:_GENERATORS]:
        each = _mapping(generator)
        over: Mapping[str, Any] = {}
        for kind, spec in each.items():
            if isinstance(spec, Mapping) and isinstance(spec.get("template"), Mapping):
                over = spec["template"]
            if kind == "selector":
                continue
            for params in _of_kind(kind, _mapping(spec), on, go=go, depth=depth):
                yield params, over


def _of_kind(kind: str, spec: Mapping[str, Any], on: Ground, *, go: bool, depth: int) -> Iterator[Params | None]:
    match kind:
        case "list":
            if spec.get("elementsYaml"):
                yield None
            yield from (dict(each) for each in _list(spec.get("elements"))[:MOST] if isinstance(each, Mapping))
        case "git":
            yield from _git(spec, on)
        case "matrix" | "merge" if depth < _DEEP:
            yield from _joined(kind, spec, on, go=go, depth=depth)
        case "clusters":
            # One for each registered cluster: which they are is not written here.
            values = spec.get("values")
            yield {"values": dict(values)} if isinstance(values, Mapping) else {}
        case _:
            yield {}


def _git(spec: Mapping[str, Any], on: Ground) -> Iterator[Params]:
    values = spec.get("values")
    more: Params = {"values": dict(values)} if isinstance(values, Mapping) else {}
    wanted, excluded = _named(spec.get("directories"))
    for folder in on.folders if wanted else ():
        if _meant(folder, wanted) and not _meant(folder, excluded):
            yield {**more, "path": _path(folder)}
    wanted, excluded = _named(spec.get("files"))
    for path in sorted(on.contents) if wanted else ():
        if _matches(path, wanted) and not _matches(path, excluded):
            folder, name = posixpath.split(path)
            where = {**_path(folder), "filename": name, "filenameNormalized": normalized(name)}
            for said in _parameters(on.contents[path], path):
                yield {**more, **said, "path": where, _FILE: path}


def _named(items: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The globs of a generator: those that take, and those that leave out."""
    named: dict[bool, list[str]] = {False: [], True: []}
    for item in _list(items)[:1_000]:
        path, exclude = _mapping(item).get("path"), _mapping(item).get("exclude") is True
        if isinstance(path, str):
            named[exclude].append(path.strip("/"))
    return tuple(named[False]), tuple(named[True])


def _meant(folder: str, globs: tuple[str, ...]) -> bool:
    """As Go's path.Match does, to which `**` means what `*` does."""
    return any(
        glob.count("/") == folder.count("/")
        and all(fnmatchcase(*pair) for pair in zip(folder.split("/"), glob.split("/"), strict=True))
        for glob in globs
    )


def _matches(path: str, globs: tuple[str, ...]) -> bool:
    return any(path == glob or (any(sign in glob for sign in "*?[") and matches_path(path, (glob,))) for glob in globs)


def _path(folder: str) -> Params:
    name = posixpath.basename(folder)
    return {
        "path": folder,
        "basename": name,
        "basenameNormalized": normalized(name),
        "segments": folder.split("/") if folder else [],
    }


def _parameters(content: bytes, path: str) -> Iterator[Params]:
    """What a file of parameters says: one mapping, or a list of them."""
    if len(content) > _LARGEST:
        return
    for part in read(content, path):
        if isinstance(part, Document):
            try:
                said = to_python(part.root)
            except (ScalarError, RecursionError):
                return
            yield from (each for each in (said if isinstance(said, list) else [said]) if isinstance(each, dict))
            return


def _joined(kind: str, spec: Mapping[str, Any], on: Ground, *, go: bool, depth: int) -> Iterator[Params | None]:
    generators = _list(spec.get("generators"))
    if kind == "merge":
        yield from _merged(spec, [_some([each], on, go=go, depth=depth) for each in generators])
        return
    rows: list[Params | None] = [{}]
    for generator in generators:
        joined: list[Params | None] = []
        for row in rows:
            # The second one may name parameters of the first.
            inner = _some([fill(generator, row or {}, go=go)], on, go=go, depth=depth)
            joined += [None if row is None or each is None else _laid(row, each) for each in inner]
            if len(joined) > MOST:
                break
        rows = joined[:MOST]
    yield from rows


def _some(generators: list[Any], on: Ground, *, go: bool, depth: int) -> list[Params | None]:
    return [params for params, _ in _generated(generators, on, go=go, depth=depth + 1)][:MOST]


def _merged(spec: Mapping[str, Any], several: list[list[Params | None]]) -> Iterator[Params | None]:
    """The rows of the first generator, with those of the others that share the keys laid over them."""
    keys = [key for key in _list(spec.get("mergeKeys")) if isinstance(key, str)]
    rows: dict[tuple[str, ...], Params] = {}
    for index, each in enumerate(several):
        for params in each:
            if params is None:
                yield None
                continue
            own = tuple(str(params.get(key)) for key in keys)
            if index == 0:
                rows[own] = params
            elif own in rows:
                rows[own] = _laid(rows[own], params)
    yield from rows.values()


def _laid(under: Mapping[str, Any], over: Mapping[str, Any], depth: int = 0) -> Params:
    """One mapping over another, key by key."""
    result = dict(under)
    for key, value in over.items():
        known = result.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping) and depth < 20
        result[key] = _laid(known, value, depth + 1) if both and known is not None else value
    return result


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
