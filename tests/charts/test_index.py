"""The index.yaml of a repository is read for one chart, whoever wrote it and however."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts.index import MOST_VERSIONS, Entry, Odd, entries
from tests.charts.packed import hexed, indexed, packed

ENTRY = Entry("1.2.3", "web-1.2.3.tgz", hexed(packed("1.2.3")))
DIGEST = "a" * 64


def test_the_versions_of_a_chart_are_found_in_their_order() -> None:
    found = entries(indexed("1.2.3", "1.2.2"), "web")
    assert found is not None
    assert found[0] == ENTRY
    assert [each.version for each in found] == ["1.2.3", "1.2.2"]


def test_a_chart_that_is_not_there_is_none() -> None:
    assert entries(indexed("1.2.3"), "db") is None
    assert entries(indexed("1.2.3"), "generated") is None
    assert entries(b"apiVersion: v1\nentries: {}\n", "web") is None
    assert entries(b'{"entries": {}}', "web") is None
    assert entries(b'{"apiVersion": "v1"}', "web") is None
    assert entries(b"entries:\n  web:\n", "web") is None


@pytest.mark.parametrize("name", ["", "..", "../web", "web\n", "web: ", ".*", "w" * 300, "-web", "wéb"])
def test_an_odd_name_is_in_no_index(name: str) -> None:
    assert entries(indexed("1.2.3"), name) is None


@pytest.mark.parametrize(
    "text",
    [
        'entries:\n    "web":\n      - version: "1.0"\n        urls: ["a.tgz"]\n',
        "entries: # all\n  # of them\n\n  'web':\n  - {version: '1.0', urls: [a.tgz]}\napiVersion: v1\n",
        "\ufeffapiVersion: v1\r\nentries:\r\n  web:\r\n  - version: '1.0'\r\n    urls:\r\n    - a.tgz\r\n",
        "{entries: {web: [{version: '1.0', urls: [a.tgz]}]}}",
        "entries: {web: [{version: '1.0', urls: [a.tgz]}]}",
        "entries:\n  web: [{version: '1.0', urls: [a.tgz]}]\n",
        "entries:\n  other: &one\n  - version: '1.0'\n    urls: [a.tgz]\n  web:\n  - *more\n",
        json.dumps({"entries": {"web": [{"version": "1.0", "urls": ["a.tgz"], "digest": None}], "odd": 1}}),
        json.dumps({"entries": {"web": [{"version": "1.0", "urls": ["a.tgz"]}]}}, indent=2),
    ],
)
def test_other_ways_to_write_it_are_read_too(text: str) -> None:
    assert entries(text.replace("*more", "{version: '1.0', urls: [a.tgz]}").encode(), "web") == (Entry("1.0", "a.tgz"),)


def test_an_anchor_elsewhere_in_the_index_is_found() -> None:
    text = b"shared: &urls [a.tgz]\nentries:\n  web:\n  - version: '1.0'\n    urls: *urls\n"
    assert entries(text, "web") == (Entry("1.0", "a.tgz"),)


def test_what_is_no_use_is_left_out() -> None:
    items = [
        "- version: 1.0.0",
        "- urls: [a.tgz]",
        "- just text",
        "- [1]",
        "- {version: 1.0.1, urls: a.tgz}",
        "- {version: 1.0.2, urls: []}",
        "- {version: 1.0.3, urls: [{}]}",
        "- {version: [1], urls: [a.tgz]}",
        f"- {{version: 1.0.4, urls: [a.tgz], digest: sha256:{DIGEST.upper()}}}",
        "- {version: 1.0.5, urls: [a.tgz], digest: md5}",
    ]
    text = "entries:\n  web:\n" + "".join(f"  {each}\n" for each in items)
    assert entries(text.encode(), "web") == (Entry("1.0.4", "a.tgz", DIGEST), Entry("1.0.5", "a.tgz"))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>",
        b"[]",
        b"entries: [",
        b"entries:\n  web:\n  - version: [\n",
        b"entries:\n  web:\n  - &a [*a]\n",
        b"{" * 5000,
        b"entries:\n  web:\n  - " + b"[" * 5000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_index_is_told(text: bytes) -> None:
    with pytest.raises(Odd):
        entries(text, "web")


def test_a_bomb_of_aliases_is_told() -> None:
    lines = ["entries:", "  web:", "  - a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"    a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(Odd):
        entries("\n".join(lines).encode(), "web")


def test_a_huge_number_of_versions_is_cut() -> None:
    text = b"entries:\n  web:\n" + b"".join(b"  - {version: 1.0.%d, urls: [a]}\n" % n for n in range(MOST_VERSIONS + 5))
    assert len(entries(text, "web") or ()) == MOST_VERSIONS


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text(alphabet="entris:wb-\n {}[]\"'1.0,&*", max_size=120).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = entries(b"entries:\n  web:\n" + data, "web")
    except Odd:
        return
    assert found is None or isinstance(found, tuple)
