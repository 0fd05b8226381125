"""Edge: from Kustomize roots to what the cluster gets: what is in the cache, and for what the change affects a render.

Both sides are treated alike: a root of which one side cannot be had is read on both as its files are written.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.analysis.origins import Key, Origins, changed_lines
from bot.bundle import Reading
from bot.discovery.plan import Plan
from bot.discovery.reading import read_file
from bot.discovery.releases import RELEASES
from bot.discovery.rendering import altering_roots, rendered_path, with_rendered
from bot.kustomize.closure import Closure, closure
from bot.ports import Ports, Sides, Tools, Tree
from bot.problem import Problem, ProblemKind
from bot.renderer import TRACED, Failure, Origin, OverlayJob, Rendered
from bot.source import Location, Side

_KINDS = TRACED.union(RELEASES)  # what installs a chart may be patched too
_REFUSALS = frozenset({ProblemKind.TEMPLATE, ProblemKind.MISSING, ProblemKind.UNREADABLE})
_AT_ONCE = max(2, min(4, os.cpu_count() or 1))


@dataclass(frozen=True)
class Part:
    """One side as it was read: its plan, and what its files say by path."""

    side: Side
    tree: Tree
    plan: Plan
    readings: Mapping[str, Reading]


@dataclass(frozen=True)
class Outcome:
    """One side with what was rendered in the place of what was written.

    `keys` tells rendered files that are equal on both sides from others; `origins` leads from them to what was written,
    and `read` tells all that they depend on.
    """

    side: Side
    plan: Plan
    readings: Mapping[str, Reading]
    keys: Mapping[str, str]
    origins: Mapping[str, tuple[Origin, ...]]
    read: Mapping[str, frozenset[str]]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Job:
    """A root of one side: what it builds on, and a key that is equal where the render must be."""

    root: str
    closure: Closure
    key: str


@dataclass(frozen=True)
class _Gap:
    """A root that could not be rendered, or a part of it that could not; places do not tell two apart."""

    root: str
    failure: Failure
    whole: bool

    def __hash__(self) -> int:
        return hash((self.root, self.failure.message))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Gap) and (self.root, self.failure.message) == (other.root, other.failure.message)


def rendered(ports: Ports, parts: Sequence[Part], touched: Collection[str] | None = None) -> tuple[Outcome, ...]:
    """Each side with its Kustomize roots rendered as far as they do more than to list and to place what is written.

    `touched` holds the paths that the change touches: a root that none of them can affect is taken from the cache, or
    read as it is written. None: every root is rendered.
    """
    tools = ports.tools
    version = f"{tools.overlays.version()} {tools.program}"
    roots = frozenset[str]().union(*(altering_roots(part.plan, part.readings) for part in parts))
    files = [_Files(ports, part.tree) for part in parts]
    jobs = [
        {root: _job(root, part, own, version) for root in sorted(roots & _roots(part.plan))}
        for part, own in zip(parts, files, strict=True)
    ]
    affected = {
        root
        for each in jobs
        for root, job in each.items()
        if touched is None or not job.closure.read.isdisjoint(touched)
    }
    known = dict(tools.renders.load({job.key for each in jobs for job in each.values()}))
    wanted = {job.key: (job, own) for each, own in zip(jobs, files, strict=True) for job in each.values()}
    absent = {key: it for key, it in wanted.items() if key not in known and it[0].root in affected}
    made = _made(tools, absent)
    tools.renders.store({key: each for key, each in made.items() if isinstance(each, Rendered)})
    results: dict[str, Rendered | Failure] = {**known, **made}
    lost = {root for each in jobs for root, job in each.items() if not isinstance(results.get(job.key), Rendered)}
    gaps = [frozenset(_gaps(each, results)) for each in jobs]
    # What is so on both sides the change does not do; of a patch that it touches there the gaps tell.
    same = frozenset.intersection(*gaps) if len(gaps) > 1 else frozenset[_Gap]()
    left = [
        frozenset(gap for gap in own - same if not _mended(gap, part)) for part, own in zip(parts, gaps, strict=True)
    ]
    told = frozenset(gap.root for own in left for gap in own if gap.whole)
    return tuple(
        _outcome(part, {root: job for root, job in each.items() if root not in lost}, results, own, told)
        for part, each, own in zip(parts, jobs, left, strict=True)
    )


def origins_of(ports: Ports, sides: Sides, outcomes: Sequence[Outcome]) -> Origins:
    """What leads from the rendered files of a comparison to what was written, and to the lines that changed."""
    depends = {(each.side, path): read & sides.touched for each in outcomes for path, read in each.read.items()}
    concerned = sorted(frozenset[str]().union(*depends.values()))
    old, new = (_Files(ports, tree).had(concerned) for tree in (sides.base, sides.head))
    changed: dict[Key, Mapping[int, str]] = {}
    for path in concerned:
        lines = changed_lines(*(each.get(path, b"").decode("utf-8", "replace") for each in (old, new)))
        changed.update({(Side.BASE, path): lines[0], (Side.HEAD, path): lines[1]})
    return Origins(rendered_origins(outcomes), changed, depends)


def rendered_origins(outcomes: Sequence[Outcome]) -> dict[Key, tuple[Origin, ...]]:
    """The origins of the rendered files, by side and path."""
    return {(each.side, path): origins for each in outcomes for path, origins in each.origins.items()}


def _roots(plan: Plan) -> frozenset[str]:
    return frozenset(each.unit.path for made in plan.generators.values() for each in made)


def _job(root: str, part: Part, files: "_Files", version: str) -> _Job:
    found = closure(root, files, part.tree.links)
    digest = hashlib.sha256(f"{version}\0{root}".encode("utf-8", "surrogateescape"))
    for path in sorted(found.read):
        file = part.tree.files.get(path)
        digest.update(f"\0{path}\0{file.blob if file else ''}".encode("utf-8", "surrogateescape"))
    for link, target in sorted(found.links.items()):
        digest.update(f"\0{link}\0->{target}".encode("utf-8", "surrogateescape"))
    return _Job(root, found, digest.hexdigest())


def _made(tools: Tools, jobs: Mapping[str, tuple[_Job, "_Files"]]) -> dict[str, Rendered | Failure]:
    """Render, a few at once: each is a process of its own."""

    def render(job: OverlayJob) -> Rendered | Failure:
        return tools.overlays.render(job, tools.limits)

    asked = [
        # Read before the threads start: git answers one question after the other.
        OverlayJob(
            job.root,
            files.had(job.closure.files),
            job.closure.links,
            kinds=_KINDS,
            program=tools.program,
            partial=True,
            beyond=True,
        )
        for job, files in jobs.values()
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(jobs, pool.map(render, asked), strict=True))


def _gaps(jobs: Mapping[str, _Job], results: Mapping[str, Rendered | Failure]) -> Iterator[_Gap]:
    """Roots that could not be rendered, and parts of roots, with the reason."""
    for root, job in jobs.items():
        match results.get(job.key):
            case Failure() as failure:
                yield _Gap(root, failure, whole=True)
            case Rendered(left_out=left_out):
                yield from (_Gap(root, each, whole=False) for each in left_out)
            case None:
                pass


def _mended(gap: _Gap, part: Part) -> bool:
    """Whether kustomize refused a root before the change: that is not the change's doing, nothing of it was applied."""
    return part.side is Side.BASE and gap.whole and gap.failure.kind in _REFUSALS


