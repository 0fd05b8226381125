"""The values that an object says for a chart, as documents for Helm, each with the place where a person wrote it."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from bot.discovery.configs import Given
from bot.discovery.flux import as_json, folder_of
from bot.discovery.installs import at, items_at, text_at
from bot.manifest.node import Mapping as Node
from bot.manifest.node import Node as AnyNode
from bot.manifest.node import Scalar, Sequence
from bot.manifest.read import Document, read
from bot.manifest.secrecy import without_secrets
from bot.reading import Deployment
from bot.renderer import Form, Values
from bot.source import Span

# An alias may mean what stands outside of the values.
_ALIAS = re.compile(r"(?:^|[\s:\-\[{,])\*[\w.-]", re.MULTILINE)
_MOST, _DEEP = 20_000, 60  # values of which the places are noted
_COMMA = re.compile(r"(?<!\\),")


def written_values(deployment: Deployment, file: str, content: bytes) -> tuple[Values, ...]:
    """The values of an object that installs a chart, the later ones over the earlier ones.

    An object that the file does not hold as it is (an ApplicationSet's) says them all at its own place.
    """
    part = written_as(deployment, file, content)
    if part is None:
        return tuple(_unwritten(deployment, file))
    spec = at(part.root, "spec")
    if deployment.kind == "HelmRelease":
        node = at(spec, "values")
        return (_cut(part, node),) if isinstance(node, Node) else ()
    return tuple(_of_argo(part, spec, deployment))


def written_as(deployment: Deployment, file: str, content: bytes) -> Document | None:
    """The document of an object: of several of its name, as in two namespaces, the one that stands where it is said to.

    None where the file does not hold it as it is.
    """
    found = [
        part
        for part in read(content, file, lambda text: deployment.kind in text)
        if isinstance(part, Document)
        and (text_at(part.root, "kind"), text_at(part.root, "metadata", "name")) == (deployment.kind, deployment.name)
    ]
    here = (each for each in found if each.span(each.root).head() == deployment.at)
    return next(here, found[0] if found else None)


def block(document: Document, node: Scalar) -> Values:
    """YAML inside a string: places in a literal block are exact."""
    span = document.span(node)
    if node.style == "|":
        head, _, body = document.source.text[node.start : node.end].partition("\n")
        lines = [line for line in body.split("\n") if line.strip()]
        indent = min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)
        if not any(sign.isdigit() for sign in head):
            begin = Span(span.line + 1, indent + 1, span.end_line, span.end_column)
            return Values(_dedented(body, indent), document.path, begin)
    return Values(node.text, document.path, span, exact=False)


def _of_argo(document: Document, spec: Any, deployment: Deployment) -> Iterator[Values]:
    """Of Argo CD's three ways the later ones win; `valuesObject` is in the place of `values`."""
    sources = [at(spec, "source"), *items_at(spec, "sources")]
    own = next((each for each in sources if _is_source(each, deployment)), None)
    helm = at(own, "helm")
    text, values = at(helm, "values"), at(helm, "valuesObject")
    if isinstance(values, Node):
        yield _cut(document, values)
    elif isinstance(text, Scalar) and text.text.strip():
        yield block(document, text)
    for item in items_at(helm, "parameters"):
        yield _parameter(
            text_at(item, "name"),
            text_at(item, "value"),
            document.path,
            document.span(item),
            string=text_at(item, "forceString").lower() == "true",
        )


def _is_source(node: Any, deployment: Deployment) -> bool:
    url, chart = without_secrets(text_at(node, "repoURL")), text_at(node, "chart")
    if (text_at(node, "helm", "releaseName") or deployment.name) != deployment.release:
        return False
    if deployment.chart:
        return chart == deployment.chart and deployment.repository in {url, f"oci://{url}"}
    return not chart and url == deployment.repository and folder_of(text_at(node, "path")) == deployment.path


def given_values(given: Given, content: bytes) -> Values | None:
    """The values that a ConfigMap, or a file that one is made of, gives to a release; None where there are none."""
    if not given.name:
        text = content.decode("utf-8", "replace")
        return _aimed(Values(text, given.file), given.target)
    for part in read(content, given.file, lambda text: "ConfigMap" in text):
        if isinstance(part, Document) and _is_config(part, given):
            node = at(part.root, "data", given.key)
            if isinstance(node, Scalar):
                return _aimed(block(part, node), given.target)
    return None


def _is_config(document: Document, given: Given) -> bool:
    root = document.root
    return (text_at(root, "kind"), text_at(root, "metadata", "name")) == ("ConfigMap", given.name)


def _aimed(values: Values, target: str) -> Values:
    """The same for one field; Flux takes a quoted text as a text."""
    if not target:
        return values
    text = values.text.strip("\n")
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    form = Form.SET_STRING if quoted else Form.SET
    return Values(f"{target}={text[1:-1] if quoted else text}", values.file, values.at, form, exact=False)


def _cut(document: Document, node: Node) -> Values:
    """A mapping as a document of its own."""
    span = document.span(node)
    text = document.source.text[node.start : node.end]
    if _ALIAS.search(text):
        places = dict(islice(_places(document, node, ()), _MOST))
        return Values(as_json(node) or "{}", document.path, span, exact=False, places=places)
    return Values(_dedented(text, span.column - 1), document.path, span)


def _places(document: Document, node: AnyNode, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Span]]:
    """The places of all values in a mapping; what an alias stands for is where the anchor is."""
    yield path, document.span(node)
    if len(path) >= _DEEP:
        return
    if isinstance(node, Node):
        for name, each in node.fields().items():
            yield from _places(document, each.value, (*path, name))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _places(document, item, (*path, str(index)))


def _dedented(text: str, indent: int) -> str:
    first, *rest = text.split("\n")
    lines = [line[indent:] if not line[:indent].strip() else line.lstrip(" ") for line in rest]
    return "\n".join([first.lstrip(" "), *lines])


def _parameter(name: str, value: str, file: str, at_: Span, *, string: bool = False) -> Values:
    """One of Argo CD's parameters, as it hands them to Helm: a comma parts no values, unless they are a list."""
    said = value if value.startswith("{") else _COMMA.sub(r"\\,", value)
    return Values(f"{name}={said}", file, at_, Form.SET_STRING if string else Form.SET, exact=False)


def _unwritten(deployment: Deployment, file: str) -> Iterator[Values]:
    said = _json(deployment.values)
    if deployment.kind == "HelmRelease":
        if said:
            yield Values(deployment.values, file, deployment.at, exact=False)
        return
    if isinstance(said.get("valuesObject"), Mapping):
        yield Values(json.dumps(said["valuesObject"]), file, deployment.at, exact=False)
    elif isinstance(said.get("values"), str):
        yield Values(said["values"], file, deployment.at, exact=False)
    parameters = said.get("parameters")
    for item in parameters if isinstance(parameters, list) else []:
        if isinstance(item, Mapping):
            yield _parameter(
                str(item.get("name", "")),
                str(item.get("value", "")),
                file,
                deployment.at,
                string=item.get("forceString") is True,
            )


def _json(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, Mapping) else {}
