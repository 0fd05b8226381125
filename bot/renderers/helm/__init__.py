"""Renders a chart with its values as `helm template` does: offline, in a process of its own, within limits.

Hooks and tests are rendered, `crds/` and NOTES.txt are not, and a lookup finds nothing. A dependency is taken from
`charts/`, or from the repository where Chart.yaml names it by `file://`; nothing is fetched.

The data of Secrets is left out of the text. What a second render does not repeat (`randAlphaNum`, `genCA`, `now`)
stands in the objects that concern us as `${random}`, a variable like any other: two sides compare equal, and nothing
is said of its form.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.command import Killed, Ran, Reason, run
from bot.manifest.masking import kept, secret_texts
from bot.manifest.read import Document, Unread
from bot.manifest.repeated import hidden_again, noted, without
from bot.manifest.secrecy import MASK
from bot.problem import ProblemKind
from bot.renderer import TRACED, ChartJob, Failure, Limits, Origin, Rendered, Renderer, one_line
from bot.renderers.helm.archive import Packed, archive, pack
from bot.renderers.helm.documents import of_kinds, parse, scalars, settled, split
from bot.renderers.helm.failures import failure
from bot.renderers.helm.origins import MAX_ORIGINS, Rendering, Tracer
from bot.renderers.helm.places import TemplatePlaces, ValuePlaces

_WORKER = Path(__file__).with_name("worker.py")
_PACKAGE, _DISTRIBUTION = "helm_python", "helm-python-sdk"
_REVISION = 4  # to be raised where the same chart is rendered to another text or other origins
_RANDOM = re.compile(rb"\b(?:rand[A-Z]\w+|gen[A-Z]\w+|uuidv4|shuffle|htpasswd|bcrypt|encryptAES|now|ago)\b")
_CLOCK = re.compile(rb"\{\{[^{}]{0,500}\b(?:now|ago)\b")
_SECRET = re.compile(r"\bSecret\b")
_VALUES = re.compile(r"(?:^|/)values\.ya?ml$")
_TEMPLATE = re.compile(r"templates/.*(?<!NOTES\.txt)$")
_CONSTRAINT = {
    "Chart.yaml": b"apiVersion: v2\nname: constraint\nversion: 0.0.0\n",
    "templates/answer.txt": b"{{ semverCompare .Values.asked .Values.version }}",
}
# What every Kubernetes from 1.25 on has; Helm itself knows of groups and versions only.
_ALWAYS = (
    "apps/v1/DaemonSet",
    "apps/v1/Deployment",
    "apps/v1/StatefulSet",
    "autoscaling/v2/HorizontalPodAutoscaler",
    "batch/v1/CronJob",
    "networking.k8s.io/v1/Ingress",
    "networking.k8s.io/v1/IngressClass",
    "networking.k8s.io/v1/NetworkPolicy",
    "policy/v1/PodDisruptionBudget",
)


def render(job: ChartJob, limits: Limits) -> Rendered | Failure:
    """What the cluster gets of a chart, or why that cannot be told."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return Failure(
            ProblemKind.UNSUPPORTED,
            "Helm charts are not rendered, as the Helm library is not installed here.",
            "Install Routeproof with its extra: `pip install 'routeproof[render]'`.",
        )
    packed = pack(job)
    if isinstance(packed, Failure):
        return packed
    library = Path(spec.origin).resolve().parents[1]  # the sandbox goes by where files are
    ran = run(
        [sys.executable, "-I", "-S", "-B", str(_WORKER), str(library)],
        limits,
        files=_files(job, packed),
        readable=(str(_WORKER), str(library)),
    )
    if isinstance(ran, Killed):
        kind = ProblemKind.UNSUPPORTED if ran.reason in _NOT_THE_CHART else ProblemKind.TOO_LARGE
        return Failure(kind, f"Rendering the chart {ran.message}.", ran.remedy)
    return _answer(job, packed, ran)


@cache
def version() -> str:
    """The version of the Helm library, and of what is made of its answers here."""
    try:
        return f"{metadata.version(_DISTRIBUTION)}/{_REVISION}"
    except metadata.PackageNotFoundError:
        return ""


_NOT_THE_CHART = {Reason.UNPROTECTED, Reason.MISSING}


def _files(job: ChartJob, packed: Packed) -> dict[str, bytes]:
    templates = {name: data for name, data in packed.members.items() if _TEMPLATE.search(name)}
    packages = not packed.members or any(name.endswith(".tgz") for name in packed.members)
    asked = {
        "values": [{"form": each.form, "text": each.text.encode("utf-8", "replace").decode()} for each in job.values],
        "options": _options(job),
        "kinds": sorted(TRACED),
        "missing": [[{"scope": scope, **asdict(each)} for scope, each in chain] for chain in packed.chart.missing()],
        "random": packages or any(_RANDOM.search(data) for data in templates.values()),
        "masked": _masked(job),
        "clocked": [f"{packed.chart.name}/{name}" for name, data in templates.items() if _CLOCK.search(data)],
    }
    return {
        "job.json": json.dumps(asked).encode(),
        "chart.tgz": packed.data,
        "constraint.tgz": archive(_CONSTRAINT),
    }


