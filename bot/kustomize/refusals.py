"""Why a kustomization is not built at all, found before anything is run."""

from collections.abc import Iterator

from bot.kustomize.closure import Closure
from bot.kustomize.decrypted import decrypts
from bot.kustomize.piece import Library, Piece, text_of
from bot.kustomize.spec import Named, Spec
from bot.manifest.node import Mapping, Node
from bot.problem import ProblemKind
from bot.renderer import By, Failure, Source, one_line
from bot.source import START

BUILDS_ON = ("resources", "bases")
TEXTS = "configMapGenerator"
CHART = "HelmChartInflationGenerator"
_FUNCTION = "config.kubernetes.io/function"
_CONTAINER = "config.k8s.io/function"
_OF_KUSTOMIZE = "builtin"


def refusal(closure: Closure, library: Library, *, partial: bool = False) -> Failure | None:
    """The first reason why the root is not built; None where nothing speaks against trying.

    `partial` allows for resources that are elsewhere: they are left out. So are texts that go into ConfigMaps.
    """
    if not closure.specs:
        return _no_root(closure, library)
    if not closure.whole:
        return Failure(
            ProblemKind.TOO_LARGE,
            f"The kustomization builds on more than {len(closure.specs):,} others.",
            "Split it.",
        )
    for spec in closure.specs.values():
        for named in (*spec.named, *spec.secrets):
            if named.remote and not library.has(named.path) and not (partial and named.key in (*BUILDS_ON, TEXTS)):
                return elsewhere(spec, named)
            if named.outside and not named.remote:
                return _outside(spec, named)
        plugin = next(_plugins(spec, library), None)
        if plugin is not None:
            return plugin
    for absent in closure.absent:
        if absent.named.key in _NEEDED:
            return _absent(absent.spec, absent.named)
    return None


_NEEDED = frozenset(
    {"resources", "bases", "components", "patches", "patchesJson6902", "patchesStrategicMerge", "replacements"}
)


def _no_root(closure: Closure, library: Library) -> Failure:
    folder = closure.root or "."
    paths = [path for path in closure.read if path in library.files]
    if paths:
        return Failure(
            ProblemKind.UNREADABLE,
            f"`{one_line(min(paths))}` cannot be read as a kustomization.",
            "Mend the YAML.",
            Source(min(paths), START, By.KUSTOMIZATION),
        )
    message = f"`{one_line(folder)}` has no `kustomization.yaml`."
    return Failure(ProblemKind.MISSING, message, "Add one, or name another folder.")


def _at(spec: Spec, named: Named) -> Source:
    return Source(spec.path, named.at, By.KUSTOMIZATION)


def elsewhere(spec: Spec, named: Named) -> Failure:
    """What is told of a path that is an address."""
    return Failure(
        ProblemKind.UNSUPPORTED,
        f"`{one_line(spec.path)}` builds on `{one_line(named.written, 200)}`, which is not in this repository; "
        "nothing is fetched at a render.",
        "Commit a copy of it and name its path.",
        _at(spec, named),
    )


def _outside(spec: Spec, named: Named) -> Failure:
    return Failure(
        ProblemKind.OUTSIDE,
        f"`{one_line(spec.path)}` names `{one_line(named.written, 200)}`, which leads out of the repository.",
        "Name a path inside of the repository.",
        _at(spec, named),
    )


def _absent(spec: Spec, named: Named) -> Failure:
    return Failure(
        ProblemKind.MISSING,
        f"`{one_line(spec.path)}` names `{one_line(named.written, 200)}` in `{named.key}`, and there is neither "
        "such a file nor a folder with a kustomization.",
        "Correct the path, or commit what it names.",
        _at(spec, named),
    )


def _plugins(spec: Spec, library: Library) -> Iterator[Failure]:
    """The generators, transformers and validators that are programs."""
    for piece in spec.plugins(library):
        if is_program(piece) and not decrypts(piece):
            kind = one_line(text_of(piece.root, "kind") or "plugin", 100)
            yield Failure(
                ProblemKind.UNSUPPORTED,
                f"`{one_line(spec.path)}` uses the plugin `{kind}`, a program; none is run at a render.",
                "Commit what the plugin yields, or leave it out.",
                piece.source(_kind(piece), By.KUSTOMIZATION),
            )


def _kind(piece: Piece) -> Node:
    kind = piece.root.get("kind") if isinstance(piece.root, Mapping) else None
    return kind or piece.root


def is_program(piece: Piece) -> bool:
    """Whether a plugin's settings are those of a program, and not of a part of kustomize."""
    metadata = piece.root.get("metadata") if isinstance(piece.root, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if text_of(annotations, _FUNCTION) or text_of(annotations, _CONTAINER):
        return True
    version, kind = text_of(piece.root, "apiVersion"), text_of(piece.root, "kind")
    return bool(kind) and version.partition("/")[0] != _OF_KUSTOMIZE and kind not in _OWN


_OWN = frozenset(
    (
        "AnnotationsTransformer ConfigMapGenerator HashTransformer ImageTagTransformer LabelTransformer "
        "LegacyOrderTransformer NamespaceTransformer PatchJson6902Transformer PatchStrategicMergeTransformer "
        "PatchTransformer PrefixTransformer PrefixSuffixTransformer SuffixTransformer ReplicaCountTransformer "
        f"ReplacementTransformer SecretGenerator ValueAddTransformer SortOrderTransformer IAMPolicyGenerator {CHART}"
    ).split()
)
