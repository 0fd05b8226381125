"""Charts of the repository, rendered with every set of values that they are known to be installed with."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.discovery.charts import Installation, installations, with_charts
from bot.discovery.plan import Lacking
from bot.discovery.reading import read_file
from bot.policy.schema import Policy, Rendering
from bot.ports import Tools
from bot.problem import Problem
from bot.renderer import By, ChartJob, Rendered, Values
from bot.rendering.folders import Folder, is_library
from bot.rendering.parts import Files, Outcome
from bot.rendering.tasks import Done, Gap, Task, done, problem
from bot.rendering.written import written_values
from bot.source import Side

_OWN = ("values.yaml", "values.yml")


@dataclass(frozen=True)
class _Asked:
    """One side: what is installed of its charts, the folders of these, and what was rendered before."""

    outcome: Outcome
    files: Files
    installs: Mapping[str, Installation]
    folders: Mapping[str, Folder]


def charts(
    tools: Tools, outcomes: Sequence[Outcome], files: Sequence[Files], touched: Collection[str] | None, policy: Policy
) -> tuple[Outcome, ...]:
    """Each side with its charts rendered as far as `touched` affects them (see `tasks.done`).

    What the sides hold that was rendered already may install charts too.
    """
    asked = [_asked(outcome, own, policy) for outcome, own in zip(outcomes, files, strict=True)]
    if not any(each.installs for each in asked):
        return tuple(outcomes)
    sides = [
        (
            each.outcome.side,
            {name: _task(install, each, tools, policy.rendering) for name, install in each.installs.items()},
        )
        for each in asked
    ]
    finished = done(sides, tools.charts, tools, touched)
    told = [_told(each.installs, finished, number) for number, each in enumerate(asked)]
    spoken = frozenset(gap.id for gaps in told for gap in gaps)
    return tuple(_outcome(*each, spoken) for each in zip(asked, finished, told, strict=True))


def _told(installs: Mapping[str, Installation], finished: Sequence[Done[ChartJob]], number: int) -> frozenset[Gap]:
    """What of one side is told to be not rendered.

    That a chart cannot be with values that nobody is known to install it with says little: it is told where it could be
    on the other side.
    """
    others = [each for other, each in enumerate(finished) if other != number]
    could = frozenset[str]().union(*(each.dropped for each in others))
    return frozenset(
        gap for gap in finished[number].gaps if not (gap.whole and installs[gap.id].guessed) or gap.id in could
    )


def _asked(outcome: Outcome, files: Files, policy: Policy) -> _Asked:
    known = files.tree.files
    found = installations(outcome.plan, outcome.readings, policy, lambda path: path in known)
    folders = {chart: Folder.of(chart, files) for chart in sorted({each.chart for each in found})}
    kept = {each.path: each for each in found if not is_library(each.chart, files)}
    return _Asked(outcome, files, kept, folders)


def _task(install: Installation, asked: _Asked, tools: Tools, rendering: Rendering) -> Task[ChartJob]:
    folder, files = asked.folders[install.chart], asked.files
    digest = hashlib.sha256()

    def note(*parts: str) -> None:
        digest.update(("\0".join(parts) + "\n").encode("utf-8", "surrogateescape"))

    note(tools.charts.version(), install.chart, install.release, install.namespace, str(install.whole), install.by)
    note(rendering.kubernetes, *rendering.api_versions)
    for path in (*sorted(folder.read), "", *install.files):
        file = files.tree.files.get(path)
        note(path, file.blob if file else "")
    for link, target in sorted(folder.links.items()):
        note(link, target)
    read = folder.read | frozenset(install.files)
    if install.by:
        written = files.tree.files.get(install.by)
        note(written.blob if written else asked.outcome.keys.get(install.by, ""), install.name)
        read |= asked.outcome.read.get(install.by, frozenset({install.by}))

    def job() -> ChartJob:
        return ChartJob(
            install.chart,
            _contents(install, folder, files),
            tuple(_values(install, asked)),
            release=install.release,
            namespace=install.namespace,
            kube_version=rendering.kubernetes,
            api_versions=rendering.api_versions,
        )

    return Task(install.chart, digest.hexdigest(), read, job)


def _contents(install: Installation, folder: Folder, files: Files) -> Mapping[str, bytes]:
    contents = folder.contents(files)
    own = {f"{install.chart}/{name}" if install.chart else name for name in _OWN} if install.whole else set[str]()
    return {path: content for path, content in contents.items() if path not in own}


def _values(install: Installation, asked: _Asked) -> Iterable[Values]:
    had = asked.files.had(install.files)
    for file in install.files:
        yield Values(had.get(file, b"").decode("utf-8", "replace"), file)
    if install.by and install.deployment is not None:
        text = asked.outcome.texts.get(install.by)
        content = asked.files.had([install.by]).get(install.by, b"") if text is None else text.encode()
        yield from written_values(install.deployment, install.by, content)


def _outcome(asked: _Asked, finished: Done[ChartJob], told: frozenset[Gap], spoken: Collection[str]) -> Outcome:
    """One side with what was rendered; `spoken` are the ids of those that are told not to be, on either side."""
    outcome, installs, results = asked.outcome, asked.installs, finished.results
    readings = {path: read_file(path, each.text.encode()) for path, each in results.items()}
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
        problems=(*outcome.problems, *_problems(told, outcome.side)),
    )


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
    installs: Mapping[str, Installation], finished: Done[ChartJob], spoken: Collection[str]
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
