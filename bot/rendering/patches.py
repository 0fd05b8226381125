"""The patches that an object of Flux or Argo CD says, each with the place where a person wrote it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.discovery.installs import at, items_at, text_at
from bot.manifest.node import Mapping as Map
from bot.manifest.node import Node, Scalar
from bot.manifest.read import Document, read
from bot.renderer import Values
from bot.rendering.written import block
from bot.source import START, Span

_SPECS = (("spec",), ("spec", "template", "spec"))
_SET = "ApplicationSet"


@dataclass(frozen=True)
class Patches:
    """An object by its kind and name, and the text of the file that holds it; `at` is where it is said to stand."""

    content: bytes
    file: str
    kind: str
    name: str
    at: Span = START

    def laid(self, patches: list[dict[str, Any]], folder: str) -> tuple[dict[str, Values], list[dict[str, Any]]]:
        """Patches in line as files of a folder, and what a kustomization there says of them; `path` stays as it is."""
        files: dict[str, Values] = {}
        said = []
        for number, patch in enumerate(patches):
            name = f"{number}.yaml"
            if "path" not in patch:
                files[f"{folder}/{name}"] = self._placed(patch["patch"])
            said.append({"path": name, **{key: value for key, value in patch.items() if key != "patch"}})
        return files, said

    @property
    def place(self) -> Span:
        """Where its annotations are written, else where it begins."""
        if self._document is None:
            return self.at
        for part in self._parts:
            for path in (("commonMetadata", "annotations"), ("commonAnnotations",)):
                node = at(part, *path)
                if isinstance(node, Map):
                    return self._document.span(node)
        return self._document.span(self._document.root).head()

    def _placed(self, text: str) -> Values:
        found = self._written.get(text)
        if found is not None and self._document is not None:
            return block(self._document, found)
        return Values(text, self.file, self.place, exact=False)

    @cached_property
    def _document(self) -> Document | None:
        """The object, or the set that makes it, as far as the file holds it as it is."""
        kinds = {self.kind, _SET} if self.kind == "Application" else {self.kind}
        found = []
        for part in read(self.content, self.file, lambda text: any(kind in text for kind in kinds)):
            if isinstance(part, Document) and text_at(part.root, "kind") in kinds:
                name, kind = text_at(part.root, "metadata", "name"), text_at(part.root, "kind")
                if name == self.name or kind != self.kind:
                    found.append(part)
        here = (each for each in found if each.span(each.root).head() == self.at)
        return next(here, found[0] if found else None)

    @cached_property
    def _written(self) -> Mapping[str, Scalar]:
        """Where the patches are written, by their texts."""
        found: dict[str, Scalar] = {}
        for part in self._parts:
            for item in items_at(part, "patches"):
                text = at(item, "patch")
                if isinstance(text, Scalar):
                    found.setdefault(text.text, text)
        return found

    @property
    def _parts(self) -> Iterator[Node | None]:
        """The nodes that may say patches."""
        for path in _SPECS if self._document else ():
            spec = at(self._document.root, *path) if self._document else None
            yield spec
            for holder in (at(spec, "source"), *items_at(spec, "sources"), *items_at(spec, "postRenderers")):
                yield at(holder, "kustomize")
