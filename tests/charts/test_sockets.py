"""What only a real connection shows: slow and endless answers, compression, names, certificates, proxies."""

import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.charts.charts import Charts
from bot.charts.limits import Limits
from bot.charts.opener import ENVIRONMENT
from bot.reading import ChartRef
from tests.charts.packed import LIMITS, had, indexed, lacking, packed
from tests.charts.servers import Page, Server
from tests.patience import ending

ARCHIVE = packed("1.0.0")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with ending(), Server() as running:
        running.pages["/index.yaml"] = Page((indexed("1.0.0"),))
        running.pages["/web-1.0.0.tgz"] = Page((ARCHIVE,))
        yield running


def told(server: Server, limits: Limits = LIMITS) -> str:
    ref = ChartRef(server.url, "web")
    return lacking(Charts([server.url], None, limits).fetch([ref])[ref]).message


def test_a_chart_is_fetched(server: Server) -> None:
    ref = ChartRef(server.url, "web", "^1")
    assert had(Charts([server.url], None, LIMITS).fetch([ref])[ref]).data == ARCHIVE
    assert [path for path, _ in server.asked] == ["/index.yaml", "/web-1.0.0.tgz"]


def test_many_charts_of_many_repositories_are_fetched_at_once(server: Server) -> None:
    refs = [ChartRef(f"{server.url}/{number}", "web") for number in range(20)]
    for number in range(20):
        server.pages[f"/{number}/index.yaml"] = server.pages["/index.yaml"]
        server.pages[f"/{number}/web-1.0.0.tgz"] = server.pages["/web-1.0.0.tgz"]
    found = Charts([server.url], None, LIMITS).fetch(refs)
    assert {had(found[ref]).data for ref in refs} == {ARCHIVE}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_compressed_index_is_unpacked(server: Server, chunked: bool) -> None:
    text = gzip.compress(indexed("1.0.0"))
    server.pages["/index.yaml"] = Page((text[:50], text[50:]), headers={"Content-Encoding": "gzip"}, chunked=chunked)
    ref = ChartRef(server.url, "web")
    assert had(Charts([server.url], None, LIMITS).fetch([ref])[ref]).data == ARCHIVE


def test_an_archive_that_is_called_compressed_stays_as_it_is(server: Server) -> None:
    server.pages["/web-1.0.0.tgz"] = Page((ARCHIVE,), headers={"Content-Encoding": "gzip"})
    ref = ChartRef(server.url, "web")
    assert had(Charts([server.url], None, LIMITS).fetch([ref])[ref]).data == ARCHIVE
    assert server.asked[1][1]["Accept-Encoding"] == "identity"


def test_a_bomb_of_an_index_is_refused(server: Server) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * (256 << 20)) + b"\0" * (64 << 20))
    server.pages["/index.yaml"] = Page((bomb,), headers={"Content-Encoding": "gzip"})
    assert "is larger than 1 MiB" in told(server, Limits(index=1 << 20))


@pytest.mark.parametrize("length", ["2", "999999999", "9" * 30, "-1", "odd"])
def test_an_answer_of_another_length_than_it_says_is_told(server: Server, length: str) -> None:
    server.pages["/index.yaml"] = Page((b"x",), headers={"Content-Length": length, "Connection": "close"})
    assert told(server).startswith(("The index of", f"`{server.url}/index.yaml` cannot be reached now"))


def test_an_endless_answer_is_cut(server: Server) -> None:
    server.pages["/index.yaml"] = Page((b"#" * 65536,) * 64, chunked=True)
    assert "is larger than" in told(server, Limits(index=1 << 20))


def test_what_comes_with_a_redirect_is_not_read(server: Server) -> None:
    endless = Page((b"#",) * 10_000, 302, {"Location": "/moved.yaml"}, lambda: server.ended.wait(0.05), chunked=True)
    server.pages["/index.yaml"] = endless
    server.pages["/moved.yaml"] = Page((indexed("1.0.0"),))
    ref = ChartRef(server.url, "web")
    assert had(Charts([server.url], None, Limits(total=5)).fetch([ref])[ref]).data == ARCHIVE


def test_an_answer_that_drips_is_given_up(server: Server) -> None:
    server.pages["/index.yaml"] = Page((b"#",) * 10_000, wait=lambda: server.ended.wait(0.05), chunked=True)
    assert "no whole answer in time" in told(server, Limits(answer=0.5, silence=2, pause=0))


def test_a_server_that_says_nothing_is_given_up(server: Server) -> None:
    server.pages["/index.yaml"] = Page(raw=b"HTTP/1.1 200 OK\r\n")
    assert "no answer in time" in told(server, Limits(silence=0.3, pause=0))


