"""Pure. The API's three path types, read by its own words; dialects share what they agree with.

T  kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go, comments of the fields
V  kubernetes/kubernetes pkg/apis/networking/validation/validation.go
"""

from bot.ingress.model import Path, PathType
from bot.routing.claimed import Reading
from bot.routing.expressions import Expression, looks_regular, read_expression
from bot.routing.paths import EVERYTHING, PathSet, Shape, element_prefix

_AS_PREFIX = "treated as Prefix, as most controllers do"
_LITERAL = "literal by the API but taken for an expression"


def read_path(path: Path) -> Reading:
    """What the API, or else most controllers, take a path for."""
    text = path.path
    if not text:  # T: "when unspecified, all paths from incoming requests are matched"
        return Reading(EVERYTHING, 0)
    if not text.startswith("/"):  # V: "must be an absolute path"
        return Reading(PathSet(Shape.EXACT, text), len(text), note="which the API refuses, since it has no leading /")
    typed = path.type in {PathType.EXACT, PathType.PREFIX}
    # Ours: a `*` in a typed path is literal, as the API says. Signs of a regular expression are literal too, but they
    # are only ever written for a controller that reads them (ingress-nginx with use-regex), so they are read.
    expression = read_expression(text) if not typed or looks_regular(text) else None
    if expression is not None:
        return _as_expression(expression, text, f"{_LITERAL}, " if typed else "")
    if path.type is PathType.EXACT:  # T: "matches the URL path exactly and with case sensitivity"
        return Reading(PathSet(Shape.EXACT, text), len(text))
    # T: "a URL path prefix split by '/' ... case sensitive and done on a path element by element basis"
    # T: "/foo and /foo/ both match requests to /foo and /foo/ ... the longest matching path (/foo/) is given priority"
    stem = element_prefix(text)
    length = len(stem) + text.endswith("/")
    # T: ImplementationSpecific "is up to the IngressClass ... treat it identically to Prefix or Exact". Ours: Prefix.
    note = "" if path.type is PathType.PREFIX else _AS_PREFIX
    return Reading(PathSet(Shape.ELEMENTS, stem, shown=text), length, note=note)


def _as_expression(expression: Expression, text: str, preface: str) -> Reading:
    """Ours: an idiom counts as the prefix that it equals; any other may match whatever begins like it."""
    paths = expression.paths
    if not expression.known:
        return Reading(paths, len(text), known=False, note=f"{preface}an expression that only the controller can read")
    if paths.shape is Shape.EXACT:
        said = f"exactly {paths.text}"
    elif paths.shape is Shape.ELEMENTS:
        said = f"{paths.text or '/'} and all below it"
    else:
        said = f"all that begins with {paths.text or '/'}"
    return Reading(paths, len(paths.text) or 1, note=f"{preface}read as {said}")
