"""Random sets of Ingresses over so few hosts, paths and Services that they meet often."""

from hypothesis import strategies as st

from bot.ingress.model import Ingress
from bot.routing.request import Request
from tests.routing.ingresses import ingress

HOSTS = (
    "a.example.com",
    "b.example.com",
    "*.example.com",
    "x.a.example.com",
    "*.a.example.com",
    "example.com",
    "all hosts",
)
PATHS = (
    *(
        "/",
        "/a",
        "/a/",
        "/a/b",
        "/a/b/",
        "/ab",
        "/A",
        "/a//b",
        "/%61",
        "/ü",
        "",
        "/a-b",
        "/a.b/c",
        "/a/x",
        "/x",
        "/any",
    ),
    *("/a/(.*)", "/a(/|$)(.*)", "/*", "/a/*", "/a.*", "/?(.*)", "/a/b$", "/a/[a-z]+/c", "/(a|x)/.+", "/a*", "no-slash"),
)
BACKENDS = ("one:80", "two:80", "two:http", "Bucket.example.com/three", "-")
SERVER_NAMES = ("a.example.com", "b.example.com", "*.example.com", "c.example.com", "*.a.example.com")

paths = st.builds(
    lambda kind, path, target: f"{kind} {path} -> {target}",
    st.sampled_from(("Exact", "Prefix", "Prefix", "Any", "Unset")),
    st.sampled_from(PATHS),
    st.sampled_from(BACKENDS),
)
rules = st.dictionaries(st.sampled_from(HOSTS), st.none() | st.lists(paths, max_size=4), max_size=3)
tls = st.dictionaries(
    st.sampled_from(("cert", "other-cert", "-")), st.lists(st.sampled_from(SERVER_NAMES), max_size=2), max_size=2
)


@st.composite
def ingress_sets(draw: st.DrawFn) -> tuple[Ingress, ...]:
    """Up to four Ingresses of different names."""
    names = draw(st.lists(st.sampled_from(("n/a", "n/b", "m/a", "c")), unique=True, max_size=4))
    return tuple(
        ingress(name, draw(rules), draw(tls), draw(st.sampled_from(("-", "-", "-", "one:80", "fallback:80"))))
        for name in names
    )


@st.composite
def ingress_changes(draw: st.DrawFn) -> tuple[tuple[Ingress, ...], tuple[Ingress, ...]]:
    """Two sets that share some Ingresses, as the two sides of a pull request do."""
    before = draw(ingress_sets())
    kept = tuple(one for one in before if draw(st.booleans()))
    taken = {one.meta.key for one in kept}
    return before, kept + tuple(one for one in draw(ingress_sets()) if one.meta.key not in taken)


REQUEST_HOSTS = (
    *("a.example.com", "b.example.com", "c.example.com", "any.example.com", "x.a.example.com", "y.a.example.com"),
    *("example.com", "deep.er.example.com", "unlisted.invalid", "", "a.example.com:80", "a.example.com.", "bücher.de"),
)
ELEMENTS = ("a", "b", "ab", "A", "x", "any", "c", "", "%61", "ü", "a-b", "a.b", "zz")
requests = st.builds(
    Request,
    st.sampled_from(REQUEST_HOSTS),
    st.lists(st.sampled_from(ELEMENTS), max_size=4).map(lambda elements: "/" + "/".join(elements)),
    st.sampled_from(("http", "https")),
)
