"""Charts of OCI registries: tags, tokens, manifests, digests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from responses import matchers

from bot.charts.charts import Charts
from bot.charts.limits import Limits
from bot.reading import ChartRef
from tests.charts.packed import LIMITS, digest, had, indexed, lacking, packed, wanted

ALLOWED = ["oci://ghcr.io/org/", "https://charts.example.com/"]
REPOSITORY = "oci://ghcr.io/org/charts"
START = "https://ghcr.io/v2/org/charts/web"
HELM = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"
CHALLENGE = 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:org/charts/web:pull"'


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def layer(data: bytes, kind: str = HELM) -> dict[str, Any]:
    return {"mediaType": kind, "digest": digest(data), "size": len(data)}


def push(net: responses.RequestsMock, version: str, start: str = START, kind: str = HELM) -> None:
    data = packed(version)
    layers = [layer(b"signature", PROVENANCE), layer(data, kind)]
    net.get(f"{start}/manifests/{version.replace('+', '_')}", json={"schemaVersion": 2, "layers": layers})
    net.get(f"{start}/blobs/{digest(data)}", data)


def charts(folder: Path | None = None, limits: Limits = LIMITS) -> Charts:
    return Charts(ALLOWED, folder, limits)


def asked(net: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).removeprefix(f"{START}/") for call in net.calls]


def pull(version: str, name: str = "web", repository: str = REPOSITORY) -> ChartRef:
    return wanted(version, name, repository)


def test_a_version_is_a_tag_and_no_tags_are_listed(net: responses.RequestsMock) -> None:
    push(net, "1.2.3+4")
    archive = had(charts().fetch([pull("1.2.3+4")])[pull("1.2.3+4")])
    assert (archive.version, archive.data, archive.digest) == ("1.2.3+4", packed("1.2.3+4"), digest(archive.data))
    assert asked(net) == ["manifests/1.2.3_4", f"blobs/{archive.digest}"]


def test_a_constraint_is_resolved_from_all_pages_of_tags(net: responses.RequestsMock) -> None:
    net.get(
        f"{START}/tags/list",
        json={"tags": ["1.0.0", "1", "latest", "sha256-abc.sig"]},
        headers={"Link": '</v2/org/charts/web/tags/list?n=1000&last=x>; rel="next"'},
        match=[matchers.query_param_matcher({"n": "1000"})],
    )
    net.get(
        f"{START}/tags/list",
        json={"tags": ["v1.3.0", "1.2.0_1", "1.4", "2.0.0", "1.9.0-rc.1"]},
        match=[matchers.query_param_matcher({"n": "1000", "last": "x"})],
    )
    push(net, "v1.3.0")
    push(net, "2.0.0")
    found = charts().fetch([pull("^1"), pull("")])
    assert had(found[pull("^1")]).version == "v1.3.0"
    assert had(found[pull("")]).version == "2.0.0"
    assert sum(each.startswith("tags") for each in asked(net)) == 2


def test_a_tag_that_is_no_version_and_a_digest_are_taken_as_they_are(net: responses.RequestsMock) -> None:
    push(net, "latest")
    net.get(f"{START}/manifests/stable", b'{"layers": []}')
    manifest = b'{"layers": [%s]}' % f'{{"mediaType": "{HELM}", "digest": "{digest(packed("latest"))}"}}'.encode()
    net.get(f"{START}/manifests/{digest(manifest)}", manifest)
    net.get(f"{START}/manifests/{digest(b'other')}", manifest)
    refs = [pull("latest"), pull(digest(manifest)), pull(digest(b"other")), pull("stable")]
    found = charts().fetch(refs)
    assert had(found[refs[0]]).data == packed("latest")
    assert had(found[refs[1]]).data == packed("latest")
    assert had(found[refs[1]]).version == digest(manifest)
    assert "its manifest is not that of the digest" in lacking(found[refs[2]]).message
    assert "it is no chart" in lacking(found[refs[3]]).message


def test_what_a_tag_means_is_asked_once_and_an_archive_never_again(net: responses.RequestsMock, tmp_path: Path) -> None:
    push(net, "1.0.0")
    review = charts(tmp_path)
    had(review.fetch([pull("1.0.0")])[pull("1.0.0")])
    had(review.fetch([pull("1.0.0")])[pull("1.0.0")])
    had(charts(tmp_path).fetch([pull("1.0.0")])[pull("1.0.0")])
    assert asked(net) == ["manifests/1.0.0", f"blobs/{digest(packed('1.0.0'))}", "manifests/1.0.0"]


@pytest.mark.parametrize(
    ("challenge", "query"),
    [
        (CHALLENGE, {"service": "ghcr.io", "scope": "repository:org/charts/web:pull"}),
        ('Bearer realm="https://auth.docker.io/token"', {"scope": "repository:org/charts/web:pull"}),
        ('bearer realm="https://auth.docker.io/token?a=b",scope="x y"', {"a": "b", "scope": "x y"}),
    ],
)
@pytest.mark.parametrize("name", ["token", "access_token"])
def test_a_token_for_anybody_is_asked_for_once_and_told_to_the_registry_alone(
    net: responses.RequestsMock, challenge: str, query: dict[str, str], name: str
) -> None:
    realm = challenge.split('"')[1].split("?", maxsplit=1)[0]
    net.get(realm, json={name: "abc"}, match=[matchers.query_param_matcher(query)])
    bearer = [matchers.header_matcher({"Authorization": "Bearer abc"})]
    net.get(f"{START}/manifests/1.0.0", json={"layers": [layer(packed("1.0.0"))]}, match=bearer)
    net.get(f"{START}/manifests/1.0.0", status=401, headers={"WWW-Authenticate": challenge})
    blob = f"{START}/blobs/{digest(packed('1.0.0'))}"
    net.get(blob, status=307, headers={"Location": "https://blobs.example.net/a"}, match=bearer)
    net.get("https://blobs.example.net/a", packed("1.0.0"))
    assert had(charts().fetch([pull("1.0.0")])[pull("1.0.0")]).data == packed("1.0.0")
    assert [str(call.request.url).split("?")[0] for call in net.calls].count(realm) == 1
    assert "Authorization" not in net.calls[-1].request.headers


@pytest.mark.parametrize(
    ("challenge", "message"),
    [
        ("", "asks for a sign-in"),
        ('Basic realm="x"', "asks for a sign-in"),
        ("Bearer", "asks for a sign-in"),
        ('Bearer realm="http://auth.example.com/"', "leads to"),
        ('Bearer realm="https://10.0.0.1/"', "leads to"),
        ('Bearer realm="file:///etc/passwd"', "leads to"),
        ('Bearer realm="https://["', "leads to"),
    ],
)
def test_a_registry_that_wants_more_is_told(net: responses.RequestsMock, challenge: str, message: str) -> None:
    net.get(f"{START}/manifests/1.0.0", status=401, headers={"WWW-Authenticate": challenge})
    assert message in lacking(charts().fetch([pull("1.0.0")])[pull("1.0.0")]).message


@pytest.mark.parametrize("answer", ['{"token": ""}', "{}", '{"token": "a\\r\\nX: y"}', '{"token": 1}', "[", "[" * 9999])
def test_a_token_that_is_none_is_told(net: responses.RequestsMock, answer: str) -> None:
    net.get(f"{START}/manifests/1.0.0", status=401, headers={"WWW-Authenticate": CHALLENGE})
    net.get("https://ghcr.io/token", answer)
    assert lacking(charts().fetch([pull("1.0.0")])[pull("1.0.0")]).message


def test_a_chart_of_a_private_registry_is_told(net: responses.RequestsMock) -> None:
    net.get(f"{START}/manifests/1.0.0", status=401, headers={"WWW-Authenticate": CHALLENGE})
    net.get("https://ghcr.io/token", status=403)
    told = lacking(charts().fetch([pull("1.0.0")])[pull("1.0.0")])
    assert told.message == (
        "`oci://ghcr.io/org/charts/web` asks for a sign-in, or has no such chart. Charts are fetched without "
        "credentials."
    )


@pytest.mark.parametrize(
    "kind",
    [
        HELM,
        "application/tar+gzip",
        "application/vnd.cncf.flux.content.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ],
)
def test_archives_of_helm_and_of_flux_are_known(net: responses.RequestsMock, kind: str) -> None:
    push(net, "1.0.0", kind=kind)
    assert had(charts().fetch([pull("1.0.0")])[pull("1.0.0")]).data == packed("1.0.0")


@pytest.mark.parametrize(
    "manifest",
    [
        "{}",
        '{"layers": null}',
        '{"layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": "sha256:aa"}]}',
        f'{{"layers": [{{"mediaType": "{HELM}", "digest": "sha256:../../evil"}}]}}',
        f'{{"layers": [{{"mediaType": "{HELM}", "digest": "md5:aa"}}]}}',
        "<html>",
    ],
)
def test_what_is_no_chart_is_told(net: responses.RequestsMock, manifest: str) -> None:
    net.get(f"{START}/manifests/1.0.0", manifest)
    assert "cannot be used" in lacking(charts().fetch([pull("1.0.0")])[pull("1.0.0")]).message
    assert asked(net) == ["manifests/1.0.0"]


def test_another_blob_than_its_digest_tells_is_refused(net: responses.RequestsMock) -> None:
    push(net, "1.0.0")
    net.replace(responses.GET, f"{START}/blobs/{digest(packed('1.0.0'))}", packed("evil"))
    assert "its digest is not the one" in lacking(charts().fetch([pull("1.0.0")])[pull("1.0.0")]).message


def test_what_the_registry_does_not_have_is_told(net: responses.RequestsMock) -> None:
    net.get(f"{START}/manifests/9.0.0", status=404)
    net.get(f"{START}/tags/list", json={"tags": None})
    found = charts().fetch([pull("9.0.0"), pull("^9")])
    assert lacking(found[pull("9.0.0")]).message == (
        "`oci://ghcr.io/org/charts` does not have the chart `web` in version `9.0.0`."
    )
    assert "in version `^9`" in lacking(found[pull("^9")]).message


@pytest.mark.parametrize("version", ["1.0.0/../../x", "a b", "é", "-x", "x" * 200])
def test_an_odd_version_asks_for_nothing(net: responses.RequestsMock, version: str) -> None:
    assert "is no version" in lacking(charts().fetch([pull(version)])[pull(version)]).message
    assert not net.calls


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("oci://ghcr.io/org", "../other/web"),
        ("oci://ghcr.io/org", "..%2fother"),
        ("oci://ghcr.io/org", ""),
        ("oci://ghcr.io/org", "Web"),
        ("oci://ghcr.io/org", "we b"),
        ("oci://ghcr.io/org", "web:1.0"),
        ("oci://ghcr.io/org", "web@sha256"),
        ("oci://ghcr.io", "other/web"),
        ("oci://ghcr.io", "organisation/web"),
        ("oci://ghcr.io.evil.net/org", "web"),
    ],
)
def test_an_odd_name_asks_for_nothing(net: responses.RequestsMock, repository: str, name: str) -> None:
    ref = ChartRef(repository, name, "1.0.0")
    assert lacking(charts().fetch([ref])[ref]).remedy
    assert not net.calls


def test_a_name_may_hold_a_part_of_the_path_as_argo_cd_writes_it(net: responses.RequestsMock) -> None:
    push(net, "1.0.0")
    ref = pull("1.0.0", "org/charts/web", "oci://ghcr.io")
    assert had(charts().fetch([ref])[ref]).data == packed("1.0.0")


@pytest.mark.parametrize("link", ["https://evil.net/v2/x", "http://ghcr.io/v2/x", "https://[", "//evil.net/"])
def test_the_next_page_of_tags_is_of_the_same_registry(net: responses.RequestsMock, link: str) -> None:
    net.get(f"{START}/tags/list", json={"tags": ["1.0.0"]}, headers={"Link": f'<{link}>; rel="next"'})
    assert "leads to" in lacking(charts().fetch([pull("^1")])[pull("^1")]).message
    assert len(net.calls) == 1


def test_pages_of_tags_end(net: responses.RequestsMock) -> None:
    net.get(f"{START}/tags/list", json={"tags": ["1.0.0"]}, headers={"Link": '<list>; rel="next"'})
    push(net, "1.0.0")
    assert had(charts(limits=Limits(pages=3)).fetch([pull("^1")])[pull("^1")]).version == "1.0.0"
    assert len(net.calls) == 5


@pytest.mark.parametrize(
    ("status", "message"), [(404, "has no such chart"), (500, "it answers 500"), (429, "fewer requests")]
)
def test_what_the_registry_answers_is_told(net: responses.RequestsMock, status: int, message: str) -> None:
    net.get(f"{START}/tags/list", status=status)
    assert message in lacking(charts().fetch([pull("^1")])[pull("^1")]).message


def test_a_manifest_or_a_blob_that_is_not_given_is_told(net: responses.RequestsMock) -> None:
    push(net, "1.0.0")
    net.get(f"{START}/manifests/1.1.0", status=500)
    net.replace(responses.GET, f"{START}/blobs/{digest(packed('1.0.0'))}", status=404)
    found = charts().fetch([pull("1.0.0"), pull("1.1.0")])
    assert "the answer is 404" in lacking(found[pull("1.0.0")]).message
    assert "it answers 500" in lacking(found[pull("1.1.0")]).message


def test_an_index_may_name_an_allowed_registry(net: responses.RequestsMock) -> None:
    net.get(
        "https://charts.example.com/stable/index.yaml",
        indexed("1.0.0", url="oci://ghcr.io/org/charts/{name}:{version}"),
    )
    push(net, "1.0.0")
    assert had(charts().fetch([wanted("^1")])[wanted("^1")]).data == packed("1.0.0")


def test_docker_hub_has_one_name_for_all_of_its(net: responses.RequestsMock) -> None:
    push(net, "1.0.0", "https://registry-1.docker.io/v2/bitnamicharts/web")
    ref = pull("1.0.0", repository="oci://docker.io/bitnamicharts")
    hub = Charts(["oci://registry-1.docker.io/bitnamicharts"], None, LIMITS)
    assert had(hub.fetch([ref])[ref]).data == packed("1.0.0")
