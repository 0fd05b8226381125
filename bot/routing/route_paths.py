"""Pure. The path of a match of a route as a set of paths; the dialects agree on it once they have said its type."""

from bot.gateway.model import PathMatch, RouteMatch
from bot.routing.claimed import Reading
from bot.routing.expressions import read_expression
from bot.routing.paths import PathSet, Shape, element_prefix


def read_match(one: RouteMatch) -> Reading:
    """What a match takes of all paths; of an expression that is no idiom only where it lies."""
    path = one.path or "/"
    match one.type:
        case PathMatch.EXACT:
            return Reading(PathSet(Shape.EXACT, path), len(path))
        case PathMatch.PREFIX:
            return Reading(PathSet(Shape.ELEMENTS, element_prefix(path), shown=path), len(path))
        case PathMatch.BEGINS:
            everything = path == "/"
            bound = PathSet(Shape.ELEMENTS, "", shown=path) if everything else PathSet(Shape.TEXT, path, shown=path)
            return Reading(bound, len(path))
        case _:
            return _by_expression(path)


def _by_expression(path: str) -> Reading:
    found = read_expression(path)
    if found is None:  # plain text: whether it is anchored is the implementation's business
        outside = PathSet(Shape.TEXT, "/", shown=path, expression=True, sample=path if path.startswith("/") else "")
        return Reading(outside, len(path), known=False)
    return Reading(found.paths, len(path), known=found.known)
