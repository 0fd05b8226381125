"""What tells a render from another: equal keys stand for equal results."""

import hashlib
from collections.abc import Iterable, Mapping

from bot.ports import Tree


class KeyMaker:
    """Puts together the key of one render."""

    def __init__(self, *parts: str) -> None:
        self._digest = hashlib.sha256()
        self.note(*parts)

    def note(self, *parts: str) -> None:
        """Texts that the result depends on, in their order."""
        self._digest.update(("\0".join(parts) + "\n").encode("utf-8", "surrogatepass"))

    def note_files(self, paths: Iterable[str], tree: Tree) -> None:
        """Paths that it depends on, those too at which nothing is."""
        for path in paths:
            file = tree.files.get(path)
            self.note(path, file.blob if file else "")

    def note_links(self, links: Mapping[str, str]) -> None:
        """Symbolic links on the way, from their paths to the ones that they lead to."""
        for link, target in sorted(links.items()):
            self.note(link, target)

    def key(self) -> str:
        """The key of all that was noted."""
        return self._digest.hexdigest()
