"""What the diff says, as short texts that tests can compare."""

from bot.bundle import Bundle
from bot.diff.change import Change
from bot.diff.compare import compare
from bot.diff.pairing import pair
from bot.ingress.model import Ingress
from tests.builders import bundle


def changes(before: Bundle | Ingress, after: Bundle | Ingress) -> tuple[Change, ...]:
    """The changes between two sides, or two states of one Ingress."""
    return compare(pair(_side(before), _side(after)))


def told(before: Bundle | Ingress, after: Bundle | Ingress) -> list[str]:
    """`kind subject: before -> after`, for each change; `-` for nothing."""
    return [
        f"{each.kind} {each.subject}: {each.before or '-'} -> {each.after or '-'}" for each in changes(before, after)
    ]


def paired(before: Bundle, after: Bundle) -> list[str]:
    """`cluster/namespace/name -> cluster/namespace/name`, for each pair."""
    return [
        f"{_named(each.before_cluster, each.before)} -> {_named(each.after_cluster, each.after)}"
        for each in pair(before, after)
    ]


def _named(cluster: str, ingress: Ingress | None) -> str:
    return f"{cluster}/{ingress.meta.ref}" if ingress else "-"


def _side(value: Bundle | Ingress) -> Bundle:
    return bundle(value) if isinstance(value, Ingress) else value
