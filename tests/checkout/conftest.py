"""Repositories that the tests of this room start from."""

from contextlib import closing

import pytest

from bot.checkout.repository import open_repository
from tests.repositories import Repo


@pytest.fixture
def repo(tmp_path):
    """A repository with one commit that holds `a.yaml` ("a") and `apps/b.yaml` ("b")."""
    made = Repo(tmp_path / "repo")
    made.commit("first", {"a.yaml": "a", "apps/b.yaml": "b"})
    return made


@pytest.fixture
def opened(repo):
    """The same repository, opened."""
    with closing(open_repository(str(repo))) as repository:
        yield repository


@pytest.fixture
def contents():
    """A function from a repository and a tree to the texts of the tree by path."""

    def read(repository, tree):
        return {file.path: content.decode() for file, content in repository.read(list(tree.files.values()))}

    return read
