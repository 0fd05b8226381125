"""Texts for the tests of this folder, and the objects that they yield."""

from bot.ingress.model import Fault, Ingress
from bot.ingress.parse import Object, parse
from bot.manifest.read import Document, read

V1 = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n"
BETA = "apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata:\n  name: web\n"
BACKEND = "backend: {service: {name: web, port: {number: 80}}}"


def objects(text: str) -> list[Object]:
    """All objects of a text that can be read."""
    documents = [part for part in read(text.encode(), "apps/web.yaml") if isinstance(part, Document)]
    return [item for document in documents for item in parse(document)]


def ingress(text: str) -> Ingress:
    """The one Ingress of a text."""
    (found,) = objects(text)
    assert isinstance(found, Ingress)
    return found


def faults(text: str) -> list[tuple[str, int]]:
    """Code and line of each fault of the one Ingress of a text."""
    return [(fault.code, fault.at.line) for fault in ingress(text).faults]


def fault(text: str) -> Fault:
    """The one fault of the one Ingress of a text."""
    (found,) = ingress(text).faults
    return found


def rule(path: str, host: str = "shop.example.com") -> str:
    """A v1 Ingress of one rule whose path entry, from line 10 on, is given."""
    lines = path.replace("\n", "\n        ")
    return f"{V1}spec:\n  rules:\n  - host: {host}\n    http:\n      paths:\n      - {lines}\n"
