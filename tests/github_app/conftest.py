"""A GitHub for each test; at its end, every request that was sent must be one that GitHub describes."""

from collections.abc import Iterator

import pytest
import responses

from bot.ports import Forge
from tests.github_app.github import FakeGitHub, a_pull, serve


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    fake = FakeGitHub(pulls={1: a_pull()})
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        serve(mock, fake)
        yield fake
    assert fake.complaints == []
    assert fake.troubles == []


@pytest.fixture
def forge(github: FakeGitHub) -> Forge:
    return github.forge()
