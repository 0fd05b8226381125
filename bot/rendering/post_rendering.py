"""A chart of the repository rendered, and patched as the HelmRelease that installs it has kustomize do it."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.analysis.origins import origin_at
from bot.discovery.added import Added
from bot.ports import Tools
from bot.problem import ProblemKind
from bot.reading import Deployment
from bot.renderer import ChartJob, Failure, Limits, Origin, OverlayJob, Rendered, Renderer, Source, Values
from bot.rendering.overlays import KINDS
from bot.rendering.patches import Patches

_FOLDER = ".routeproof/chart"
_YIELD = f"{_FOLDER}/chart.yaml"


@dataclass(frozen=True)
class ReleaseJob:
    """A chart to render, and the kustomization that patches what it yields, with its patches; none for most charts.

    `failure` tells why the chart could not be fetched, which is None then, or why something that it may need could not.
    """

    chart: ChartJob | None
    patching: Mapping[str, Values] = field(default_factory=dict)
    failure: Failure | None = None


def patching(deployment: Deployment | None, file: str, content: bytes) -> Mapping[str, Values]:
    """The kustomization for what a chart yields, and its patches, as the object in a file says them."""
    if deployment is None or deployment.kind != "HelmRelease" or not deployment.added:
        return {}
    patches = Added(said=deployment.added).patches
    written = Patches(content, file, deployment.kind, deployment.name, deployment.at)
    files, said = written.laid(patches, _FOLDER)
    text = json.dumps({"resources": ["chart.yaml"], "patches": said})
    return {**files, f"{_FOLDER}/kustomization.yaml": Values(text, file, written.place, exact=False)} if said else {}


def releases(tools: Tools) -> Renderer[ReleaseJob]:
    """What renders charts and patches what they yield; of what is missing it tells why it could not be fetched."""

    def render(job: ReleaseJob, limits: Limits) -> Rendered | Failure:
        if job.chart is None:
            assert job.failure is not None
            return job.failure
        made = tools.charts.render(job.chart, limits)
        if isinstance(made, Failure):
            return job.failure if job.failure and made.kind is ProblemKind.MISSING else made
        return _patched(made, job.chart.named, job.patching, tools, limits) if job.patching else made

    return Renderer(tools.charts.id, render, tools.charts.version)


def _patched(
    made: Rendered, named: Source | None, patching: Mapping[str, Values], tools: Tools, limits: Limits
) -> Rendered | Failure:
    files = {_YIELD: made.text.encode("utf-8", "surrogatepass")}
    found = tools.overlays.render(
        OverlayJob(_FOLDER, files, inserted=patching, kinds=KINDS, program=tools.program), limits
    )
    if isinstance(found, Failure):
        lost = found.source is not None and found.source.file == _YIELD
        return replace(found, source=named if lost else found.source)
    lines = [origin.line for origin in made.origins]
    origins = [
        Origin(each.line, each.path, tuple(dict.fromkeys(_before(each.sources, made, lines)))) for each in found.origins
    ]
    return replace(made, text=found.text, origins=tuple(origins))


def _before(sources: tuple[Source, ...], made: Rendered, lines: list[int]) -> Iterator[Source]:
    """Places in what the chart yielded, as the places that made that."""
    for each in sources:
        if each.file != _YIELD:
            yield each
        elif bisect_right(lines, each.span.line):
            yield from origin_at(made.origins, lines, each.span).sources
