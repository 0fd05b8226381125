"""What is to be rendered of charts: each installation of one side as a task, with all that it reads."""

import posixpath
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.discovery.charts import OWN, Installation, apart, installations
from bot.discovery.remote import Elsewhere, Key
from bot.discovery.substitution import filler
from bot.policy.schema import Policy, Rendering
from bot.ports import Tools
from bot.reading import ChartRef
from bot.renderer import By, ChartJob, Source, Values
from bot.rendering.fetching import Fetched, lacking
from bot.rendering.folders import Folder, is_library
from bot.rendering.keys import KeyMaker
from bot.rendering.parts import Files, Outcome
from bot.rendering.post_rendering import ReleaseJob, patching
from bot.rendering.tasks import Task
from bot.rendering.written import given_values, written_values


@dataclass(frozen=True)
class Asked:
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


def asked_of(
    outcome: Outcome, files: Files, tools: Tools, policy: Policy, active: Collection[Key] = frozenset()
) -> Asked:
    """All that is installed on one side, as far as its charts may be had; `active` as in `Elsewhere`."""
    known, source = files.tree.files, tools.source

    def exists(path: str) -> bool:
        return path in known

    local = installations(outcome.plan, outcome.readings, policy, exists)
    folders = {chart: Folder.of(chart, files) for chart in sorted({each.chart for each in local})}
    installs = [each for each in local if not is_library(each.chart, files)]
    if source:
        remote = Elsewhere(outcome.plan, outcome.readings, exists, active).installations()
        installs += [each for each in remote if each.ref and source.allows(each.ref)]
    found = {each.path: each for each in apart(installs)}
    needs = {chart: lacking(chart, folder, files) if source else {} for chart, folder in folders.items()}
    return Asked(outcome, files, found, folders, needs)


def task_of(
    install: Installation, asked: Asked, fetched: Fetched, tools: Tools, rendering: Rendering
) -> Task[ReleaseJob]:
    """One installation as a task."""
    files = asked.files
    needed = needed_by(install, asked)
    failure = next((why for ref in needed.values() if (why := fetched.failure(ref))), None)
    archives = {path: found for path, ref in needed.items() if (found := fetched.archive(ref))}
    made = KeyMaker(tools.charts.version(), install.chart, install.release, install.namespace)
    made.note(str(install.whole), install.by, rendering.kubernetes, *rendering.api_versions)
    made.note(failure.message if failure else "", *(f"{path} {each.digest}" for path, each in sorted(archives.items())))
    folder = asked.folders.get(install.chart) if not install.ref else None
    given = [each for one in install.given for each in (one.file, one.name, one.key, one.target)]
    named = install.named.file if install.named else ""
    made.note_files((*sorted(folder.read if folder else ()), "", *install.files, "", *given, named), files.tree)
    made.note_links(folder.links if folder else {})
    if install.by:
        written = files.tree.files.get(install.by)
        made.note(written.blob if written else asked.outcome.keys.get(install.by, ""), install.name, install.path)
        made.note(repr(install.variables))
        made.note(install.deployment.values if install.deployment else "")  # a generator may have filled them in
        if install.deployment and install.deployment.added:
            made.note(tools.overlays.version(), tools.program, install.deployment.added)

    def job() -> ReleaseJob:
        if failure and install.ref:
            return ReleaseJob(None, failure=replace(failure, source=_named(install)))
        contents = _contents(install, folder, files) if folder else {}
        chart = ChartJob(
            install.chart,
            {**contents, **{path: each.data for path, each in archives.items()}},
            tuple(_values(install, asked)),
            release=filler(install.variables)(install.release),
            namespace=install.namespace,
            kube_version=rendering.kubernetes,
            api_versions=rendering.api_versions,
            named=_named(install),
        )
        return ReleaseJob(chart, patching(install.deployment, install.by, _written(install.by, asked)), failure)

    return Task(folder_of(install), made.key(), asked.reads(install), job)


def folder_of(install: Installation) -> str:
    """The folder that problems name."""
    return posixpath.dirname(install.by) if install.ref else install.chart


def parameters_of(install: Installation) -> frozenset[str]:
    """The file whose parameters made the object that installs it, where a generator did.

    It is no part of what is read: it may make a thousand others, and where it says the same nothing differs.
    """
    return frozenset(filter(None, [install.deployment.parameters if install.deployment else ""]))


def needed_by(install: Installation, asked: Asked) -> Mapping[str, ChartRef]:
    """What is to be fetched for an installation, by the paths that stand for it."""
    return {install.chart: install.ref} if install.ref else asked.lacking[install.chart]


def _named(install: Installation) -> Source | None:
    """The place where a chart from elsewhere and its version are named."""
    return Source(install.named.file, install.named.span, By.CHART) if install.named else None


def _contents(install: Installation, folder: Folder, files: Files) -> Mapping[str, bytes]:
    contents = folder.contents(files)
    own = {f"{install.chart}/{name}" if install.chart else name for name in OWN} if install.whole else set[str]()
    return {path: content for path, content in contents.items() if path not in own}


def _values(install: Installation, asked: Asked) -> Iterable[Values]:
    had = asked.files.had(install.files)
    for file in install.files:
        yield Values(had.get(file, b"").decode("utf-8", "replace"), file)
    said = [given_values(given, asked.files.had([given.file]).get(given.file, b"")) for given in install.given]
    if install.by and install.deployment is not None:
        said += written_values(install.deployment, install.by, _written(install.by, asked))
    fill = filler(install.variables)
    for values in filter(None, said):
        # Line by line: places stay where they are, and no text is too long.
        yield replace(values, text="\n".join(map(fill, values.text.split("\n")))) if "${" in values.text else values


def _written(file: str, asked: Asked) -> bytes:
    """The content of a file, be it rendered itself."""
    text = asked.outcome.texts.get(file)
    return asked.files.had([file]).get(file, b"") if text is None else text.encode()
