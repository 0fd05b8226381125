"""What a registry of OCI artifacts is asked, by the distribution specification, and what it answers.

https://github.com/opencontainers/distribution-spec, and Helm's own media types, https://helm.sh/docs/topics/registries/.

A registry that wants a token says where it gives one to anybody, which often is another host (auth.docker.io,
gitlab.com). Nothing secret is told there, so that address is held to the rule of `opener` alone. The token goes to the
registry and to nobody else.
"""

import re
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from bot.charts import trouble
from bot.charts.archive import check
from bot.charts.kept import digest_of
from bot.charts.limits import Limits
from bot.charts.opener import Answer, Opener
from bot.charts.places import Place
from bot.finding import code

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
PART = re.compile(r"[a-z0-9]++(?:(?:\.|__?|-++)[a-z0-9]++)*+")
_MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
_LAYERS = (  # of Helm, of Helm before 3.7, of Flux, of everybody; the first that the manifest has
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "application/tar+gzip",
    "application/vnd.cncf.flux.content.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+gzip",
)
_CHALLENGE = re.compile(r"\b(realm|service|scope)=\"([^\"\\]{1,2000})\"", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]{1,16384}")
_NEXT = re.compile(r"<([^<>]{1,2000})>\s*;\s*rel=\"?next\b", re.IGNORECASE)
_MOST_TAGS = 50_000

T = TypeVar("T")


class _Layer(msgspec.Struct, rename="camel"):
    media_type: str = ""
    digest: str = ""


class _Manifest(msgspec.Struct):
    layers: list[_Layer] = msgspec.field(default_factory=list)


class _Tags(msgspec.Struct):
    tags: list[str] | None = None


class _Token(msgspec.Struct):
    token: str = ""
    access_token: str = ""


class Distribution:
    """One chart's part of a registry. What is asked raises `Trouble` where it cannot be had."""

    def __init__(self, opener: Opener, chart: Place, limits: Limits) -> None:
        self._opener, self._chart, self._limits = opener, chart, limits
        self._start = f"{chart.origin}/v2/{'/'.join(chart.path)}/"
        self._token = ""

    def tags(self) -> tuple[str, ...]:
        """All tags, as far as they are told within the limits."""
        return tuple(tag for page in self._pages() for tag in page)[:_MOST_TAGS]

    def _pages(self) -> Iterator[list[str]]:
        url = urljoin(self._start, "tags/list?n=1000")
        for _ in range(self._limits.pages):
            answer = self._get(url, self._limits.small, "The list of tags")
            if answer.status != 200:
                raise trouble.sign_in(self._chart.url) if answer.status == 404 else self._answered(answer)
            yield self._decoded(answer, _Tags).tags or []
            more = _NEXT.search(answer.headers.get("Link", ""))
            if more is None:
                return
            url = self._own(url, more[1])

    def layer(self, reference: str) -> str | None:
        """The digest of the chart that a tag or the digest of a manifest means; None where there is no such tag."""
        answer = self._get(f"{self._start}manifests/{reference}", self._limits.small, "The manifest", _MANIFESTS)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise self._answered(answer)
        if DIGEST.fullmatch(reference) and digest_of(answer.body) != reference:
            raise trouble.unreadable(self._named(), "its manifest is not that of the digest")
        layers = self._decoded(answer, _Manifest).layers
        for kind in _LAYERS:
            found = next((each.digest for each in layers if each.media_type == kind), None)
            if found and DIGEST.fullmatch(found):
                return found
        raise trouble.unreadable(self._named(), "it is no chart")

    def blob(self, digest: str) -> bytes:
        """The archive of a digest."""
        what = f"The archive of {self._named()}"
        answer = self._get(f"{self._start}blobs/{digest}", self._limits.archive, what)
        if answer.status != 200:
            raise self._answered(answer)
        check(answer.body, digest_of(answer.body), digest, what)
        return answer.body

    def _get(self, url: str, most: int, what: str, accept: str = "*/*") -> Answer:
        answer = self._opener.get(url, most, what, self._headers(accept))
        if answer.status == 401:
            self._token = self._given(answer)
            answer = self._opener.get(url, most, what, self._headers(accept))
        return answer

    def _headers(self, accept: str) -> dict[str, str]:
        return {"Accept": accept, **({"Authorization": f"Bearer {self._token}"} if self._token else {})}

    def _given(self, refused: Answer) -> str:
        """A token for anybody."""
        said = refused.headers.get("WWW-Authenticate", "")
        challenge = {name.lower(): value for name, value in _CHALLENGE.findall(said)}
        if not said.lower().startswith("bearer ") or "realm" not in challenge:
            raise trouble.sign_in(self._chart.url)
        query = {
            **({"service": challenge["service"]} if "service" in challenge else {}),
            "scope": challenge.get("scope", f"repository:{'/'.join(self._chart.path)}:pull"),
        }
        realm = challenge["realm"]
        url = f"{realm}{'&' if '?' in realm else '?'}{urlencode(query)}"
        answer = self._opener.get(url, self._limits.small, "The answer to a request for a token")
        if answer.status != 200:
            raise self._answered(answer)
        given = self._decoded(answer, _Token)
        token = given.token or given.access_token
        if not _TOKEN.fullmatch(token):
            raise trouble.sign_in(self._chart.url)
        return token

    def _own(self, url: str, link: str) -> str:
        """The next page, which must be of the same registry."""
        try:
            there = urljoin(url, link)
            own = urlsplit(there)[:2] == urlsplit(url)[:2]
        except ValueError:
            own = False
        if not own:
            raise trouble.elsewhere(self._chart.url, link)
        return there

    def _decoded(self, answer: Answer, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.MsgspecError, RecursionError):
            raise trouble.unreadable(self._named(), "the registry's answer is not understood") from None

    def _answered(self, answer: Answer) -> trouble.Trouble:
        return trouble.answered(self._chart.url, answer.status)

    def _named(self) -> str:
        return code(self._chart.url)