def _masked(job: ChartJob) -> bool:
    """Whether the values have masks in the place of secrets, of which no schema can tell whether they would fit."""
    return any(mark in each.text for each in job.values for mark in (MASK, json.dumps(MASK)[1:-1]))


def _options(job: ChartJob) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": job.release,
        "namespace": job.namespace,
        "api_versions": sorted({*_ALWAYS, *job.api_versions}),
    }
    return {**options, "kube_version": job.kube_version} if job.kube_version else options


def _answer(job: ChartJob, packed: Packed, ran: Ran) -> Rendered | Failure:
    try:
        answer = json.loads(ran.stdout) if ran.code == 0 else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        if "RecursionError" in ran.stderr:
            return Failure(ProblemKind.TOO_LARGE, "The values are nested too deep.", "Flatten them.")
        last = one_line(next(iter(ran.stderr.strip().splitlines()[-1:]), f"exit code {ran.code}"))
        return Failure(
            ProblemKind.INTERNAL, f"The Helm library failed: {last}", "Report it, with the chart if you can."
        )
    values = ValuePlaces(job, packed.chart, packed.members)
    templates = TemplatePlaces(job, packed.chart, packed.members)
    secrets = frozenset(_secrets(job, packed))
    if "error" in answer:
        error = answer["error"]
        told = {**error, "text": without(str(error.get("text", "")), secrets)}
        return failure(job, packed, told, values, templates)
    tracer = Tracer(values, templates, {token: tuple(path) for token, path in answer["tokens"].items()})
    built = _Built(answer, templates, noted(secrets))
    for name in sorted(answer["documents"]):
        for number, text in enumerate(split(answer["documents"][name])):
            stopped = built.add(name, number, text)
            if stopped:
                return replace(stopped, message=without(stopped.message, secrets))
    read = packed.read | {each.file for each in job.values}
    return Rendered(built.text(), tuple(built.origins(tracer)), read)


def _secrets(job: ChartJob, packed: Packed) -> Iterator[str]:
    """What the values hold that is secret: those that are given, and those of the chart and its subcharts."""
    for each in job.values:
        yield from secret_texts(each.text)
    for name, data in packed.members.items():
        if _VALUES.search(name):
            yield from secret_texts(data.decode("utf-8", "replace"))


class _Built:
    """The whole text of a chart, put together document by document."""

    def __init__(self, answer: dict[str, Any], templates: TemplatePlaces, secrets: Iterable[str]) -> None:
        texts = answer["documents"].values()
        self._secrets = [each for each in secrets if any(each in text for text in texts)]
        self._again = {name: split(text) for name, text in answer["again"].items()}
        self._marked = {name: split(text) for name, text in answer["marked"].items()}
        self._templates = templates
        self._parts: list[str] = []
        self._traced: list[Rendering] = []
        self._seen: dict[tuple[str, str], int] = {}  # how many documents of a kind a template has yielded
        self._line = 1

    def add(self, name: str, number: int, text: str) -> Failure | None:
        """Take in one document; a Failure where it is of a kind that concerns us and no YAML."""
        line = self._line + 2
        document = parse(text) if _KINDS.search(text) else None
        if isinstance(document, Unread):
            if document.kind is ProblemKind.UNREADABLE:
                return self._unread(name, document)
            if _SECRET.search(text):
                return None  # too large to be read: what it holds cannot be left out of it
        if isinstance(document, Document):
            final = settled(document, _single_values(self._again, name, number))
            document = document if final == text else parse(final)
            text = final
        if isinstance(document, Document):
            final = kept(hidden_again(text, self._secrets, document))
            document = document if final == text else parse(final)
            text = final
        else:
            text = kept(hidden_again(text, self._secrets))
        if isinstance(document, Document):
            kind = _KINDS.search(text)
            key = name, kind[0] if kind else ""
            ordinal = self._seen[key] = self._seen.get(key, -1) + 1
            self._traced.append(Rendering(name, ordinal, document, _single_values(self._marked, name, number), line))
        self._parts.append(f"---\n# Source: {name}\n{text}\n")
        self._line += 3 + text.count("\n")
        return None

    def _unread(self, name: str, unread: Unread) -> Failure:
        return Failure(
            ProblemKind.TEMPLATE,
            f"What `{one_line(name)}` yields is not YAML: {one_line(unread.message)}",
            "Mend the template, or the values that it takes.",
            self._templates.find(name),
        )

    def text(self) -> str:
        """All documents, each behind a line that names its template."""
        return "".join(self._parts)

    def origins(self, tracer: Tracer) -> Iterator[Origin]:
        """The origins of all fields of the objects that concern us."""
        for rendering in self._traced:
            yield from tracer.trace(rendering)


def _single_values(documents: dict[str, list[str]], name: str, number: int) -> dict[tuple[str, ...], str]:
    texts = documents.get(name, [])
    return scalars(texts[number], MAX_ORIGINS) if number < len(texts) else {}


_KINDS = of_kinds(TRACED)

RENDERER = Renderer("helm", render, version)
