"""Limits: kept before they are hit, and told with the time to come back where they were."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Transient
from bot.github_app.errors import Answer
from bot.github_app.pace import UNLIMITED, Limits, Pacer, Window
from bot.ports import Forge, RepoRef
from bot.reporter.outgoing import LineComment
from tests.github_app.github import NOW, SHA, Clock, FakeGitHub

MARKER = "<!-- routeproof:summary -->"


def spent(**headers: str) -> Answer:
    return Answer("GET /x", 200, {name.replace("_", "-"): value for name, value in headers.items()}, "{}")


def test_writes_on_conversations_are_a_second_apart(github: FakeGitHub) -> None:
    forge = github.forge(limits=Limits())
    forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    forge.post_comment(1, "<!-- b -->", "<!-- b -->")
    forge.post_comment(1, "<!-- c -->", "<!-- c -->")
    assert github.clock.slept == [1.0, 1.0]


def test_two_forges_of_one_installation_share_the_pace(github: FakeGitHub) -> None:
    forges = github.forges(limits=Limits())
    forges.forge(RepoRef("acme", "gitops", 7)).post_comment(1, "<!-- a -->", "<!-- a -->")
    forges.forge(RepoRef("acme", "gitops", 7)).post_comment(1, "<!-- b -->", "<!-- b -->")
    forges.forge(RepoRef("acme", "gitops", 8)).post_comment(1, "<!-- c -->", "<!-- c -->")
    assert github.clock.slept == [1.0]


def test_without_limits_nothing_waits(github: FakeGitHub, forge: Forge) -> None:
    forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    forge.post_comment(1, "<!-- b -->", "<!-- b -->")
    assert github.clock.slept == []


def test_check_runs_do_not_wait_for_conversations(github: FakeGitHub) -> None:
    forge = github.forge(limits=Limits())
    forge.post_comment(1, MARKER, MARKER)
    forge.start_check(SHA, "review:1")
    assert github.clock.slept == []


def test_all_that_notifies_people_is_paced(github: FakeGitHub) -> None:
    forge = github.forge(limits=Limits(pause=5.0))
    github.files = [{"filename": "a.yml"}]
    forge.post_comment(1, MARKER, MARKER)
    forge.post_review(1, SHA, "<!-- r -->", [LineComment("a.yml", 1, "RIGHT", "b")])
    forge.post_review(1, SHA, "<!-- r -->", [LineComment("a.yml", None, "RIGHT", "c")])
    assert github.clock.slept == [5.0, 5.0]


def test_the_limit_of_a_minute_is_not_hit() -> None:
    clock = Clock()
    pacer = Pacer(Limits(pause=0.0, minute=3, hour=0, points=0), clock.time, clock.sleep)
    for _ in range(3):
        pacer.before(write=True, content=True)
    with pytest.raises(Transient) as caught:
        pacer.before(write=True, content=True)
    assert caught.value.retry_after == 60.0
    clock.now += 55
    pacer.before(write=True, content=True)
    assert clock.slept == [5.0]


def test_the_limit_of_an_hour_is_not_hit() -> None:
    clock = Clock()
    pacer = Pacer(Limits(pause=0.0, minute=0, hour=2, points=0), clock.time, clock.sleep)
    pacer.before(write=True, content=True)
    clock.now += 600
    pacer.before(write=True, content=True)
    with pytest.raises(Transient) as caught:
        pacer.before(write=True, content=True)
    assert caught.value.retry_after == 3000.0


def test_a_refused_request_takes_no_room() -> None:
    clock = Clock()
    pacer = Pacer(Limits(pause=0.0, minute=1, hour=0, points=0), clock.time, clock.sleep)
    pacer.before(write=True, content=True)
    with pytest.raises(Transient):
        pacer.before(write=True, content=True)
    clock.now += 60
    pacer.before(write=True, content=True)
    assert clock.slept == []


def test_reads_cost_one_point_and_writes_five() -> None:
    clock = Clock()
    pacer = Pacer(Limits(pause=0.0, minute=0, hour=0, points=11), clock.time, clock.sleep)
    pacer.before(write=True, content=False)
    pacer.before(write=True, content=False)
    pacer.before(write=False, content=False)
    with pytest.raises(Transient):
        pacer.before(write=False, content=False)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=40), st.integers(5, 12))
def test_no_window_ever_holds_more_than_its_limit(steps: list[tuple[int, int]], limit: int) -> None:
    window, now, taken = Window(limit, 60.0), 0.0, list[float]()
    for wait, points in steps:
        now = window.earliest(now + wait, points)
        window.take(now, points)
        taken += [now] * points
        assert sum(1 for when in taken if when > now - 60.0) <= limit


def test_a_spent_hour_holds_all_requests_until_it_is_over() -> None:
    clock = Clock()
    pacer = Pacer(UNLIMITED, clock.time, clock.sleep)
    pacer.after(spent(x_ratelimit_remaining="0", x_ratelimit_reset=f"{NOW + 1800:.0f}", x_ratelimit_resource="core"))
    with pytest.raises(Transient) as caught:
        pacer.before(write=False, content=False)
    assert caught.value.retry_after == 1801.0
    clock.now += 1795
    pacer.before(write=False, content=False)
    assert clock.slept == [6.0]


def test_the_budget_of_graphql_is_another_one() -> None:
    clock = Clock()
    pacer = Pacer(UNLIMITED, clock.time, clock.sleep)
    pacer.after(spent(x_ratelimit_remaining="0", x_ratelimit_reset=f"{NOW + 99:.0f}", x_ratelimit_resource="graphql"))
    pacer.before(write=False, content=False)
    assert clock.slept == []


def test_retry_after_is_passed_on_and_kept_to(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/comments", 403, "You have exceeded a secondary rate limit", Retry_After="72")
    with pytest.raises(Transient) as caught:
        forge.post_comment(1, MARKER, MARKER)
    assert caught.value.retry_after == 72.0
    asked = len(github.sent)
    with pytest.raises(Transient):
        forge.post_comment(1, MARKER, MARKER)
    assert len(github.sent) == asked
    github.clock.now += 73
    forge.post_comment(1, MARKER, MARKER)
    assert len(github.comments) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_no_wait_is_longer_than_an_hour(github: FakeGitHub, forge: Forge, status: int) -> None:
    github.answer("GET", "/pulls/1", status, "slow down", Retry_After="99999999")
    with pytest.raises(Transient) as caught:
        forge.pull(1)
    assert caught.value.retry_after == 3600.0


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_without_a_time_waits_a_minute(github: FakeGitHub, forge: Forge, status: int) -> None:
    github.answer("GET", "/pulls/1", status, "You have exceeded a secondary rate limit. Please wait a few minutes")
    with pytest.raises(Transient) as caught:
        forge.pull(1)
    assert caught.value.retry_after == 60.0


def test_the_primary_limit_waits_for_its_reset(github: FakeGitHub, forge: Forge) -> None:
    github.answer(
        "GET",
        "/pulls/1",
        403,
        "API rate limit exceeded for installation ID 7.",
        X_RateLimit_Remaining="0",
        X_RateLimit_Reset=f"{NOW + 600:.0f}",
    )
    with pytest.raises(Transient) as caught:
        forge.pull(1)
    assert caught.value.retry_after == 601.0


def test_content_that_comes_too_fast_is_held_back(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/comments", 422, "was submitted too quickly")
    with pytest.raises(Transient) as caught:
        forge.post_comment(1, MARKER, MARKER)
    assert caught.value.retry_after == 60.0
