"""The program that renders a chart, within the sandbox: files of its working folder in, JSON on standard output.

It is started by its path, in an interpreter without site packages, and imports nothing of `bot`: the library is loaded
once, and everything that one chart needs is done in that process. What is expected to go wrong is part of the answer.

The library's own `Chart.render` takes neither a Kubernetes version nor API versions; the call beneath it does.
"""

import copy
import io
import json
import re
import sys
import tarfile
import time
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

Path_ = tuple[str | int, ...]
Tokens = dict[str, list[str]]

_MAX_LEAVES, _MAX_TOKENS, _MAX_DEPTH = 20_000, 3_000, 50
_MAX_TEXT = 400_000
_MAX_TRIES, _TRYING = 12, 5.0  # renders with marks, and seconds after which none is begun
_MAX_ARCHIVE, _MAX_PACKED = 256 * 1024 * 1024, 5  # bytes unpacked; archives within archives
_SCHEMA, _PACKED = re.compile(r"(?:^|/)values\.schema\.json$"), re.compile(r"/charts/[^/]+\.tgz$")
_UNREACHED = re.compile(r"failing loading \"https?://")
_STAGES = {-2: "options", -22: "values"}  # by error code: of the options, and of values or the chart's schema of them
_SEPARATOR = re.compile(r"^---", re.MULTILINE)
_NUMBERED = re.compile(r"port|number|annotation", re.IGNORECASE)
_NARROW = re.compile(r"ingress|host|domain|tls|route|gateway|path|secret|annotation", re.IGNORECASE)
_FIXED_KEYS = re.compile(r"version|tag$|^type$|kind|protocol|policy|mode|digest", re.IGNORECASE)
_FIXED = re.compile(  # words that templates compare with; a mark would turn the comparison
    r"clusterip|nodeport|loadbalancer|externalname|prefix|exact|implementationspecific|tcp|udp|sctp|https?|cluster"
    r"|local|none|true|false|yes|no|on|off|enabled|disabled|always|ifnotpresent|never|deployment|statefulset",
    re.IGNORECASE,
)
_NUMBER_TOKENS = range(40_001, 65_000)  # those are ports too; seven digits would turn to 1e+06


class Stop(Exception):  # noqa: N818 - reads as what it is
    """The chart cannot be rendered."""

    def __init__(self, stage: str, text: str, **more: Any) -> None:
        super().__init__(text)
        self.answer = {"stage": stage, "text": text[:20_000], **more}


class Library:
    """The calls that are made of the native library."""

    def __init__(self) -> None:
        from helm_python import HelmError, _native  # noqa: PLC0415 - its folder is on the path only now
        from helm_python.chart import Chart  # noqa: PLC0415

        self.error = HelmError
        self._native = _native
        self._load = Chart.load_archive

    def load(self, archive: bytes) -> Any:
        """A chart from an archive."""
        try:
            return self._load(archive)
        except self.error as error:
            raise Stop("load", str(error)) from error

    def text(self, stage: str, name: str, *arguments: Any, **more: Any) -> Any:
        """What a call answers, from JSON."""
        try:
            return json.loads(self._native.call_string(name, *arguments))
        except self.error as error:
            raise Stop(_STAGES.get(int(error.code or 0), stage), str(error), **more) from error

    def render(self, chart: Any, values: Any, options: dict[str, Any]) -> dict[str, str]:
        """Each template that is not empty, with what it yields."""
        given = self.text("render", "helm_render", chart._raw(), json.dumps(values), json.dumps(options))  # noqa: SLF001
        return {name: text for name, text in given.items() if not name.endswith("/NOTES.txt") and text.strip()}

    def coalesced(self, chart: Any, values: Any) -> dict[str, Any]:
        """The values with the chart's own beneath them."""
        merged: dict[str, Any] = self.text("values", "helm_chart_merge_values", chart._raw(), json.dumps(values))  # noqa: SLF001
        for each in chart.metadata.get("dependencies") or ():
            alias = each.get("alias")
            if alias and isinstance(merged.get(each.get("name")), dict):
                merged[alias] = merge(merged[each["name"]], merged.get(alias) or {})
        return merged


def main() -> None:
    """Read the job, render, answer."""
    job = json.loads(Path("job.json").read_bytes())
    library = Library()
    try:
        answer = rendered(library, job)
    except Stop as stop:
        answer = {"error": stop.answer}
    sys.stdout.write(json.dumps(answer))


