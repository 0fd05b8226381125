"""The drawing: nothing over another thing, everything inside, each change drawn once."""

from dataclasses import replace
from itertools import pairwise

from bot.reporter.diagram import diagram_of
from tests.reporters import verdicts
from tests.reporters.verdicts import NOT_FOUND, backend, route


def tops(nodes):
    return sorted(node.y for node in nodes)


def test_without_route_changes_there_is_no_drawing():
    assert diagram_of(verdicts.EMPTY) is None


def test_boxes_of_a_column_keep_apart_and_inside():
    drawing = diagram_of(verdicts.TYPICAL)
    gaps = [b - a for nodes in (drawing.hosts, drawing.paths, drawing.services) for a, b in pairwise(tops(nodes))]
    assert min(gaps) >= 52
    assert max(node.y + node.height for node in (*drawing.hosts, *drawing.paths, *drawing.services)) <= drawing.height


def test_a_service_is_drawn_once():
    names = [node.full for node in diagram_of(verdicts.TYPICAL).services]
    assert len(names) == len(set(names))


def test_routes_of_the_same_host_that_stay_are_drawn_for_their_context():
    paths = [(node.label, node.mark) for node in diagram_of(verdicts.TYPICAL).paths]
    assert ("/cart/*", "") in paths


def test_a_change_of_treatment_alone_is_one_line_with_a_note():
    change = route("a.example", "/", backend("a/b:80", auth="basic"), backend("a/b:80"))
    drawing = diagram_of(replace(verdicts.EMPTY, routes=(change,)))
    assert [(node.mark, node.note) for node in drawing.paths] == [("changed", "no sign-in")]
    assert [edge.style for edge in drawing.edges] == ["host", "now"]


def test_of_many_changes_the_first_are_drawn_and_the_rest_counted():
    drawing = diagram_of(verdicts.HUGE)
    assert (len(drawing.paths), drawing.hidden) == (24, 4976)


def test_hosts_of_several_clusters_name_their_cluster():
    changes = tuple(
        route("a.example", "/", NOT_FOUND, backend(f"a/{name}:80"), cluster=name) for name in ("one", "two")
    )
    drawing = diagram_of(replace(verdicts.EMPTY, routes=changes))
    assert [node.note for node in drawing.hosts] == ["one", "two"]


def test_what_changes_alike_in_several_clusters_is_drawn_once_beside_what_stays():
    drawing = diagram_of(verdicts.CLUSTERS)
    assert [(node.label, node.note) for node in drawing.hosts] == [
        ("shop.example.com", "canary, preview and 3 more"),
        ("www.example.com", "production and staging"),
        ("www.example.com", "testing"),
    ]
    assert [(node.label, node.mark) for node in drawing.paths] == [
        ("/api/*", "changed"),
        ("/*", "added"),
        ("/*", "added"),
        ("/blog/*", ""),
    ]


def test_long_and_wide_names_are_cut_to_the_box():
    change = route("日本語" * 60, "/", NOT_FOUND, backend("a/b:80"))
    drawing = diagram_of(replace(verdicts.EMPTY, routes=(change,)))
    assert drawing.hosts[0].label == "日本語日本語日本語日本語日本…"
    assert drawing.hosts[0].full.startswith("日本語" * 40)


def test_a_change_of_class_alone_is_told_in_the_note():
    change = replace(route("a.example", "/", backend("a/b:80"), backend("a/b:80")), class_before="internal")
    drawing = diagram_of(replace(verdicts.EMPTY, routes=(change,)))
    assert [(node.mark, node.note) for node in drawing.paths] == [("changed", "internal to nginx")]
