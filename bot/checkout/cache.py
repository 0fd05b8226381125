"""What is kept between runs: readings of files, and what overlays and charts were rendered to."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from bot.checkout.codec import decode, encode, reader_version
from bot.checkout.kept import Kept
from bot.ports import TreeFile
from bot.reading import NOTHING, Reading
from bot.renderer import Rendered

_LIMIT = 256 * 1024 * 1024


class BlobCache:
    """A `ports.ReadingCache`; without a folder it keeps nothing. `hits` and `misses` count what was asked for."""

    def __init__(
        self,
        folder: Path | None,
        version: str | None = None,
        *,
        limit: int = _LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._kept = Kept(folder, "readings", version or reader_version() if folder else "", limit, clock)
        self.hits = 0
        self.misses = 0

    def load(self, files: Iterable[TreeFile]) -> dict[tuple[str, str], Reading]:
        """What is known, by path and blob id."""
        wanted = {f"{file.blob}:{file.path}": (file.path, file.blob) for file in files}
        known = self._kept.load(wanted, lambda content: decode(content) if content else NOTHING)
        self.hits += len(known)
        self.misses += len(wanted) - len(known)
        return {wanted[key]: reading for key, reading in known.items()}

    def store(self, readings: Iterable[tuple[TreeFile, Reading]]) -> None:
        """Keep these, and forget what was not asked for in a long time or what is too much."""
        self._kept.store((f"{file.blob}:{file.path}", encode(reading)) for file, reading in readings)


class RenderCache:
    """A `ports.Renders`; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None, *, limit: int = _LIMIT, clock: Callable[[], float] = time.time) -> None:
        # What a key stands for is in the key itself, versions of the tools included; here it is the form of a value.
        self._kept = Kept(folder, "renders", "1", limit, clock)

    def load(self, keys: Collection[str]) -> Mapping[str, Rendered]:
        """What is known of these."""
        return self._kept.load(keys, _rendered)

    def store(self, renders: Mapping[str, Rendered]) -> None:
        """Keep these."""
        self._kept.store((key, msgspec.msgpack.encode(rendered)) for key, rendered in renders.items())


def _rendered(content: bytes) -> Rendered | None:
    try:
        return msgspec.msgpack.decode(content, type=Rendered)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
