"""From an event and a checkout to what is looked at; no payload makes it fail."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checkout.tip import Tip, tip_of
from bot.cli.action.event import Compare, Event, Examine, Pull, pull_of, task_of
from bot.cli.action.inputs import Inputs, Mode, read_inputs
from bot.cli.action.runner import read_runner
from bot.errors import CannotAnalyse, RouteproofError, UserError
from tests.repositories import Repo

A, B, C = "a" * 40, "b" * 40, "c" * 40
PULL = {"number": 7, "head": {"sha": B, "repo": {"full_name": "acme/shop"}}, "base": {"sha": A}}


def event(name="pull_request", payload=None, sha=C):
    return Event(name, sha, {"pull_request": PULL} if payload is None else payload, "acme/shop")


def test_a_merge_commit_of_the_head_is_compared_with_what_it_was_merged_into():
    pull = Pull(7, B, fork=False)
    assert task_of(event(), Inputs(), Tip(C, (A, B))) == Compare(
        A, C, trees=True, exact=True, fallback=("refs/pull/7/merge",), pull=pull
    )


@pytest.mark.parametrize("tip", [None, Tip(B, (A,)), Tip(C, (B, A)), Tip(C, (A, B, B))])
def test_any_other_checkout_leaves_the_merge_to_us(tip):
    pull = Pull(7, B, fork=False)
    assert task_of(event(), Inputs(), tip) == Compare(A, B, exact=True, fallback=("refs/pull/7/head",), pull=pull)


@pytest.mark.parametrize("repo", [{"full_name": "eve/shop"}, None], ids=["another one", "deleted"])
def test_a_head_from_elsewhere_is_a_fork(repo):
    assert pull_of(event(payload={"pull_request": PULL | {"head": {"sha": B, "repo": repo}}})) == Pull(7, B, fork=True)


@pytest.mark.parametrize("name", ["push", "schedule", "issue_comment"])
def test_what_has_no_change_is_audited(name):
    assert task_of(event(name, {}), Inputs(), Tip(C, ())) == Examine("HEAD")
    assert task_of(event(name, {}), Inputs(), None) == Examine(C, exact=True)
    assert task_of(event(name, {}), Inputs(head="v1"), None) == Examine("v1")


def test_an_audit_is_made_of_a_pull_request_where_that_is_asked_for():
    assert task_of(event(), Inputs(mode=Mode.AUDIT), Tip(C, (A, B))) == Examine("HEAD")


@pytest.mark.parametrize("missing", ["before", "after"])
def test_a_new_or_deleted_branch_is_no_change(missing):
    payload = {"before": A, "after": B, "ref": "refs/heads/main", missing: "0" * 40}
    with pytest.raises(UserError, match="The event 'push' has no change to be reviewed"):
        task_of(event("push", payload), Inputs(mode=Mode.REVIEW), None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(A),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*PULL, "sha", "repo", "before", "x"]), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(["pull_request", "merge_group", "push", "release", ""])


@settings(deadline=None, max_examples=150)
@given(name=NAMES, inner=JSON, mode=st.sampled_from(Mode), sha=st.text())
def test_no_payload_makes_it_fail(name, inner, mode, sha):
    payload = {"pull_request": inner, "merge_group": inner, "before": inner, "after": inner}
    with suppress(UserError):
        assert isinstance(task_of(event(name, payload, sha), Inputs(mode=mode), None), Compare | Examine)


def test_inputs_that_are_left_out_have_their_defaults():
    assert read_inputs({}) == read_inputs({"INPUT_BASE": "", "INPUT_STRICT": " false "}) == Inputs()


def test_a_token_is_not_shown():
    assert "ghs_x" not in repr(read_inputs({"INPUT_TOKEN": "ghs_x"}))


def test_a_head_alone_is_no_review():
    with pytest.raises(UserError, match="head: needs `base` beside it"):
        read_inputs({"INPUT_HEAD": "topic", "INPUT_MODE": "review"})


def runner_of(tmp_path, payload="{}", **more):
    file = tmp_path / "event.json"
    file.write_text(payload)
    names = ("GITHUB_EVENT_NAME", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "RUNNER_TEMP")
    given = {"GITHUB_EVENT_PATH": str(file), "GITHUB_REPOSITORY": "acme/shop", "STOP_TOKEN": "0" * 32}
    return read_runner({**dict.fromkeys(names, str(tmp_path)), **given, **more})


def test_pages_of_the_rules_are_those_of_the_version_in_use(tmp_path):
    server = {"GITHUB_SERVER_URL": "https://github.com"}
    used = {**server, "ACTION_REPOSITORY": "routeproof/routeproof", "ACTION_REF": "v0.1.0"}
    assert runner_of(tmp_path, **used).docs == "https://github.com/routeproof/routeproof/blob/v0.1.0/docs/rules"
    assert runner_of(tmp_path, **server, ACTION_REPOSITORY="", ACTION_REF="").docs == ""


@pytest.mark.parametrize("payload", ["", "{", "[" * 100_000], ids=["empty", "cut", "deep"])
def test_an_event_that_cannot_be_read_is_named(tmp_path, payload):
    with pytest.raises(CannotAnalyse, match="cannot be read"):
        runner_of(tmp_path, payload)


@pytest.mark.parametrize("bad", [{"STOP_TOKEN": "x"}, {"GITHUB_REPOSITORY": "../.."}, {"GITHUB_OUTPUT": ""}])
def test_outside_of_a_step_it_is_refused(tmp_path, bad):
    with pytest.raises(RouteproofError, match="this is not a step of a workflow"):
        runner_of(tmp_path, **bad)


def test_the_tip_names_its_parents_in_a_shallow_clone_too(tmp_path):
    repo = Repo(tmp_path / "repo")
    base = repo.commit("first", {"a.yaml": "a"})
    repo.branch("topic")
    head = repo.commit("topic", {"b.yaml": "b"})
    repo.checkout("main")
    merge = repo.merge("topic")
    assert tip_of(str(repo)) == Tip(merge, (base, head))
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    assert tip_of(str(tmp_path / "shallow")) == Tip(merge, (base, head), shallow=True)


def test_without_a_commit_there_is_no_tip(tmp_path):
    assert tip_of(str(Repo(tmp_path / "repo"))) is None
    (tmp_path / "plain").mkdir()
    assert tip_of(str(tmp_path / "plain")) is None
