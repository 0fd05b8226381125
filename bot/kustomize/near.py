"""A kustomization with other paths in the place of some."""

from collections.abc import Mapping
from typing import Any

_LISTS = (
    "resources",
    "bases",
    "patchesStrategicMerge",
    "generators",
    "transformers",
    "validators",
    "configurations",
    "crds",
)
_INSIDE = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")


def rewritten(said: dict[str, Any], paths: Mapping[str, str]) -> None:
    """Put other paths, by those that are written, into what a kustomization says."""
    for key in _LISTS:
        _list(said, key, paths)
    for holder in (said.get("openapi"), *(item for key in _INSIDE for item in _items(said, key))):
        if isinstance(holder, dict):
            _text(holder, "path", paths)
    for generator in (item for key in _GENERATORS for item in _items(said, key)):
        if isinstance(generator, dict):
            _list(generator, "files", paths)
            _list(generator, "envs", paths)
            _text(generator, "env", paths)


def _items(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _list(holder: dict[str, Any], key: str, paths: Mapping[str, str]) -> None:
    items = _items(holder, key)
    items[:] = [_path(item, paths) if isinstance(item, str) else item for item in items]


def _text(holder: dict[str, Any], key: str, paths: Mapping[str, str]) -> None:
    if isinstance(holder.get(key), str):
        holder[key] = _path(holder[key], paths)


def _path(text: str, paths: Mapping[str, str]) -> str:
    """Another path for `path`, or for that in `key=path`."""
    key, sign, path = text.partition("=")
    return paths.get(text) or (f"{key}={paths[path]}" if sign and path in paths else text)
