"""Charts of the repository, rendered with every set of values that they are known to be installed with."""

import hashlib
import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.bundle import ChartRef
from bot.discovery.charts import Installation, installations, with_charts
from bot.discovery.plan import Lacking, UnitKind
from bot.discovery.remote import Elsewhere
from bot.finding import UnitRef
from bot.policy.schema import Policy, Rendering
from bot.ports import Tools
from bot.problem import Problem
from bot.renderer import By, ChartJob, Rendered, Source, Values
from bot.rendering.fetching import Fetched, lacking
from bot.rendering.folders import Folder, is_library
from bot.rendering.parts import Files, Outcome
from bot.rendering.post_rendering import ReleaseJob, patching, releases
from bot.rendering.tasks import Done, Gap, Task, done, problem
from bot.rendering.written import given_values, written_values
from bot.source import Side

_OWN = ("values.yaml", "values.yml")


@dataclass(frozen=True)
class _Asked:
    """One side: what is installed of charts, the folders of those that it holds, and what was rendered before.

    `lacking` tells by its folder what a chart needs of others elsewhere.
    """

    outcome: Outcome
    files: Files
    installs: Mapping[str, Installation]
    folders: Mapping[str, Folder]
    lacking: Mapping[str, Mapping[str, ChartRef]]

    def reads(self, install: Installation) -> frozenset[str]:
        """All that an installation depends on in this side's tree."""
        read = {*install.files, *(each.file for each in install.given)}
        if not install.ref:
            read |= self.folders[install.chart].read
        if install.named:
            read |= {install.named.file}
        if install.by:
            read |= self.outcome.read.get(install.by, {install.by})
        return frozenset(read)


def charts(
    tools: Tools, outcomes: Sequence[Outcome], files: Sequence[Files], touched: Collection[str] | None, policy: Policy
) -> tuple[Outcome, ...]:
    """Each side with its charts rendered as far as `touched` affects them (see `tasks.done`).

    What the sides hold that was rendered already may install charts too.
    """
    asked = [_asked(outcome, own, tools, policy) for outcome, own in zip(outcomes, files, strict=True)]
    if not any(each.installs for each in asked):
        return tuple(outcomes)
    concerned = _concerned(asked, touched)
    fetched = Fetched.of(tools.source, _wanted(asked, concerned))
    sides = [
        (each.outcome.side, {name: _task(one, each, fetched, tools, policy.rendering) for name, one in found.items()})
        for each in asked
        for found in [{name: one for name, one in each.installs.items() if not one.ref or name in concerned}]
    ]
    finished = done(sides, releases(tools), tools, touched)
    missed = _missed(asked, finished, fetched)
    told = [
        missed[number]
        | {gap for gap in _told(each.installs, finished, number) if not (gap.whole and each.installs[gap.id].ref)}
        for number, each in enumerate(asked)
    ]
    spoken = frozenset(gap.id for gaps in told for gap in gaps)
    return tuple(_outcome(*each, spoken) for each in zip(asked, finished, told, strict=True))


def _concerned(asked: Sequence[_Asked], touched: Collection[str] | None) -> frozenset[str]:
    """The installations that the change can affect, on either side."""
    return frozenset(
        name
        for each in asked
        for name, install in each.installs.items()
        if touched is None or not each.reads(install).isdisjoint(touched)
    )


def _wanted(asked: Sequence[_Asked], concerned: Collection[str]) -> set[ChartRef]:
    """The charts elsewhere that are needed for what is concerned."""
    installs = [(each, one) for each in asked for name, one in each.installs.items() if name in concerned]
    return set().union(*(_needed(one, each).values() for each, one in installs))


def _missed(
    asked: Sequence[_Asked], finished: Sequence[Done[ReleaseJob]], fetched: Fetched
) -> tuple[frozenset[Gap], ...]:
    """What of each side comes from elsewhere and could not be rendered: one of all that have the same reason.

    It is told whatever the other side was, as the change touches it; but that what was there before was refused is not
    the change's doing.
    """
    told: set[str] = set()
    found: list[frozenset[Gap]] = []
    for each, own in zip(reversed(asked), reversed(finished), strict=True):
        gaps = {}
        for name, failure in own.failed.items():
            ref = each.installs[name].ref
            ours = each.outcome.side is Side.HEAD or fetched.failure(ref) is not None
            if ref and ours and failure.message not in told:
                gaps[failure.message] = Gap(name, _folder(each.installs[name]), failure, whole=True)
                told.add(failure.message)
        found.append(frozenset(gaps.values()))
    return tuple(reversed(found))


