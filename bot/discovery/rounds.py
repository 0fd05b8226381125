"""Groups in a directed graph that lead back to themselves."""

from collections.abc import Iterator, Mapping


def rounds(edges: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The groups of nodes that lead back to themselves, single ones too: Tarjan's way, without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on: set[str] = set()
    found: list[frozenset[str]] = []
    for start in edges:
        if start in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(edges[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on.add(start)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = set()
                    while node not in group:
                        top = stack.pop()
                        on.discard(top)
                        group.add(top)
                    if len(group) > 1 or node in edges[node]:
                        found.append(frozenset(group))
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on.add(following)
                work.append((following, iter(sorted(edges.get(following, ())))))
            elif following in on:
                low[node] = min(low[node], index[following])
    return tuple(found)
