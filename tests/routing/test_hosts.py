"""Host patterns and the partition of all hosts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.routing.hosts import host_cells, host_order, is_wildcard, pattern_of

names = st.lists(
    st.sampled_from(("a.example.com", "any.example.com", "*.example.com", "unlisted.invalid", "*.invalid", "", "*")),
    unique=True,
)


def test_a_wildcard_needs_a_suffix() -> None:
    assert is_wildcard("*.example.com")
    assert not any(map(is_wildcard, ("*", "*.", "*example.com", "a.*.com", "")))


def test_exact_goes_before_wildcard_before_all_hosts() -> None:
    known = {"a.example.com", "*.example.com", ""}
    assert [pattern_of(host, known) for host in ("a.example.com", "b.example.com", "example.com")] == [
        "a.example.com",
        "*.example.com",
        "",
    ]


def test_a_host_that_no_pattern_covers_has_none() -> None:
    assert pattern_of("x.y.example.com", {"*.example.com"}) is None


def test_hosts_are_sorted_exact_then_wildcard_then_all() -> None:
    assert sorted(["*", "*.b", "b", "a", "*.a"], key=host_order) == ["a", "b", "*.a", "*.b", "*"]


@settings(deadline=None)
@given(names)
def test_the_host_of_each_cell_belongs_to_its_pattern(known: list[str]) -> None:
    rest = set(known) - {"", "*"}
    for cell in host_cells(known):
        assert (pattern_of(cell.host, rest) or "*") == cell.pattern


def test_cells_are_narrowed_to_what_a_change_can_touch() -> None:
    known = ("a.example.com", "b.other.org", "*.example.com")
    assert [cell.pattern for cell in host_cells(known, {"*.example.com"})] == ["a.example.com", "*.example.com"]
    assert [cell.pattern for cell in host_cells(known, {"a.example.com", "new.org"})] == ["a.example.com"]
    assert [cell.pattern for cell in host_cells(known, {""})] == [cell.pattern for cell in host_cells(known)]
    assert list(host_cells(known, ())) == []