def _told(installs: Mapping[str, Installation], finished: Sequence[Done[ReleaseJob]], number: int) -> frozenset[Gap]:
    """What of one side is told to be not rendered.

    That a chart cannot be with values that nobody is known to install it with says little: it is told where it could be
    on the other side.
    """
    others = [each for other, each in enumerate(finished) if other != number]
    could = frozenset[str]().union(*(each.dropped for each in others))
    return frozenset(
        gap for gap in finished[number].gaps if not (gap.whole and installs[gap.id].guessed) or gap.id in could
    )


def _asked(outcome: Outcome, files: Files, tools: Tools, policy: Policy) -> _Asked:
    known, source = files.tree.files, tools.source

    def exists(path: str) -> bool:
        return path in known

    local = installations(outcome.plan, outcome.readings, policy, exists)
    folders = {chart: Folder.of(chart, files) for chart in sorted({each.chart for each in local})}
    found = {each.path: each for each in local if not is_library(each.chart, files)}
    if source:
        remote = Elsewhere(outcome.plan, outcome.readings, exists).installations()
        found |= {each.path: each for each in remote if each.ref and source.allows(each.ref)}
    needs = {chart: lacking(chart, folder, files) if source else {} for chart, folder in folders.items()}
    return _Asked(outcome, files, found, folders, needs)


def _task(
    install: Installation, asked: _Asked, fetched: Fetched, tools: Tools, rendering: Rendering
) -> Task[ReleaseJob]:
    files = asked.files
    needed = _needed(install, asked)
    failure = next((why for ref in needed.values() if (why := fetched.failure(ref))), None)
    archives = {path: found for path, ref in needed.items() if (found := fetched.archive(ref))}
    digest = hashlib.sha256()

    def note(*parts: str) -> None:
        digest.update(("\0".join(parts) + "\n").encode("utf-8", "surrogateescape"))

    note(tools.charts.version(), install.chart, install.release, install.namespace, str(install.whole), install.by)
    note(rendering.kubernetes, *rendering.api_versions)
    note(failure.message if failure else "", *(f"{path} {each.digest}" for path, each in sorted(archives.items())))
    folder = asked.folders.get(install.chart) if not install.ref else None
    given = [each for one in install.given for each in (one.file, one.name, one.key, one.target)]
    named = install.named.file if install.named else ""
    for path in (*sorted(folder.read if folder else ()), "", *install.files, "", *given, named):
        file = files.tree.files.get(path)
        note(path, file.blob if file else "")
    for link, target in sorted(folder.links.items() if folder else ()):
        note(link, target)
    if install.by:
        written = files.tree.files.get(install.by)
        note(written.blob if written else asked.outcome.keys.get(install.by, ""), install.name)
        if install.deployment and install.deployment.added:
            note(tools.overlays.version(), tools.program, install.deployment.added)

    def job() -> ReleaseJob:
        if failure and install.ref:
            return ReleaseJob(None, failure=replace(failure, source=_named(install)))
        contents = _contents(install, folder, files) if folder else {}
        made = ChartJob(
            install.chart,
            {**contents, **{path: each.data for path, each in archives.items()}},
            tuple(_values(install, asked)),
            release=install.release,
            namespace=install.namespace,
            kube_version=rendering.kubernetes,
            api_versions=rendering.api_versions,
            named=_named(install),
        )
        return ReleaseJob(made, patching(install.deployment, install.by, _written(install.by, asked)), failure)

    return Task(_folder(install), digest.hexdigest(), asked.reads(install), job)


def _named(install: Installation) -> Source | None:
    """The place where a chart from elsewhere and its version are named."""
    return Source(install.named.file, install.named.span, By.CHART) if install.named else None


