"""Follows the objects through the kustomizations, in the order in which kustomize carries out what they say.

https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/target/kusttarget.go. Nothing here decides what
comes out: kustomize does. This tells which place set a value, and is checked against what came out.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.kustomize.closure import Closure
from bot.kustomize.decrypted import decrypted
from bot.kustomize.json_patch import JsonPatch, is_json_patch
from bot.kustomize.object import CLUSTER_WIDE, Object, is_target, objects, put
from bot.kustomize.piece import Library, Piece, items_of, text_of
from bot.kustomize.replacement import replace
from bot.kustomize.spec import Patch, Spec
from bot.kustomize.strategic import Strategic
from bot.kustomize.traced import Builder, Traced
from bot.manifest.node import Field, Mapping, Scalar
from bot.renderer import By

_DEPTH = 150  # kustomizations that build on one another
_VISITS = 20_000
_STEPS = 3_000_000  # objects that patches, names and labels are tried on
_CHARACTERS = 20  # of a patch that count as a step
_UNNAMED = frozenset({"Namespace", "CustomResourceDefinition", "APIService"})  # whose names get no prefix or suffix


@dataclass(slots=True)
class Built:
    """The objects in their order, and all texts that may have set a value, the last one last."""

    objects: list[Object]
    writers: dict[Piece, By] = field(default_factory=dict)

    def names_of_secrets(self, generators: Collection[str]) -> frozenset[str]:
        """What generated Secrets are called in the end, but for the hash, by the names of their generators."""
        secrets = (each for each in self.objects if each.generated and each.kind == "Secret")
        return frozenset(each.name.text() for each in secrets if each.names[0][1] in generators)


def accumulate(closure: Closure, library: Library, kinds: frozenset[str]) -> Built:
    """The objects of a root; those of the kinds with what set each of their fields."""
    accumulation = _Accumulation(closure, library, kinds)
    found = accumulation.build(library.real(closure.root), 0)
    return Built(found, accumulation.writers)


class _Accumulation:
    def __init__(self, closure: Closure, library: Library, kinds: frozenset[str]) -> None:
        self.specs = closure.specs
        self.library = library
        self.kinds = kinds
        self.builder = Builder()
        self.writers: dict[Piece, By] = {}
        self.visits = _VISITS
        self.steps = _STEPS

    def build(self, folder: str, depth: int) -> list[Object]:
        """The objects of the kustomization in a folder, if there is one."""
        found: list[Object] = []
        self._apply(folder, found, depth)
        return found

    def _apply(self, folder: str, found: list[Object], depth: int) -> None:
        """Add the objects of a kustomization to others, and change all of them as it says."""
        spec = self.specs.get(folder)
        self.visits -= 1
        if spec is None or depth > _DEPTH or self.visits < 0:
            return
        component = spec.component
        for named in (*spec.builds_on, *decrypted(spec, self.library)):
            real = self.library.real(named.path)
            if real in self.library.files:
                by = By.COMPONENT if component else By.RESOURCE
                for piece in self.library.pieces(real):
                    found += objects(piece, by, self.builder, self.kinds)
            else:
                found += self.build(real, depth + 1)
        for named in spec.components:
            self._apply(self.library.real(named.path), found, depth + 1)
        self._generate(spec, found)
        self._transform(spec, found)

    def _generate(self, spec: Spec, found: list[Object]) -> None:
        by = By.COMPONENT if spec.component else By.GENERATOR
        for kind, item in spec.generators():
            name = item.get("name")
            if isinstance(name, Scalar) and text_of(item, "behavior") not in {"merge", "replace"}:
                whole = spec.piece.source(item, by)
                named = Traced(name.text, (spec.piece.source(item.fields()["name"], by),))
                root = Traced({"metadata": Traced({"name": named}, (whole,))}, (whole,)) if kind in self.kinds else None
                names = [(text_of(item, "namespace"), name.text)]
                found.append(Object(spec.piece, item, "v1", kind, named, names, root, generated=True))

    def _transform(self, spec: Spec, found: list[Object]) -> None:
        library, component = self.library, spec.component
        own = By.COMPONENT if component else By.KUSTOMIZATION
        patching = By.COMPONENT if component else By.PATCH
        for patch in spec.strategic(library):
            self._patch(patch, found, patching)
        self._name(spec, found, own)
        self._label(spec, found, own)
        for patch in spec.json(library):
            self._patch(patch, found, patching)
        self._note(spec.piece, own)
        for piece, replacement in spec.replacements(library):
            self.steps -= len(found) * (1 + len(items_of(replacement, "targets")))
            if self.steps > 0:
                replace(found, piece, replacement, By.COMPONENT if component else By.REPLACEMENT)
        for piece in spec.plugins(library, "transformers"):
            self._note(piece, own)

    def _note(self, piece: Piece, by: By) -> None:
        self.writers.pop(piece, None)
        self.writers[piece] = by

    def _patch(self, patch: Patch, found: list[Object], by: By) -> None:
        for piece in patch.pieces:
            self._note(piece, by)
            root = piece.root
            for each in self._targets(patch, root, found):
                self.steps -= len(piece.document.source.text) // _CHARACTERS
                if each.root is None or self.steps < 0:
                    continue
                if is_json_patch(piece):
                    JsonPatch(self.builder, by).apply(each.root, piece)
                elif isinstance(root, Mapping):
                    if text_of(root, "$patch") == "delete":
                        found.remove(each)
                        continue
                    Strategic(self.builder, by).apply(each.root, piece, root)
                each.refresh()

    def _targets(self, patch: Patch, root: object, found: list[Object]) -> list[Object]:
        self.steps -= len(found)
        if self.steps < 0:
            return []
        target = patch.target
        if target is not None:
            return [each for each in found if is_target(target, each)]
        if not isinstance(root, Mapping):
            return []
        kind, metadata = text_of(root, "kind"), root.get("metadata")
        namespace, name = text_of(metadata, "namespace"), text_of(metadata, "name")
        group = text_of(root, "apiVersion").rpartition("/")[0]
        alike = [each for each in found if each.kind == kind and each.api_version.rpartition("/")[0] == group]
        return [each for each in alike if each.had(namespace, name)] or [
            each for each in alike if any(name == one for _, one in each.names)
        ]

    def _name(self, spec: Spec, found: list[Object], by: By) -> None:
        namespace, prefix, suffix = (spec.field(key) for key in ("namespace", "namePrefix", "nameSuffix"))
        self.steps -= len(found) if namespace or prefix or suffix else 0
        if self.steps < 0:
            return
        for each in found:
            if namespace:
                source, value = spec.piece.source(namespace, by), _text(namespace)
                if each.kind == "Namespace":
                    each.rename(value, source)
                elif each.kind not in CLUSTER_WIDE:
                    each.move(value, source)
            if each.kind not in _UNNAMED:
                for part in (prefix, suffix):
                    if part:
                        before, after = (_text(part), "") if part is prefix else ("", _text(part))
                        each.rename(f"{before}{each.name.text()}{after}", spec.piece.source(part, by))

    def _label(self, spec: Spec, found: list[Object], by: By) -> None:
        labels, annotations = list(spec.labels()), spec.annotations()
        self.steps -= len(found) * (len(labels) + len(annotations))
        if self.steps < 0:
            return
        for each in found:
            if each.root is not None and isinstance(each.root.value, dict):
                for label, selects in labels:
                    self._put(spec, each.root.value, ("metadata", "labels"), [label], by)
                    if selects and each.kind == "Service":
                        self._put(spec, each.root.value, ("spec", "selector"), [label], by)
                self._put(spec, each.root.value, ("metadata", "annotations"), annotations, by)

    def _put(self, spec: Spec, root: dict[str, Traced], path: tuple[str, str], pairs: Iterable[Field], by: By) -> None:
        """Set labels or annotations of one object."""
        fields = root
        for pair in pairs:
            source = spec.piece.source(pair, by)
            fields = root
            for name in path:
                inner = fields.setdefault(name, Traced({}, (source,))).value
                if not isinstance(inner, dict):
                    return
                fields = inner
            put(fields, pair.name, _text(pair), source)


def _text(field: Field) -> str:
    return field.value.text if isinstance(field.value, Scalar) else ""