def test_time_for_all_charts_ends_whatever_they_hang_on(server: Server) -> None:
    server.pages["/index.yaml"] = Page(raw=b"HTTP/1.1 200 OK\r\n")
    assert "were not there in time" in told(server, Limits(silence=50, total=0.3))


@pytest.mark.parametrize("raw", [b"odd\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"\0" * 70_000])
def test_what_is_no_answer_is_told(server: Server, raw: bytes) -> None:
    server.pages["/index.yaml"] = Page(raw=raw)
    assert "cannot be reached now" in told(server)


def test_a_server_that_is_not_there_is_told() -> None:
    with Server() as gone:
        pass
    assert told(gone) == f"`{gone.url}/index.yaml` cannot be reached now: no connection."


def test_a_redirect_to_another_port_of_this_machine_is_not_followed(server: Server) -> None:
    with Server() as other:
        server.pages["/index.yaml"] = Page(status=302, headers={"Location": f"{other.url}/index.yaml"})
        assert f"leads to `{other.url}/index.yaml`" in told(server)
        assert not other.asked
        other.pages["/index.yaml"] = Page((indexed("1.0.0"),))
        ref = ChartRef(server.url, "web")
        assert had(Charts([server.url, other.url], None, LIMITS).fetch([ref])[ref]).data == ARCHIVE


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(server: Server) -> None:
    answers = iter([["10.255.255.1x", "127.0.0.1"], ["93.184.216.34"]])
    entry = f"http://charts.example.com:{server.port}"
    ref = ChartRef(entry, "web")
    charts = Charts([entry], None, LIMITS, resolve=lambda _host, _port: next(answers))
    assert "leads to this server itself or into its network" in lacking(charts.fetch([ref])[ref]).message
    assert next(answers) == ["93.184.216.34"]
    assert not server.asked


def test_localhost_is_reached_where_it_is_named(server: Server) -> None:
    ref = ChartRef(f"http://localhost:{server.port}", "web")
    charts = Charts([ref.repository], None, LIMITS, resolve=lambda _host, _port: ["192.0.2.1", "127.0.0.1"])
    assert had(charts.fetch([ref])[ref]).data == ARCHIVE
    assert server.asked[0][1]["Host"] == f"localhost:{server.port}"


def _certified(server: Server, folder: Path, name: str) -> Path:
    """Make the server speak TLS with a certificate of a name; the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, private)
    server.speak_tls(context)
    return file


def test_a_certificate_is_held_against_the_name_that_was_asked_for(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = _certified(server, tmp_path, "localhost")
    refs = [ChartRef(f"https://{host}:{server.port}", "web") for host in ("localhost", "127.0.0.1")]
    allowed = [ref.repository for ref in refs]
    untrusted = Charts(allowed, None, LIMITS, resolve=lambda _host, _port: ["127.0.0.1"]).fetch(refs)
    assert "is not trusted" in lacking(untrusted[refs[0]]).message
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    found = Charts(allowed, None, LIMITS, resolve=lambda _host, _port: ["127.0.0.1"]).fetch(refs)
    assert had(found[refs[0]]).data == ARCHIVE
    assert "is not trusted" in lacking(found[refs[1]]).message


def test_a_proxy_of_the_environment_is_asked_and_finds_the_way_itself(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("https_proxy", server.url)
    there = "http://charts.corp.example/index.yaml"
    server.pages[there] = Page((indexed("1.0.0", url="https://blobs.example.net/a"),))
    ref = ChartRef("http://charts.corp.example", "web")
    charts = Charts([ref.repository], None, LIMITS, resolve=lambda _host, _port: [])
    assert "no connection, by the proxy" in lacking(charts.fetch([ref])[ref]).message
    assert [path for path, _ in server.asked][:2] == [there, "blobs.example.net:443"]


def test_no_proxy_is_heeded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    ref = ChartRef(server.url, "web")
    assert had(Charts([server.url], None, LIMITS).fetch([ref])[ref]).data == ARCHIVE


def test_no_credentials_and_no_cookies_are_sent(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.pages["/index.yaml"] = Page((indexed("1.0.0"),), headers={"Set-Cookie": "a=b"})
    ref = ChartRef(server.url, "web")
    assert had(Charts([server.url], None, LIMITS).fetch([ref])[ref]).data == ARCHIVE
    assert {name for _, headers in server.asked for name in headers} <= {
        "Host",
        "Accept-Encoding",
        "User-Agent",
        "Accept",
        "Connection",
    }