def rendered(library: Library, job: dict[str, Any]) -> dict[str, Any]:
    """The documents, those of a second render where two may differ, and those of one with marked values."""
    archive = Path("chart.tgz").read_bytes()
    if job["masked"]:
        archive = without_schemas(archive)  # what stands for a secret is not held against them
    chart = library.load(archive)
    supplied = _supplied(library, job["values"])
    _check(library, chart, supplied, job)
    try:
        first = library.render(chart, supplied, job["options"])
    except Stop as stop:
        if not _UNREACHED.search(stop.answer["text"]):
            raise
        archive = without_schemas(archive)  # a schema that lies elsewhere says nothing of what is rendered
        chart = library.load(archive)
        first = library.render(chart, supplied, job["options"])
    kinds = _kinds(job["kinds"])
    wanted = {name for name, text in first.items() if kinds.search(text)}
    answer: dict[str, Any] = {"documents": first, "again": {}, "marked": {}, "tokens": {}}
    if not wanted:
        return answer
    if job["random"]:
        shown = _kinds([kind for kind in job["kinds"] if kind != "Secret"])  # whose values are not
        if any(name.endswith(".tpl") or shown.search(first.get(name, "")) for name in job["clocked"]):
            time.sleep(1.1)  # so that a time of day, which has seconds, differs
        answer["again"] = _only(library.render(chart, supplied, job["options"]), wanted)
    text = "\n".join(sorted(_lines(first, wanted, kinds)))[:_MAX_TEXT].lower()
    leaves = list(_leaves(library.coalesced(chart, supplied), text))
    unchecked = library.load(without_schemas(archive))
    narrowed, last = False, time.monotonic() + _TRYING
    for _ in range(_MAX_TRIES):
        if time.monotonic() > last:
            break  # what was rendered is worth more than the lines of its values
        tokens, marked = _mark(library.coalesced(chart, supplied), supplied, leaves, text)
        try:
            answer["marked"] = _only(library.render(unchecked, marked, job["options"]), wanted)
        except Stop as stop:
            # The chart does not take one of them: it may say which. Else what is nearer to an Ingress may do.
            refused = _refused(stop.answer["text"], tokens, leaves)
            if not refused and narrowed:
                break
            narrowed = narrowed or not refused
            leaves = [
                leaf
                for leaf in leaves
                if (leaf[1] not in refused if refused else any(_NARROW.search(str(part)) for part in leaf[0]))
            ]
        else:
            answer["tokens"] = tokens
            break
    return answer


def _refused(message: str, tokens: Tokens, leaves: list[tuple[Path_, Any]]) -> set[Any]:
    """The values of which a message quotes the tokens."""
    paths = {tuple(path) for token, path in tokens.items() if token in message.lower()}
    return {value for path, value in leaves if tuple(map(str, path)) in paths}


def without_schemas(archive: bytes, depth: int = 0) -> bytes:
    """A chart's archive without the schemas of its values and of its subcharts'; as it is where it cannot be read."""
    found: dict[str, bytes] = {}
    left, changed = _MAX_ARCHIVE, False
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
            for member in opened:
                data = opened.extractfile(member) if member.isfile() else None
                left -= member.size
                if data is None or left < 0:
                    continue
                if _SCHEMA.search(member.name):
                    changed = True
                    continue
                content = data.read()
                if _PACKED.search(member.name) and depth < _MAX_PACKED:
                    content, packed = without_schemas(content, depth + 1), content
                    changed = changed or content is not packed
                found[member.name] = content
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        return archive
    return _packed(found) if changed and left >= 0 else archive


def _packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as opened:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _kinds(kinds: list[str]) -> re.Pattern[str]:
    return re.compile(
        rf"""^kind:[ \t]*["']?(?:(?:{"|".join(kinds)})(?:List)?|List)["']?[ \t]*(?:#.*)?$""", re.MULTILINE
    )


def _only(documents: dict[str, str], wanted: set[str]) -> dict[str, str]:
    return {name: text for name, text in documents.items() if name in wanted}


def _supplied(library: Library, documents: list[dict[str, str]]) -> dict[str, Any]:
    """The values documents, merged as Helm does it."""
    calls = {
        "yaml": "helm_values_from_yaml",
        "set": "helm_strvals_parse",
        "set-string": "helm_strvals_parse_string",
        "set-literal": "helm_strvals_parse_literal",
    }
    values: dict[str, Any] = {}
    for index, document in enumerate(documents):
        form, text = document["form"], document["text"]
        given = library.text("values", calls[form], text, document=index)
        values = merge(values, given) if form == "yaml" else _assign(values, given, whole="={" in text)
    return values


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Maps are merged, all else is replaced; a null stays, for the library to take the default out."""
    result = dict(base)
    for key, value in over.items():
        held = result.get(key)
        result[key] = merge(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return result


def _assign(base: Any, over: Any, *, whole: bool) -> Any:
    """Like `merge`, but into the elements of a list too, which `a[0].b=c` names one by one."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: _assign(base.get(key), value, whole=whole) for key, value in over.items()}}
    if isinstance(base, list) and isinstance(over, list) and not whole:
        both = [old if new is None else _assign(old, new, whole=whole) for old, new in zip(base, over, strict=False)]
        return [*both, *base[len(over) :], *over[len(base) :]]
    return over


