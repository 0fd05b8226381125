"""Symbolic links inside a tree: where they lead, and which lead nowhere."""

from bot.checkout.links import inner, targets_of
from bot.checkout.listing import Listing
from tests.patience import ending


def _links(said):
    """Where links lead that say this."""
    return inner(Listing({}, {path: path for path in said}, frozenset()), {path: said[path] for path in said})


def test_a_link_leads_to_a_file_a_folder_or_the_root(repo, opened):
    repo.link("prod/a.yaml", "../a.yaml")
    repo.link("current", "apps")
    repo.link("apps/all", "..")
    repo.commit()
    assert opened.tree("HEAD").links == {"apps/all": "", "current": "apps", "prod/a.yaml": "a.yaml"}


def test_each_side_has_its_own_links(repo, opened):
    repo.link("current", "apps")
    repo.commit()
    repo.branch("topic")
    repo.remove("current")
    repo.link("current", "apps/v2")
    repo.commit()
    repo.link("new", "apps")
    assert opened.sides("main", "topic").base.links == {"current": "apps"}
    assert opened.sides("main", "topic").head.links == {"current": "apps/v2"}
    assert opened.sides("topic", "main", trees=True).head.links == {"current": "apps"}


def test_links_on_disk_lead_somewhere_too(repo, opened):
    repo.link("prod.yaml", "a.yaml")
    assert opened.tree(":worktree").links == {"prod.yaml": "a.yaml"}


def test_links_through_links_lead_to_the_end():
    assert _links({"a": b"b", "b": b"c/./d//e", "c": b"x", "k/up": b"../c/../y"}) == {
        "a": "x/d/e",
        "b": "x/d/e",
        "c": "x",
        "k/up": "y",
    }


def test_links_out_of_the_tree_or_in_a_circle_lead_nowhere():
    said = {
        "absolute": b"/etc",
        "above": b"../x",
        "one": b"two/x",
        "two": b"one",
        "self": b"self",
        "late": b"one/y",
        "binary": b"\xff",
        "long": b"x" * 2000,
        "empty": b"",
        "../up": b"a",
    }
    assert _links(said) == {}


def test_a_link_over_forty_others_leads_nowhere():
    said = {f"{number:03}": f"{number - 1:03}".encode() for number in range(1, 60)}
    found = _links({**dict(reversed(said.items())), "000a": b"059"})
    assert "000a" not in found
    assert found["001"] == "000"


def test_thousands_of_long_links_are_followed_soon():
    said = {f"a/{number:04}": (f"{number + 1:04}/../" * 120).encode() + b"x" for number in range(9000)}
    with ending():
        assert len(_links(said)) <= 5000


def test_a_link_whose_target_cannot_be_read_leads_nowhere(opened):
    listing = Listing({}, {"a": "1" * 40}, frozenset())
    assert inner(listing, targets_of(opened._objects, (listing,))) == {}
