"""What git lists, as values: the files, links and odd names of one tree, and what lies between two."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.ports import TreeFile

_LINK = "120000"
_FILE = "100"
# Git refuses such names in commits made with it, but a tree made by hand may hold them.
_HOSTILE = re.compile(r"(?:^|/)(?:\.{0,2}|\.git)(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Listing:
    """One tree. `links` maps each symbolic link to the blob that holds its target; submodules are left out.

    `odd` holds names that are no path of a file in a folder, or no UTF-8 (written with escapes).
    """

    files: dict[str, TreeFile]
    links: dict[str, str]
    odd: frozenset[str]


def parse_listing(out: bytes) -> Listing:
    """Read the output of `ls-tree -r -z`."""
    files: dict[str, TreeFile] = {}
    links: dict[str, str] = {}
    odd: set[str] = set()
    for record in _decoded(out).split("\0"):
        meta, tab, path = record.partition("\t")
        if tab:
            mode, _, blob = meta.split(" ")
            _place(mode, blob, path, files, links, odd)
    return Listing(files, links, frozenset(odd))


def apply_changes(before: Listing, out: bytes) -> tuple[Listing, frozenset[str]]:
    """The tree after the changes that `diff-tree -r --raw -z` told, and the paths that differ."""
    files, links, odd, touched = dict(before.files), dict(before.links), set(before.odd), set[str]()
    fields = iter(_decoded(out).split("\0"))
    for meta in fields:
        if not meta:
            continue
        path = next(fields, "")
        _, mode, _, blob, _ = meta.split(" ")
        touched.add(path if _is_text(path) else _escaped(path))
        if not mode.startswith(_FILE):
            files.pop(path, None)
        if mode != _LINK:
            links.pop(path, None)
        odd.discard(_escaped(path))
        _place(mode, blob, path, files, links, odd)
    if not touched.issubset(before.files):  # new names went to the end
        files = dict(sorted(files.items(), key=_name))
    return Listing(files, links, frozenset(odd)), frozenset(touched)


def _name(item: tuple[str, TreeFile]) -> str:
    return item[0]


def _place(mode: str, blob: str, path: str, files: dict[str, TreeFile], links: dict[str, str], odd: set[str]) -> None:
    if mode.startswith(_FILE):
        if plain_name(path):
            files[path] = TreeFile(path, blob)
        else:
            odd.add(_escaped(path))
    elif mode == _LINK:
        links[path] = blob
    # else a submodule, or the absence that a deletion tells


def _decoded(out: bytes) -> str:
    return out.decode("utf-8", "surrogateescape")


def plain_name(path: str) -> bool:
    """Whether a path is one of a file in a folder, in UTF-8."""
    return not _HOSTILE.search(path) and _is_text(path)


def _is_text(path: str) -> bool:
    return path.isascii() or not any("\udc80" <= char <= "\udcff" for char in path)


def _escaped(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def manifests(paths: Iterable[str]) -> list[str]:
    """Those whose name says that they may hold manifests, sorted."""
    return sorted(path for path in paths if path.lower().endswith((".yaml", ".yml", ".json")))
