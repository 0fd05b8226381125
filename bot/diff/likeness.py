"""Pure. How much two Ingresses of different names are alike."""

from dataclasses import dataclass
from typing import TypeVar

from bot.diff.form import named, path_rules, read_by_controllers
from bot.ingress.model import Ingress, ServiceBackend

T = TypeVar("T")

HOSTS, PATHS, BACKENDS, ANNOTATIONS = 3.0, 2.0, 2.0, 1.0
NAME, NAMESPACE, CLUSTER = 2.0, 1.0, 1.0

# The same host and path in the same cluster is not enough: then another Ingress took the host over.
ALIKE = 6.5


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared. `hosts` leaves the rule without host out: it is nobody's name."""

    cluster: str
    namespace: str
    name: str
    hosts: frozenset[str]
    paths: frozenset[tuple[str, str]]
    backends: frozenset[str]
    annotations: frozenset[tuple[str, str]]


def traits_of(cluster: str, ingress: Ingress) -> Traits:
    """Collect what an Ingress is recognised by."""
    rules = path_rules(ingress)
    backends = [rule.backend for rule in rules] + [ingress.default_backend]
    names = (each.name if isinstance(each, ServiceBackend) else named(each) for each in backends)
    return Traits(
        cluster=cluster,
        namespace=ingress.meta.namespace.value,
        name=ingress.meta.name.value,
        hosts=frozenset(ingress.hosts) - {""},
        paths=frozenset((rule.host, rule.path) for rule in rules),
        backends=frozenset(name for name in names if name),
        annotations=frozenset((each.key, each.value) for each in ingress.meta.annotations if read_by_controllers(each)),
    )


def likeness(one: Traits, other: Traits) -> float:
    """From 0 (nothing in common) to 12 (the same but for what is not compared). Symmetric."""
    return (
        HOSTS * _share(one.hosts, other.hosts)
        + PATHS * _share(one.paths, other.paths)
        + BACKENDS * _share(one.backends, other.backends)
        + ANNOTATIONS * _share(one.annotations, other.annotations)
        + NAME * (one.name == other.name)
        + NAMESPACE * (one.namespace == other.namespace)
        + CLUSTER * (one.cluster == other.cluster)
    )


def _share(one: frozenset[T], other: frozenset[T]) -> float:
    """Midway between what is shared of both and what is shared of the smaller, so that a part resembles its whole."""
    common = len(one & other)
    if not common:
        return 0.0
    return (common / len(one | other) + common / min(len(one), len(other))) / 2
