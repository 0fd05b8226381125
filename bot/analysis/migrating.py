"""Pure. What a report says of migrations as a whole: how much of the requests is answered the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.diff.migration import Migration
from bot.finding import counted
from bot.routing.answer import Answer, AnswerKind


def told_of(migrations: Iterable[Migration]) -> Iterator[str]:
    """One sentence for each pair of a class and a lane, and what plain http gets there."""
    groups: defaultdict[tuple[str, str, str], list[Migration]] = defaultdict(list)
    for each in migrations:
        groups[each.cluster, each.class_name, each.lane].append(each)
    for (cluster, class_name, lane), group in groups.items():
        yield _sentence(cluster, class_name, lane, group, several=len({where for where, *_ in groups}) > 1)
        said = {_in_clear(each.in_clear, secure=each.secure) for each in group if each.in_clear is not None}
        yield from (f"At {lane}, http {each}." for each in sorted(said - {""}))


def _sentence(cluster: str, class_name: str, lane: str, group: list[Migration], *, several: bool) -> str:
    same, open_ = sum(each.same for each in group), sum(each.open for each in group)
    every = same + open_ + sum(len(each.routes) for each in group)
    origin = f"class {class_name}" if class_name else "Ingresses without a class"
    where = f" in cluster {cluster}" if several else ""
    hosts = counted(len(group), "host")
    unsettled = f"; of {open_:,} it cannot be told" if open_ else ""
    beside = "" if all(each.whole for each in group) else ", some of which Ingresses still serve too"
    return (
        f"Migration of {hosts} from {origin} to {lane}{where}{beside}: {same:,} of {counted(every, 'part')} of the "
        f"requests are answered the same{unsettled}."
    )


def _in_clear(answer: Answer, *, secure: bool) -> str:
    """What http gets there, where that is another thing than most controllers make of the Ingress."""
    others = "most controllers redirect it to https where an Ingress has TLS"
    if not secure:
        others = "the Ingress has no TLS of its own, and answers http too"
    if answer.kind is AnswerKind.NONE:
        return f"is not taken; {others}"
    if answer.kind is AnswerKind.REDIRECT:
        return "" if secure else f"is sent to https; {others}"
    return f"is answered without TLS; {others}"