def _outcome(
    part: Part,
    jobs: Mapping[str, _Job],
    results: Mapping[str, Rendered | Failure],
    gaps: Collection[_Gap],
    told: Collection[str],
) -> Outcome:
    texts = {
        rendered_path(root): found for root, job in jobs.items() if isinstance(found := results[job.key], Rendered)
    }
    return Outcome(
        side=part.side,
        plan=with_rendered(part.plan, jobs, told),
        readings={**part.readings, **{path: read_file(path, each.text.encode()) for path, each in texts.items()}},
        keys={rendered_path(root): job.key for root, job in jobs.items()},
        origins={path: each.origins for path, each in texts.items()},
        read={path: each.read for path, each in texts.items()},
        problems=tuple(
            _problem(gap, part.side) for gap in sorted(gaps, key=lambda gap: (gap.root, gap.failure.message))
        ),
    )


def _problem(gap: _Gap, side: Side) -> Problem:
    failure = gap.failure
    at = Location(failure.source.file, failure.source.span, side) if failure.source else None
    return Problem(failure.kind, failure.message, failure.remedy, at, unit=gap.root or ".", touched=True)


class _Files(Mapping[str, bytes]):
    """The contents of the files of a tree, read when they are asked for and kept."""

    def __init__(self, ports: Ports, tree: Tree) -> None:
        self._ports, self._tree = ports, tree
        self._known: dict[str, bytes] = {}

    def had(self, paths: Collection[str]) -> dict[str, bytes]:
        """The contents of those that can be had."""
        asked = [file for path in sorted(paths) if path not in self._known and (file := self._tree.files.get(path))]
        for file, content in self._ports.repository.read(asked):
            if isinstance(content, bytes):
                self._known[file.path] = content
        return {path: self._known[path] for path in paths if path in self._known}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._known:
            self.had([path])
        return self._known[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree.files)

    def __len__(self) -> int:
        return len(self._tree.files)

    def __contains__(self, path: object) -> bool:
        return path in self._tree.files