def _check(library: Library, chart: Any, supplied: dict[str, Any], job: dict[str, Any]) -> None:
    """What `helm template` checks before it renders."""
    about = chart.metadata
    if about.get("type") == "library":
        raise Stop("library", str(about.get("name", "")))
    version, asked = job["options"].get("kube_version") or "", about.get("kubeVersion") or ""
    if asked and version and not _compatible(library, asked, version):
        raise Stop("kube", str(asked), version=version)
    values = library.coalesced(chart, supplied)
    there = {each.get("name") for each in chart.dependencies}
    chains = job["missing"] or [[{**each, "scope": ""}] for each in about.get("dependencies") or () if each]
    missing = [
        {key: str(chain[-1].get(key) or "") for key in ("name", "version", "repository")}
        for chain in chains
        if (len(chain) > 1 or chain[0].get("name") not in there) and all(enabled(each, values) for each in chain)
    ]
    if missing:
        raise Stop("dependency", "", missing=missing)


def _compatible(library: Library, asked: str, version: str) -> bool:
    """Whether a constraint allows a version, by Helm's own reading of constraints; one it cannot read allows none."""
    probe = library.load(Path("constraint.tgz").read_bytes())
    try:
        answer = library.render(probe, {"asked": asked, "version": version}, {})
    except Stop:
        return False
    return "true" in "".join(answer.values())


def enabled(dependency: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether tags and then conditions leave a dependency in."""
    tags = values.get("tags")
    held = [tags[tag] for tag in dependency.get("tags") or () if tag in tags] if isinstance(tags, dict) else []
    result = True in held or False not in held
    for condition in str(dependency.get("condition") or "").strip().split(","):
        value: Any = values
        for part in f"{dependency['scope']}{condition}".split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return value
    return result


def _lines(documents: dict[str, str], wanted: set[str], kinds: re.Pattern[str]) -> set[str]:
    """The lines of the documents of the wanted kinds, each once."""
    return {
        line.strip()
        for name in wanted
        for document in _SEPARATOR.split(documents[name])
        if kinds.search(document)
        for line in document.splitlines()
    }


def _leaves(values: Any, text: str) -> Iterator[tuple[Path_, Any]]:
    """The values that may have reached the text: strings and numbers that stand in it, or that are templates."""
    held: dict[Any, bool] = {}
    for count, (path, value) in enumerate(_walk(values, ())):
        if count >= _MAX_LEAVES:
            return
        last = next((part for part in reversed(path) if isinstance(part, str)), "")
        if "global" in path[1:] or _FIXED_KEYS.search(last):
            continue
        if isinstance(value, str):
            if not value or _FIXED.fullmatch(value):
                continue
            if value.isdigit() and not _numbered(path):
                continue
            if "{{" in value or held.setdefault(value, _first_line(value) in text):
                yield path, value
        elif _numbered(path) and held.setdefault(value, str(value) in text):
            yield path, value


def _first_line(value: str) -> str:
    return next(iter(value.strip().lower().splitlines()), "")


def _numbered(path: Path_) -> bool:
    """Whether a number there may be marked: one that counts something could make a loop of it."""
    return any(isinstance(part, str) and _NUMBERED.search(part) for part in path)


def _walk(value: Any, path: Path_) -> Iterator[tuple[Path_, Any]]:
    if len(path) > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _walk(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _walk(each, (*path, index))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield path, value


def _mark(
    coalesced: dict[str, Any], supplied: dict[str, Any], leaves: list[tuple[Path_, Any]], text: str
) -> tuple[Tokens, dict[str, Any]]:
    """The supplied values with a token in each of the leaves, and which path each token stands for.

    A string keeps its text and gets the token behind it, so that what a template asks of its beginning stays true.
    """
    marked = copy.deepcopy(supplied)
    tokens: Tokens = {}
    numbers = (str(number) for number in _NUMBER_TOKENS if str(number) not in text)
    letters = (f"zq{_letters(number)}qz" for number in range(_MAX_TOKENS))
    for path, value in leaves:
        if isinstance(value, int) or value.isdigit():
            token = next(numbers, "")
            new: Any = int(token or 0) if isinstance(value, int) else token
        else:
            token = next(letters, "")
            new = value.rstrip("\n") + token + "\n" if value.endswith("\n") else value + token
        if token and _put(marked, coalesced, path, new):
            tokens[token] = [str(part) for part in path]
    return tokens, marked


def _letters(number: int) -> str:
    """A number in letters that neither case nor a DNS name changes."""
    return "".join("bcdfghjklm"[int(digit)] for digit in f"{number:04}")


def _put(target: Any, coalesced: Any, path: Path_, value: Any) -> bool:
    """Set a value at a path, with the lists on the way to it taken over as they are, as Helm replaces them whole."""
    try:
        for part, following in pairwise(path):
            coalesced = coalesced[part]
            if isinstance(target, dict) and target.get(part) is None:
                target[part] = {} if isinstance(following, str) else copy.deepcopy(coalesced)
            target = target[part]
        target[path[-1]] = value
    except (LookupError, TypeError):
        return False  # what was supplied has another shape than what became of it
    return True


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
