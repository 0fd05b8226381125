"""Paths through links of a tree."""

import pytest

from bot.discovery.links import NO_LINKS, through

LINKS = {"current": "v1", "apps/x.yaml": "shared/x.yaml", "apps/top": "", "v1/deep": "other/deep"}


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("current/a.yaml", "v1/a.yaml"),
        ("current", "v1"),
        ("apps/x.yaml", "shared/x.yaml"),
        ("apps/top", ""),
        ("apps/top/current/deep/y", "other/deep/y"),
        ("apps/y.yaml", "apps/y.yaml"),
        ("../current", "../current"),
        ("/current/a.yaml", "/current/a.yaml"),
        ("https:/current", "https:/current"),
    ],
)
def test_each_link_on_the_way_is_followed(path, end):
    assert through(path, LINKS) == end
    assert through(path, NO_LINKS) == path
