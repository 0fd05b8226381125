"""The bare repository of ours through which git reads another one.

Its objects are the other's by `objects/info/alternates`, its refs are the other's by links, its configuration is
ours. So git never sees the other's configuration, attributes or hooks, and whatever it writes lands here.
"""

import hashlib
import os
import shutil
import tempfile
import weakref
import zlib
from pathlib import Path

from bot.checkout.place import Place

_CONFIG = """\
[core]
\trepositoryformatversion = 1
\tbare = true
\thooksPath = /dev/null
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tfsmonitor = false
\tuntrackedCache = false
\tbigFileThreshold = 16m
[gc]
\tauto = 0
[maintenance]
\tauto = false
[extensions]
\tobjectFormat = {object_format}
"""
_REFS = ("refs", "packed-refs", "shallow")
_HEADS = ("ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")


class Store:
    """A temporary bare repository; it is deleted by `close`, or when nothing refers to it any more."""

    def __init__(self, place: Place) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="routeproof-"))
        self._object_format = place.object_format
        self._finalizer = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        (self.path / "home").mkdir()
        (self.path / "objects" / "info").mkdir(parents=True)
        (self.path / "objects" / "pack").mkdir()
        (self.path / "info").mkdir()
        config = _CONFIG.format(object_format=place.object_format)
        if place.reftable:
            config += "\trefStorage = reftable\n"
            self._link("reftable", place.common_dir / "reftable")
        (self.path / "config").write_text(config, encoding="utf-8")
        alternates = _quoted(os.fsencode(place.common_dir / "objects"))
        (self.path / "objects" / "info" / "alternates").write_bytes(alternates + b"\n")
        shutil.copyfile(place.git_dir / "HEAD", self.path / "HEAD")
        for name in _REFS:
            self._link(name, place.common_dir / name)
        for name in _HEADS:
            self._link(name, place.git_dir / name)
        (self.path / "logs").mkdir()
        self._link("logs/HEAD", place.git_dir / "logs" / "HEAD")
        self._link("logs/refs", place.common_dir / "logs" / "refs")
        self._link("info/exclude", place.common_dir / "info" / "exclude")
        for shared in place.git_dir.glob("sharedindex.*"):
            self._link(shared.name, shared)

    def _link(self, name: str, target: Path) -> None:
        """Nothing need stand there yet: what git does not find, it takes for empty."""
        (self.path / name).symlink_to(target)

    def write(self, kind: str, content: bytes) -> str:
        """Keep an object as git does, and tell its id."""
        data = b"%s %d\0%s" % (kind.encode(), len(content), content)
        digest = hashlib.new(self._object_format, data, usedforsecurity=False).hexdigest()
        file = self.path / "objects" / digest[:2] / digest[2:]
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(zlib.compress(data, 1))
        return digest

    @property
    def null(self) -> str:
        """The id that stands for no object."""
        return "0" * (64 if self._object_format == "sha256" else 40)

    def close(self) -> None:
        """Delete it."""
        self._finalizer()


def _quoted(path: bytes) -> bytes:
    """A path as git's C-style quoting writes it, so that any byte may stand in it."""
    plain = b"".join(bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\%03o" % byte for byte in path)
    return b'"' + plain + b'"'
