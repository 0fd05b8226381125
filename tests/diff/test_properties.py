"""What holds for any two sets of Ingresses."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bundle import Cluster
from bot.controller import Lane
from bot.controllers.spec import CONTROLLER
from bot.diff.change import ChangeKind
from bot.diff.compare import compare
from bot.diff.pairing import pair
from bot.diff.routes import route_changes
from bot.ingress.model import CLASS_ANNOTATION, HostRule, Ingress, Path, PathType
from tests.builders import EXTENSIONS, V1, backend, bundle, ingress, tls

HOSTS = ("", "a.example.com", "b.example.com", "*.example.com")
BACKENDS = ("web:80", "web:81", "api:http", "Bucket/static", "")

paths = st.builds(
    Path,
    st.sampled_from(["", "/", "/api", "/api/"]),
    st.sampled_from([None, *PathType]),
    st.sampled_from(BACKENDS).map(lambda text: backend(text) if text else None),
)
rules = st.builds(HostRule, st.sampled_from(HOSTS), st.lists(paths, max_size=3).map(tuple))
entries = st.builds(
    lambda hosts, secret: tls(*hosts, secret=secret),
    st.lists(st.sampled_from(HOSTS[1:]), max_size=2, unique=True),
    st.sampled_from([None, "one", "two"]),
)
ingresses = st.builds(
    lambda name, rules, **rest: ingress(name, *rules, **rest),
    st.sampled_from(["web", "api", "shop"]),
    st.lists(rules, max_size=3),
    namespace=st.sampled_from(["", "shop", "blog"]),
    file=st.sampled_from(["a.yaml", "b.yaml"]),
    api_version=st.sampled_from([V1, EXTENSIONS]),
    class_name=st.sampled_from([None, "nginx", "public"]),
    annotations=st.dictionaries(
        st.sampled_from(["a.io/x", "checksum/x", CLASS_ANNOTATION]),
        st.sampled_from(["nginx", "public", '{"a": [1]}', '{"a": [2]}', "x\ny\n"]),
        max_size=2,
    ),
    labels=st.dictionaries(st.sampled_from(["app", "tier"]), st.sampled_from(["web", "api"]), max_size=1),
    secured=st.lists(entries, max_size=2).map(tuple),
    default=st.sampled_from([None, None, "web:80", "rest:80"]),
)
sides = st.builds(
    lambda prod, staging: bundle(*prod, staging=tuple(staging)),
    st.lists(ingresses, max_size=4),
    st.lists(ingresses, max_size=2),
)

OPPOSITE = {
    ChangeKind.INGRESS_ADDED: ChangeKind.INGRESS_REMOVED,
    ChangeKind.HOST_ADDED: ChangeKind.HOST_REMOVED,
    ChangeKind.PATH_ADDED: ChangeKind.PATH_REMOVED,
    ChangeKind.DEFAULT_BACKEND_ADDED: ChangeKind.DEFAULT_BACKEND_REMOVED,
    ChangeKind.TLS_ADDED: ChangeKind.TLS_REMOVED,
    ChangeKind.ANNOTATION_ADDED: ChangeKind.ANNOTATION_REMOVED,
    ChangeKind.CLASS_ADDED: ChangeKind.CLASS_REMOVED,
}
OPPOSITE |= {value: key for key, value in OPPOSITE.items()}


def kinds(before, after):
    return sorted((each.kind, each.subject) for each in compare(pair(before, after)))


def swapped(found):
    return sorted((OPPOSITE.get(kind, kind), subject) for kind, subject in found)


def shuffled(ingress: Ingress, random) -> Ingress:
    def mixed(items):
        copy = list(items)
        random.shuffle(copy)
        return tuple(copy)

    return replace(
        ingress,
        rules=mixed(replace(rule, paths=mixed(rule.paths)) for rule in ingress.rules),
        tls=mixed(replace(entry, hosts=mixed(entry.hosts)) for entry in ingress.tls),
    )


def lanes(ingresses: tuple[Ingress, ...], name: str) -> Lane:
    table = CONTROLLER.build(Cluster("prod"), ingresses, lambda each: (0, *each.meta.key))
    return Lane("prod", name, "spec", ingresses, table)


@settings(deadline=None, max_examples=150)
@given(sides)
def test_nothing_differs_from_itself(side):
    assert compare(pair(side, side)) == ()


@settings(deadline=None, max_examples=150)
@given(st.lists(ingresses, max_size=4), st.randoms(use_true_random=False))
def test_order_makes_no_difference(some, random):
    other = [shuffled(each, random) for each in some]
    random.shuffle(other)
    assert compare(pair(bundle(*some), bundle(*other))) == ()


@settings(deadline=None, max_examples=250)
@given(sides, sides)
def test_swapped_sides_give_the_opposite_kinds(before, after):
    assert kinds(before, after) == swapped(kinds(after, before))


@settings(deadline=None, max_examples=100)
@given(sides, sides)
def test_every_ingress_is_paired_once_and_every_change_has_a_place(before, after):
    pairs = pair(before, after)
    old = [id(each.before) for each in pairs if each.before is not None]
    new = [id(each.after) for each in pairs if each.after is not None]
    assert len(old) == len(set(old))
    assert len(new) == len(set(new))
    assert all(change.location is not None and change.pair in pairs for change in compare(pairs))


@settings(deadline=None, max_examples=100)
@given(st.lists(ingresses, max_size=4).map(tuple), st.lists(ingresses, max_size=4).map(tuple))
def test_looking_only_at_concerned_hosts_misses_nothing(before, after):
    from bot.routing.regions import compare as whole

    old, new = lanes(before, "nginx"), lanes(after, "nginx")
    told = [(each.host, each.path, each.witness, each.before, each.after) for each in route_changes([old], [new])]
    assert told == [
        (each.host, each.path, each.witness, each.before, each.after) for each in whole(old.table, new.table)
    ]
