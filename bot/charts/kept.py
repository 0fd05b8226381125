"""What was fetched, kept between runs: archives by their digest, indexes by their address.

Several processes may use the folder at once: a file is written beside its place and moved there, and an archive is held
against its digest when it is read. Whatever is wrong with the folder, the charts are fetched again.
"""

import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

_TEMPORARY = ".part-"
_OLD = 3600.0  # seconds, after which nobody still writes a file


def digest_of(data: bytes) -> str:
    """The digest that names content in a registry."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Index(msgspec.Struct, frozen=True):
    """An index.yaml as it was sent, packed, and what the server wants to hear when it is asked for a newer one.

    `at` is the time when it was known to be the newest, in seconds since the epoch.
    """

    url: str
    at: float
    packed: bytes
    etag: str = ""
    modified: str = ""

    def as_of(self, now: float) -> "Index":
        """The same, known to be the newest at this time."""
        return Index(self.url, now, self.packed, self.etag, self.modified)

    def text(self, most: int) -> bytes | None:
        """The index, unless it is damaged or larger than it ever was."""
        unpacking = zlib.decompressobj()
        try:
            text = unpacking.decompress(self.packed, most + 1)
        except zlib.error:
            return None
        return text if unpacking.eof and len(text) <= most else None


class Kept:
    """The folder; without one nothing is kept. Beyond `limit` bytes, what was not used for longest goes."""

    def __init__(self, folder: Path | None, limit: int) -> None:
        self._folder = folder
        self._limit = limit

    def archive(self, digest: str) -> bytes | None:
        """The archive of a digest (`sha256:` and 64 hexadecimal digits)."""
        data = self._read(self._place(digest))
        return data if data is not None and digest_of(data) == digest else None

    def keep_archive(self, digest: str, data: bytes) -> None:
        """Keep an archive whose digest has been checked."""
        self._write(self._place(digest), data)

    def index(self, url: str) -> Index | None:
        """The index of an address."""
        data = self._read(self._place(digest_of(url.encode()), ".index"))
        if data is None:
            return None
        try:
            found = msgspec.msgpack.decode(data, type=Index)
        except msgspec.MsgspecError:
            return None
        return found if found.url == url else None

    def keep_index(self, index: Index) -> None:
        """Keep an index in the place of an older one."""
        self._write(self._place(digest_of(index.url.encode()), ".index"), msgspec.msgpack.encode(index))

    def _place(self, digest: str, ending: str = ".tgz") -> Path | None:
        return self._folder / f"{digest.removeprefix('sha256:')}{ending}" if self._folder else None

    def _read(self, file: Path | None) -> bytes | None:
        if file is None:
            return None
        try:
            data = file.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(file)
        return data

    def _write(self, file: Path | None, data: bytes) -> None:
        if file is None:
            return
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=file.parent)
            try:
                with os.fdopen(number, "wb") as part:
                    part.write(data)
                Path(name).replace(file)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        self._shrink()

    def _shrink(self) -> None:
        """Delete what is too much, and what a process that was ended has left."""
        found = sorted(self._files(), reverse=True)
        newest, total = (found[0][0] if found else 0.0), 0
        for used, size, file in found:
            total += size
            left = file.name.startswith(_TEMPORARY) and newest - used > _OLD
            if total > self._limit or left:
                with suppress(OSError):
                    file.unlink()

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Our files: when each was used last, and its size."""
        assert self._folder is not None
        with suppress(OSError):
            for file in self._folder.iterdir():
                if file.suffix in {".tgz", ".index"} or file.name.startswith(_TEMPORARY):
                    with suppress(OSError):
                        about = file.lstat()
                        yield about.st_mtime, about.st_size, file
