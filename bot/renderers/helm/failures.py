"""Why a chart was not rendered, from the words of Helm to ours: what, where, what to do."""

import re
from typing import Any

from bot.manifest.text import SourceText
from bot.problem import ProblemKind
from bot.renderer import By, ChartJob, Failure, Source, one_line
from bot.renderers.helm.archive import Chart, Packed
from bot.renderers.helm.places import TemplatePlaces, ValuePlaces
from bot.source import START, Span

_AT = re.compile(r"([^\s():\"'<>]+/templates/[^\s():\"'<>]+):(\d{1,7})(?::(\d{1,7}))?")
_REFUSED = re.compile(r"execution error at \([^()]*\): (.*)", re.DOTALL)
_FIELD = re.compile(r"at '(/[^']*)'")
_SCHEMA = "values don't meet the specifications of the schema(s) in the following chart(s):"


def failure(
    job: ChartJob, packed: Packed, error: dict[str, Any], values: ValuePlaces, templates: TemplatePlaces
) -> Failure:
    """The Failure for an error that the worker tells."""
    text = str(error.get("text", ""))
    match error.get("stage"):
        case "dependency":
            return _dependency(job, packed, error)
        case "kube":
            return Failure(
                ProblemKind.UNSUPPORTED,
                f"The chart wants Kubernetes `{one_line(text)}`, and is rendered for {error['version']}.",
                "Name the Kubernetes version of the cluster in the policy, or take a chart that knows it.",
                _line(job, packed, r"^kubeVersion:.*$"),
            )
        case "options":
            return Failure(
                ProblemKind.POLICY,
                f"The chart is not rendered for Kubernetes `{one_line(job.kube_version)}`: {_sentence(text)}",
                "Name a version of Kubernetes such as 1.31 in the policy.",
            )
        case "library":
            message = "It is a library chart, which has nothing to render."
            return Failure(
                ProblemKind.UNSUPPORTED, message, "Name the chart that uses it.", _line(job, packed, "^type:.*$")
            )
        case "load":
            message = f"The chart cannot be loaded: {_sentence(text)}"
            return Failure(ProblemKind.TEMPLATE, message, "Mend the chart.", _line(job, packed, r"\A"))
        case "values":
            return _values(job, packed, error, values)
    return _template(text, templates)


def _dependency(job: ChartJob, packed: Packed, error: dict[str, Any]) -> Failure:
    missing = error["missing"]
    named = ", ".join(_named(each) for each in missing[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    first = re.escape(str(missing[0]["name"]))
    return Failure(
        ProblemKind.MISSING,
        f"The chart needs {named}{more}, not found in its `charts/`; nothing is fetched at a render.",
        "Run `helm dependency build` for the chart and commit its `charts/`, or let the operator of Routeproof allow "
        "the repository (`ROUTEPROOF_CHART_REPOSITORIES`).",
        _line(job, packed, rf"^.*\bname:[ \t]*[\"']?{first}[\"']?[ \t]*(?:[,}}].*)?$"),
    )


def _named(dependency: dict[str, str]) -> str:
    version = f" {one_line(dependency['version'], 60)}" if dependency["version"] else ""
    origin = f" of {one_line(dependency['repository'], 120)}" if dependency["repository"] else ""
    return f"`{one_line(dependency['name'], 80)}`{version}{origin}"


def _values(job: ChartJob, packed: Packed, error: dict[str, Any], values: ValuePlaces) -> Failure:
    text = str(error.get("text", ""))
    index = error.get("document")
    if isinstance(index, int):
        document = job.values[index]
        return Failure(
            ProblemKind.UNREADABLE,
            f"The values cannot be read: {_sentence(text)}",
            "Mend the YAML of the values.",
            Source(document.file, document.at, By.VALUES),
        )
    paths = (tuple(part for part in found[1].split("/") if part) for found in _FIELD.finditer(text))
    place = next((source for path in paths if path and (source := values.find(path)) is not None), None)
    if text.startswith(_SCHEMA):
        return Failure(
            ProblemKind.TEMPLATE,
            f"The values do not fit the chart's `values.schema.json`: {_sentence(text.removeprefix(_SCHEMA))}",
            "Mend the values, or the schema.",
            place,
        )
    message = f"The values cannot be used: {_sentence(text)}"
    return Failure(
        ProblemKind.TEMPLATE, message, "Mend the values, or those of the chart.", place or _line(job, packed, r"\A")
    )


def _template(text: str, templates: TemplatePlaces) -> Failure:
    found = _AT.search(text[:4_000])
    place = None
    if found:
        place = templates.find(found[1])
        if place.by is By.TEMPLATE:
            line, column = int(found[2]), int(found[3] or 0) + 1
            place = Source(place.file, Span(line, column, line, column), By.TEMPLATE)
    refused = _REFUSED.search(text)
    if refused:
        message = f"The chart refuses these values: {_sentence(refused[1])}"
        return Failure(ProblemKind.TEMPLATE, message, "Set what it asks for in the values.", place)
    message = f"A template fails: {_sentence(text)}"
    return Failure(ProblemKind.TEMPLATE, message, "Mend the template, or the values that it takes.", place)


def _sentence(text: str) -> str:
    """Words of Helm or of the chart, to end a sentence of ours."""
    line = one_line(text)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _line(job: ChartJob, packed: Packed, pattern: str) -> Source:
    """The first line of Chart.yaml or requirements.yaml that a pattern finds."""
    chart: Chart = packed.chart
    if job.named:
        return job.named
    for name in ("Chart.yaml", "requirements.yaml") if chart.folder is not None else ():
        text = packed.members.get(name, b"").decode("utf-8", "replace")
        found = re.search(pattern, text, re.MULTILINE)
        if found:
            file = f"{chart.folder}/{name}" if chart.folder else name
            return Source(file, SourceText(text).span(*found.span()), By.CHART)
    return Source(chart.place, START, By.CHART)