def _folder(install: Installation) -> str:
    """The folder that problems name."""
    return posixpath.dirname(install.by) if install.ref else install.chart


def _needed(install: Installation, asked: _Asked) -> Mapping[str, ChartRef]:
    """What is to be fetched for an installation, by the paths that stand for it."""
    return {install.chart: install.ref} if install.ref else asked.lacking[install.chart]


def _contents(install: Installation, folder: Folder, files: Files) -> Mapping[str, bytes]:
    contents = folder.contents(files)
    own = {f"{install.chart}/{name}" if install.chart else name for name in _OWN} if install.whole else set[str]()
    return {path: content for path, content in contents.items() if path not in own}


def _values(install: Installation, asked: _Asked) -> Iterable[Values]:
    had = asked.files.had(install.files)
    for file in install.files:
        yield Values(had.get(file, b"").decode("utf-8", "replace"), file)
    for given in install.given:
        if values := given_values(given, asked.files.had([given.file]).get(given.file, b"")):
            yield values
    if install.by and install.deployment is not None:
        yield from written_values(install.deployment, install.by, _written(install.by, asked))


def _written(file: str, asked: _Asked) -> bytes:
    """The content of a file, be it rendered itself."""
    text = asked.outcome.texts.get(file)
    return asked.files.had([file]).get(file, b"") if text is None else text.encode()


def _outcome(asked: _Asked, finished: Done[ReleaseJob], told: frozenset[Gap], spoken: Collection[str]) -> Outcome:
    """One side with what was rendered; `spoken` are the ids of those that are told not to be, on either side."""
    outcome, installs, results = asked.outcome, asked.installs, finished.results
    readings = asked.files.said({path: (finished.tasks[path].key, each.text) for path, each in results.items()})
    plan, merged = with_charts(
        outcome.plan,
        outcome.readings,
        readings,
        made=_made(installs, results, spoken),
        lacking=_lacking(installs, finished, spoken),
        installs=tuple(installs.values()),
    )
    return replace(
        outcome,
        plan=plan,
        readings=merged,
        keys={**outcome.keys, **{path: task.key for path, task in finished.tasks.items()}},
        origins={**outcome.origins, **{path: each.origins for path, each in results.items()}},
        read={**outcome.read, **{path: finished.tasks[path].read | each.read for path, each in results.items()}},
        texts={**outcome.texts, **{path: each.text for path, each in results.items()}},
        units={**outcome.units, **{path: _unit(installs[path]) for path in results}},
        problems=(*outcome.problems, *_problems(told, outcome.side)),
    )


def _unit(install: Installation) -> UnitRef:
    return UnitRef(str(UnitKind.CHART), install.release, _folder(install) or ".")


def _made(
    installs: Mapping[str, Installation], results: Mapping[str, Rendered], told: Collection[str]
) -> dict[str, frozenset[str] | None]:
    """The charts that were rendered, or were told not to be: which of their files made anything."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, each in results.items():
        sources = {source.file for origin in each.origins for source in origin.sources if source.by is By.TEMPLATE}
        found[installs[path].chart] |= sources
    made: dict[str, frozenset[str] | None] = {chart: frozenset(files) for chart, files in found.items()}
    return {**made, **dict.fromkeys(installs[path].chart for path in told if path in installs)}


def _lacking(
    installs: Mapping[str, Installation], finished: Done[ReleaseJob], spoken: Collection[str]
) -> dict[str, Lacking]:
    """Why charts could not be rendered, as far as it is not told yet, and other values do not do."""
    rendered = {installs[path].chart for path in finished.results}
    found: dict[str, Lacking] = {}
    for path, failure in finished.failed.items():
        install = installs[path]
        if path not in spoken and not (install.guessed and install.chart in rendered):
            found.setdefault(install.chart, Lacking(failure.message, failure.remedy))
    return found


def _problems(gaps: Collection[Gap], side: Side) -> tuple[Problem, ...]:
    return tuple(problem(gap, side) for gap in sorted(gaps, key=lambda gap: (gap.unit, gap.failure.message)))
