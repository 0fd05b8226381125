"""Installations and repositories: what we lose access to is removed."""

import pytest

from bot.github_app.events import read
from bot.job import Job, Kind
from bot.ports import RepoRef
from tests.github_app.payloads import OURS, SHOP, deliver, ignored


@pytest.mark.parametrize("action", ["created", "unsuspend", "new_permissions_accepted"])
def test_access_that_is_given_asks_for_nothing(action):
    assert ignored(deliver("installation.deleted", action=action)) == f"installation.{action} takes no access away"


@pytest.mark.parametrize("name", ["installation.deleted", "installation.suspend"])
def test_the_end_of_an_installation_removes_everything_of_its_owner(name):
    assert read(deliver(name), OURS) == (Job(Kind.REMOVE, RepoRef("acme", "", 501), reason=name),)


@pytest.mark.parametrize(
    "changes", [{"installation__account": None}, {"installation__account__login": ".."}, {"installation__id": "501"}]
)
def test_an_installation_of_nobody_is_ignored(changes):
    delivery = deliver("installation.deleted", **changes)
    assert ignored(delivery) == "the payload does not say whose installation it is"


def test_each_repository_that_is_taken_out_is_removed():
    reason = "installation_repositories.removed"
    assert read(deliver(reason), OURS) == (
        Job(Kind.REMOVE, SHOP, reason=reason),
        Job(Kind.REMOVE, RepoRef("acme", "blog", 501), reason=reason),
    )


def test_repositories_that_are_added_ask_for_nothing():
    delivery = deliver("installation_repositories.removed", action="added")
    assert ignored(delivery) == "installation_repositories.added takes no access away"


@pytest.mark.parametrize("listed", [None, [], {}, "acme/shop", [None, 7, "acme/shop", {"full_name": "shop"}]])
def test_an_odd_list_of_repositories_is_ignored(listed):
    delivery = deliver("installation_repositories.removed", repositories_removed=listed)
    assert ignored(delivery) == "the payload lists no repository that was removed"


def test_a_renamed_repository_leaves_nothing_under_its_old_name():
    job = Job(Kind.REMOVE, RepoRef("acme", "store", 501), reason="repository.renamed")
    assert read(deliver("repository.renamed"), OURS) == (job,)


def test_a_transferred_repository_leaves_nothing_with_its_old_owner():
    job = Job(Kind.REMOVE, RepoRef("old-acme", "shop", 501), reason="repository.transferred")
    assert read(deliver("repository.transferred"), OURS) == (job,)
    from_user = deliver("repository.transferred", changes__owner__from={"user": {"login": "old-acme"}})
    assert read(from_user, OURS) == (job,)


def test_a_deleted_repository_leaves_nothing():
    job = Job(Kind.REMOVE, SHOP, reason="repository.deleted")
    assert read(deliver("repository.deleted"), OURS) == (job,)


@pytest.mark.parametrize("name", ["repository.renamed", "repository.transferred"])
def test_a_repository_that_does_not_tell_its_old_name_is_ignored(name):
    assert ignored(deliver(name, changes=None)) == "the payload does not say what the repository was called before"


def test_an_archived_repository_keeps_what_is_stored():
    delivery = deliver("repository.deleted", action="archived")
    assert ignored(delivery) == "repository.archived takes no access away"
