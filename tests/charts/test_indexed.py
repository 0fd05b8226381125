"""Charts of repositories over HTTP: which is taken, how it is checked, how often is asked, what is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import responses

from bot.charts.charts import Charts
from bot.charts.limits import MIB, Limits
from bot.problem import ProblemKind
from bot.reading import ChartRef
from tests.charts.packed import LIMITS, REPOSITORY, digest, had, indexed, lacking, packed, wanted

ALLOWED = ["https://charts.example.com/"]
INDEX = f"{REPOSITORY}/index.yaml"


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def serve(net: responses.RequestsMock, *versions: str, url: str = "{name}-{version}.tgz") -> None:
    net.get(INDEX, indexed(*versions, url=url), headers={"ETag": '"1"', "Last-Modified": "yesterday"})
    for version in versions:
        net.get(f"{REPOSITORY}/web-{version}.tgz", packed(version))


def charts(folder: Path | None = None, limits: Limits = LIMITS, clock: Clock | None = None) -> Charts:
    return Charts(ALLOWED, folder, limits, clock=clock or Clock())


def asked(net: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).removeprefix(f"{REPOSITORY}/") for call in net.calls]


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("", "1.3.0"),
        ("1.2.0", "1.2.0"),
        ("v1.2.0", "1.2.0"),
        ("~1.2", "1.2.1"),
        ("*", "1.3.0"),
        (">=1.0-0", "2.0.0-rc.1"),
        (" 1.2.0 ", "1.2.0"),
        ("nightly", "nightly"),
    ],
)
def test_a_version_or_constraint_is_resolved_as_helm_does(
    net: responses.RequestsMock, version: str, found: str
) -> None:
    serve(net, "1.2.0", "1.2.1", "1.3.0", "2.0.0-rc.1", "nightly")
    archive = had(charts().fetch([wanted(version)])[wanted(version)])
    assert (archive.version, archive.data, archive.digest) == (found, packed(found), digest(packed(found)))


def test_one_review_asks_once_for_both_sides(net: responses.RequestsMock) -> None:
    serve(net, "1.2.0", "1.3.0")
    review = charts()
    review.fetch([wanted("^1"), wanted("1.2.0")])
    review.fetch([wanted("^1.2"), wanted("db")])
    assert asked(net).count("index.yaml") == 1


def test_what_is_kept_is_not_asked_for_again(net: responses.RequestsMock, tmp_path: Path) -> None:
    serve(net, "1.2.0")
    had(charts(tmp_path).fetch([wanted()])[wanted()])
    had(charts(tmp_path).fetch([wanted()])[wanted()])
    assert asked(net) == ["index.yaml", "web-1.2.0.tgz"]


def test_an_index_is_asked_for_again_after_some_minutes_by_what_the_server_said(
    net: responses.RequestsMock, tmp_path: Path
) -> None:
    serve(net, "1.2.0")
    clock = Clock()
    had(charts(tmp_path, clock=clock).fetch([wanted()])[wanted()])
    clock.now += LIMITS.fresh + 1
    net.replace(responses.GET, INDEX, status=304)
    had(charts(tmp_path, clock=clock).fetch([wanted()])[wanted()])
    had(charts(tmp_path, clock=clock).fetch([wanted()])[wanted()])
    assert asked(net) == ["index.yaml", "web-1.2.0.tgz", "index.yaml"]
    assert net.calls[2].request.headers["If-None-Match"] == '"1"'
    assert net.calls[2].request.headers["If-Modified-Since"] == "yesterday"


def test_where_the_server_is_gone_an_older_index_serves_for_a_version_but_not_for_the_newest(
    net: responses.RequestsMock, tmp_path: Path
) -> None:
    serve(net, "1.2.0")
    clock = Clock()
    had(charts(tmp_path, clock=clock).fetch([wanted()])[wanted()])
    clock.now += LIMITS.fresh + 1
    net.replace(responses.GET, INDEX, body=requests.ConnectionError())
    found = charts(tmp_path, clock=clock).fetch([wanted("1.2.0"), wanted("^1")])
    assert had(found[wanted("1.2.0")]).data == packed("1.2.0")
    assert "cannot be reached now" in lacking(found[wanted("^1")]).message
    net.replace(responses.GET, INDEX, status=404)
    assert "404" in lacking(charts(tmp_path, clock=clock).fetch([wanted("1.2.0")])[wanted("1.2.0")]).message


def test_a_kept_index_that_is_damaged_is_fetched_again(net: responses.RequestsMock, tmp_path: Path) -> None:
    serve(net, "1.2.0")
    had(charts(tmp_path).fetch([wanted()])[wanted()])
    file = next(tmp_path.glob("*.index"))
    file.write_bytes(file.read_bytes().replace(b"\x78\x01", b"\x00\x00"))
    had(charts(tmp_path).fetch([wanted()])[wanted()])
    assert asked(net).count("index.yaml") == 2
    assert "If-None-Match" not in net.calls[2].request.headers


@pytest.mark.parametrize(
    "repository",
    [
        "https://charts.example.com.evil.net/stable",
        "https://evil.net/charts.example.com",
        "http://charts.example.com/stable",
        "https://charts.example.com@evil.net/",
        "https://charts.example.com/stable/../..",
        "https://me:secret@charts.example.com/stable?token=secret",
        "file:///etc/charts",
        "javascript:alert(1)",
        "",
    ],
)
def test_nothing_is_asked_of_who_is_not_allowed(net: responses.RequestsMock, repository: str) -> None:
    ref = ChartRef(repository, "web")
    told = lacking(charts().fetch([ref])[ref])
    assert "as this server is not allowed to" in told.message
    assert "secret" not in told.message + told.remedy
    assert not net.calls


def test_who_is_not_allowed_is_told_alike_for_all_charts_with_the_setting_that_would_allow_it() -> None:
    refs = [ChartRef("https://other.example.com/a", name) for name in ("web", "db")]
    told = charts().fetch(refs)
    assert len(set(told.values())) == 1
    assert lacking(told[refs[0]]).remedy == (
        "Name `https://other.example.com/a/` in `ROUTEPROOF_CHART_REPOSITORIES`, or commit the chart: its folder, or "
        "its archive under `charts/`."
    )


@pytest.mark.parametrize(
    ("name", "version", "message"),
    [
        ("db", "", "has no chart `db`"),
        ("../web", "", "has no chart `../web`"),
        ("web`\n**bold**", "", "has no chart `web'\\u000a**bold**`"),
        ("web", "^9", "does not have the chart `web` in version `^9`"),
        ("web", "latest", "The version `latest` of the chart `web` is no version"),
        ("web", "1.2.3" * 200, "is no version"),
    ],
)
def test_what_the_repository_does_not_have_is_told(
    net: responses.RequestsMock, name: str, version: str, message: str
) -> None:
    serve(net, "1.2.0")
    ref = wanted(version, name)
    assert message in lacking(charts().fetch([ref])[ref]).message


def test_a_chart_without_any_release_is_told(net: responses.RequestsMock) -> None:
    serve(net, "1.0.0-rc.1")
    assert "in any release" in lacking(charts().fetch([wanted()])[wanted()]).message


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://charts.example.com/web.tgz",
        "http://charts.example.com/web.tgz",
        "https://user:pass@charts.example.com/web.tgz",
        "https://127.0.0.1/web.tgz",
        "https://169.254.169.254/latest",
        "https://[::1]/web.tgz",
        "https://2130706433/web.tgz",
        "https://[/web.tgz",
        "https://a:b/web.tgz",
        "//10.0.0.1/web.tgz",
        "oci://ghcr.io/other/web:1.0.0",
        "oci://[",
        "oci:web",
    ],
)
def test_an_index_that_names_a_forbidden_address_is_told(net: responses.RequestsMock, url: str) -> None:
    serve(net, "1.0.0", url=url)
    told = lacking(charts().fetch([wanted()])[wanted()])
    assert "which this server is not allowed to fetch from" in told.message
    assert "pass@" not in told.message
    assert asked(net) == ["index.yaml"]


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("../web.tgz", "https://charts.example.com/web.tgz"),
        ("/web.tgz", "https://charts.example.com/web.tgz"),
        ("https://github.com/org/releases/web.tgz?raw=1", "https://github.com/org/releases/web.tgz?raw=1"),
        ("web.tgz?a=b", f"{REPOSITORY}/web.tgz?a=b"),
    ],
)
def test_an_archive_may_lie_at_another_public_address(net: responses.RequestsMock, url: str, there: str) -> None:
    net.get(INDEX, indexed("1.0.0", url=url))
    net.get(there, packed("1.0.0"))
    assert had(charts().fetch([wanted()])[wanted()]).data == packed("1.0.0")


def test_a_redirect_leads_to_a_public_address_alone(net: responses.RequestsMock) -> None:
    net.get(INDEX, status=301, headers={"Location": "https://new.example.net/index.yaml"})
    net.get("https://new.example.net/index.yaml", indexed("1.0.0", "1.1.0"))
    net.get(f"{REPOSITORY}/web-1.0.0.tgz", status=302, headers={"Location": "https://10.0.0.1/a"})
    net.get(f"{REPOSITORY}/web-1.1.0.tgz", status=307, headers={"Location": "http://blobs.example.net/a"})
    told = charts().fetch([wanted("1.0.0"), wanted("1.1.0")])
    assert "leads to `https://10.0.0.1/a`" in lacking(told[wanted("1.0.0")]).message
    assert "leads to `http://blobs.example.net/a`" in lacking(told[wanted("1.1.0")]).message


@pytest.mark.parametrize("location", ["https://[", "//10.0.0.1/a", "javascript:alert(1)", "https://me:pw@a.example/"])
def test_a_redirect_to_nowhere_is_told(net: responses.RequestsMock, location: str) -> None:
    net.get(INDEX, status=302, headers={"Location": location})
    assert "is not allowed to fetch from" in lacking(charts().fetch([wanted()])[wanted()]).message


def test_an_archive_that_is_gone_is_told(net: responses.RequestsMock) -> None:
    net.get(INDEX, indexed("1.0.0"))
    net.get(f"{REPOSITORY}/web-1.0.0.tgz", status=404)
    assert lacking(charts().fetch([wanted()])[wanted()]).message == (
        f"`{REPOSITORY}/web-1.0.0.tgz` is not there: the answer is 404."
    )


def test_redirects_end(net: responses.RequestsMock) -> None:
    net.get(INDEX, status=302, headers={"Location": INDEX})
    assert "redirects more than 5 times" in lacking(charts().fetch([wanted()])[wanted()]).message


def test_another_archive_than_the_index_names_is_refused_and_not_kept(
    net: responses.RequestsMock, tmp_path: Path
) -> None:
    net.get(INDEX, indexed("1.0.0"))
    net.get(f"{REPOSITORY}/web-1.0.0.tgz", packed("evil"))
    told = lacking(charts(tmp_path).fetch([wanted()])[wanted()])
    assert told.kind is ProblemKind.UNREADABLE
    assert "its digest is not the one" in told.message
    assert not list(tmp_path.glob("*.tgz"))


def test_a_page_in_the_place_of_an_archive_is_refused(net: responses.RequestsMock) -> None:
    net.get(INDEX, indexed("1.0.0").replace(b"digest:", b"other:"))
    net.get(f"{REPOSITORY}/web-1.0.0.tgz", b"<html>")
    assert "it is no archive of a chart" in lacking(charts().fetch([wanted()])[wanted()]).message


def test_a_page_in_the_place_of_an_index_is_refused(net: responses.RequestsMock) -> None:
    net.get(INDEX, b"<html>")
    told = lacking(charts().fetch([wanted()])[wanted()])
    assert told.message == f"The index of `{REPOSITORY}` cannot be used: it has no `entries`."


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "asks for a sign-in"),
        (403, "asks for a sign-in"),
        (404, "is not there: the answer is 404"),
        (429, "asks for fewer requests"),
        (503, "fails: it answers 503"),
        (304, "the answer is 304"),
    ],
)
def test_what_the_server_answers_is_told(net: responses.RequestsMock, status: int, message: str) -> None:
    net.get(INDEX, status=status)
    told = charts().fetch([wanted("1.0.0"), wanted("1.0.1")])
    assert message in lacking(told[wanted("1.0.0")]).message
    assert len(set(told.values())) == 1


def test_what_may_pass_is_tried_twice(net: responses.RequestsMock) -> None:
    net.get(INDEX, status=502)
    net.get(INDEX, indexed("1.0.0"))
    net.get(f"{REPOSITORY}/web-1.0.0.tgz", body=requests.ConnectionError())
    net.get(f"{REPOSITORY}/web-1.0.0.tgz", packed("1.0.0"))
    assert had(charts().fetch([wanted()])[wanted()]).data == packed("1.0.0")


def test_more_than_one_review_may_hold_is_refused(net: responses.RequestsMock) -> None:
    versions = ("1.0.0", "1.0.1", "1.0.2")
    serve(net, *versions)
    small = len(packed("1.0.0"))
    limits = Limits(pause=0.0, charts=2, together=small)
    told = charts(limits=limits).fetch([wanted(each) for each in versions])
    assert had(told[wanted("1.0.0")]).data == packed("1.0.0")
    assert "What the charts of this change add up to" in lacking(told[wanted("1.0.1")]).message
    assert lacking(told[wanted("1.0.2")]).message.startswith("More than 2 charts")


def test_an_index_or_archive_past_its_limit_is_refused(net: responses.RequestsMock) -> None:
    serve(net, "1.0.0")
    told = lacking(charts(limits=Limits(index=100)).fetch([wanted()])[wanted()])
    assert (told.kind, told.message) == (
        ProblemKind.TOO_LARGE,
        f"The index of `{REPOSITORY}` is larger than 100 bytes.",
    )
    net.replace(responses.GET, f"{REPOSITORY}/web-1.0.0.tgz", b"\x1f\x8b" + bytes(MIB))
    told = lacking(charts(limits=Limits(archive=MIB)).fetch([wanted()])[wanted()])
    assert told.message == f"The archive of the chart `web` `1.0.0` of `{REPOSITORY}` is larger than 1 MiB."


def test_a_fault_of_ours_costs_one_chart() -> None:
    def failing(_host: str, _port: int) -> list[str]:
        raise KeyError

    ref = ChartRef("https://charts.example.com", "web")
    told = lacking(Charts(ALLOWED, None, LIMITS, resolve=failing).fetch([ref])[ref])
    assert told.kind is ProblemKind.INTERNAL
    assert "KeyError" in told.message


def test_nothing_is_asked_of_nobody(net: responses.RequestsMock) -> None:
    assert charts().fetch([]) == {}
