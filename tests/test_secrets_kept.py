"""No secret of a repository is told by any report, or kept by any cache; that one changed is told all the same."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.catalogue import reporter, reporter_ids, rule_texts
from bot.diff.change import ChangeKind
from bot.jobs.child import run_review
from bot.jobs.request import Limits, Purpose, ReviewRequest, ReviewResult
from bot.manifest.secrecy import MASK
from bot.reporter import Context
from bot.reporter.outgoing import DiffLines
from bot.reporters import review_comments
from bot.review import Asked, Sources, inspect, review, state_of
from bot.settings import Settings
from bot.source import Side
from bot.verdict import Audit, Verdict
from bot.wiring import ports_for
from tests.planted import CHANGED, FILES, OPEN, leaks, planted
from tests.repositories import Repo

SEALS = frozenset(map(chr, range(0x2801, 0x2900)))  # what tells one mask from another where states are compared


@dataclass(frozen=True)
class Reviewed:
    """What a review of the planted repository yields, and the folder that it kept its cache in."""

    repo: Repo
    verdict: Verdict
    audit: Audit
    sources: Sources
    cache: Path


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    folder = tmp_path_factory.mktemp("planted")
    repo, cache = Repo(folder / "repo"), folder / "cache"
    planted(repo)
    with ports_for(str(repo), Settings(cache_dir=cache), cached=True) as ports:
        verdict, sources = review(ports, Asked("main", "topic"))
        audit, more = inspect(ports, Asked("topic", "topic"))
    return Reviewed(repo, verdict, audit, {**more, **sources}, cache)


def context(reviewed: Reviewed, *, verbose: bool = False) -> Context:
    return Context(sources=reviewed.sources, verbose=verbose, rules=rule_texts(), docs_url="https://docs.example")


def diff() -> DiffLines:
    """All lines of all files, as of a pull request that touches every one of them."""
    texts = {path: dict(enumerate(text.split("\n"), 1)) for path, text in {**FILES, **CHANGED}.items()}
    lines = {path: frozenset(each) for path, each in texts.items()}
    return DiffLines(right=lines, left=lines, texts={})


def places(reviewed: Reviewed) -> set[str]:
    return {at.file for finding in reviewed.verdict.findings for at in (finding.location, *finding.related) if at}


def test_the_review_came_to_every_place_where_a_secret_stands(reviewed: Reviewed) -> None:
    changed = {each.object.name for each in reviewed.verdict.changes if each.object}
    problems = " ".join(each.message for each in reviewed.verdict.problems)

    assert changed == {"shop", "good-release", "argo", "one", "elsewhere", "overlay"}
    assert {"plain/ingress.yaml", "charts/good/values.yaml", "flux/elsewhere.yaml"} <= places(reviewed)
    assert f"the word is {MASK}." in problems
    assert f"'{MASK}' does not match pattern" in problems
    assert f"invalid literal source {MASK}, expected key=value" in problems
    assert f"alias '{MASK}' has no anchor" in problems


def test_the_lines_that_reports_quote_hold_masks_and_all_that_is_open(reviewed: Reviewed) -> None:
    text = reviewed.sources[Side.HEAD, "plain/ingress.yaml"]

    assert f"nginx.ingress.kubernetes.io/auth-url: https://ada:{MASK}@login.example.com/{OPEN}" in text
    assert "nginx.ingress.kubernetes.io/auth-secret: login" in text
    assert text.count("\n") == FILES["plain/ingress.yaml"].count("\n") - 3
    assert not leaks("".join(reviewed.sources.values()))


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("name", reporter_ids())
def test_no_report_tells_a_secret(reviewed: Reviewed, name: str, verbose: bool) -> None:
    render = reporter(name).render

    assert not leaks(render(reviewed.verdict, context(reviewed, verbose=verbose)))
    assert not leaks(render(reviewed.audit, context(reviewed, verbose=verbose)))


def test_reports_that_quote_lines_show_masks_in_them(reviewed: Reviewed) -> None:
    page = reporter("html").render(reviewed.verdict, context(reviewed))
    text = reporter("text").render(reviewed.verdict, context(reviewed))

    assert MASK in page
    assert f"https://ada:{MASK}@odd.example.com" in text


def test_no_value_of_a_verdict_holds_a_secret(reviewed: Reviewed) -> None:
    assert not leaks(repr(reviewed.verdict))
    assert not leaks(repr(reviewed.audit))
    assert not SEALS & set(repr(reviewed.verdict) + repr(reviewed.audit))


def test_no_comment_on_a_line_tells_a_secret(reviewed: Reviewed) -> None:
    comments = review_comments.compose(reviewed.verdict, context(reviewed), diff())

    assert {each.path for each in comments} >= {"plain/ingress.yaml", "overlays/good/ingress.yaml"}
    assert not leaks(repr(comments))


def test_what_is_posted_by_the_service_tells_no_secret(reviewed: Reviewed) -> None:
    request = ReviewRequest(
        Purpose.REVIEW, str(reviewed.repo), "main", "topic", diff(), cache=str(reviewed.cache / "service")
    )
    posted = run_review(request, Limits(), reviewed.cache.parent / "work")
    audited = run_review(replace(request, purpose=Purpose.AUDIT), Limits(), reviewed.cache.parent / "work")

    assert isinstance(posted, ReviewResult)
    assert isinstance(audited, ReviewResult)
    assert posted.comments
    assert posted.output.annotations
    assert posted.chat is not None
    assert MASK in posted.output.text + posted.output.summary + posted.summary
    assert not leaks(repr(posted))
    assert not leaks(audited.audit)


def kept(folder: Path) -> Iterator[bytes]:
    return (file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_no_file_of_the_cache_holds_a_secret(reviewed: Reviewed) -> None:
    whole = b"\0".join(kept(reviewed.cache))

    assert {file.name.partition("-")[0] for file in reviewed.cache.glob("*.sqlite3")} == {"readings", "renders"}
    assert OPEN.encode() in whole
    assert b"good-release" in whole
    assert not leaks(whole)


def test_a_review_from_the_cache_says_the_same(reviewed: Reviewed) -> None:
    with ports_for(str(reviewed.repo), Settings(cache_dir=reviewed.cache), cached=True) as ports:
        again, _ = review(ports, Asked("main", "topic"))

    assert again.stats.cache_hits
    assert not again.stats.cache_misses
    assert (again.changes, again.findings, again.problems) == (
        reviewed.verdict.changes,
        reviewed.verdict.findings,
        reviewed.verdict.problems,
    )


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("shop", "nginx.ingress.kubernetes.io/auth-url"),
        ("shop", "nginx.ingress.kubernetes.io/configuration-snippet"),
        ("shop", "example.com/password"),
        ("good-release", "example.com/upstream"),
        ("good-release", "example.com/db"),
        ("argo", "example.com/upstream"),
        ("one", "example.com/upstream"),
        ("elsewhere", "example.com/api-key"),
        ("overlay", "example.com/password"),
        ("overlay", "example.com/words"),
    ],
)
def test_that_a_secret_changed_is_a_change(reviewed: Reviewed, name: str, subject: str) -> None:
    (change,) = [
        each
        for each in reviewed.verdict.changes
        if each.kind is ChangeKind.ANNOTATION_CHANGED
        and each.subject == subject
        and each.object is not None
        and each.object.name == name
    ]

    assert MASK in str(change.before)
    assert change.before == change.after


def test_a_secret_that_stays_is_no_change(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit("before", FILES)
    repo.branch("topic")
    repo.commit("after", {"plain/ingress.yaml": f"# A remark.\n{FILES['plain/ingress.yaml']}"})

    with ports_for(str(repo), Settings(), cached=False) as ports:
        verdict, _ = review(ports, Asked("main", "topic"))

    assert verdict.changes == ()


def test_a_chart_that_gets_a_mask_for_a_secret_is_not_held_to_its_schema(tmp_path: Path) -> None:
    """What an ApplicationSet says is kept without its secrets, so the mask is all that there is."""
    schema = '{"properties": {"auth": {"properties": {"password": {"pattern": "^[a-z0-9-]{16,}$"}}}}}'
    chart = {path: text for path, text in FILES.items() if path.startswith("charts/good/")}
    values = chart["charts/good/values.yaml"]
    repo = Repo(tmp_path / "repo")
    repo.commit(
        "before", {**chart, "charts/good/values.schema.json": schema, "argo/apps.yaml": FILES["argo/apps.yaml"]}
    )
    repo.branch("topic")
    repo.commit("after", {"charts/good/values.yaml": values.replace("tls: true", "tls: false")})

    with ports_for(str(repo), Settings(), cached=False) as ports:
        verdict, _ = review(ports, Asked("main", "topic"))

    assert verdict.problems == ()
    assert {each.host for each in verdict.routes} == {"argo.example.com", "one-set.example.com"}


def test_a_file_in_another_encoding_is_quoted_without_secrets(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit("before", {"a.yaml": "a: b\n"})
    repo.branch("topic")
    repo.commit("after", {"a.yaml": f"password: pl4nted # {OPEN}\nkind: Ingress\n".encode("utf-16")})

    with ports_for(str(repo), Settings(), cached=False) as ports:
        verdict, sources = review(ports, Asked("main", "topic"))
    text = reporter("text").render(verdict, Context(sources=sources))

    assert f"password: {MASK} # {OPEN}" in text
    assert not leaks(text)


def test_no_message_about_a_policy_tells_a_secret(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit("before", {".github/routeproof.yml": "password: pl4nted-policy\nmode: https://ada:pl4nted-mode@x\n"})

    with ports_for(str(repo), Settings(), cached=False) as ports:
        problems = state_of(ports, "main").problems
        audit, sources = inspect(ports, Asked("main", "main"))

    assert problems
    assert not leaks(json.dumps([repr(audit), *sources.values()]))
