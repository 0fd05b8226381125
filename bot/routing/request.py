"""Pure. An HTTP request, as far as routing looks at it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from bot.errors import UserError
from bot.manifest.template import lowered


@dataclass(frozen=True, slots=True)
class Request:
    """`host` is in lower case without port; `path` begins with `/`, what follows it is `query`.

    Headers are (name, value).
    """

    host: str
    path: str = "/"
    scheme: str = "https"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""

    @property
    def url(self) -> str:
        """The URL that a client would ask for."""
        return f"{self.scheme}://{self.host}{self.path}{f'?{self.query}' if self.query else ''}"

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The parameters of the query, decoded."""
        return tuple(parse_qsl(self.query, keep_blank_values=True))

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def request_of(url: str, *, method: str = "GET", headers: tuple[tuple[str, str], ...] = ()) -> Request:
    """Read a URL as a request; `https` where it names no scheme.

    Raises:
        UserError: the URL has no host, or a scheme other than http and https.
    """
    text = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(text)
        name = parts.hostname or ""  # in lower case, which a variable in it would not survive
        start = parts.netloc.lower().find(name)
        host = lowered(parts.netloc[start : start + len(name)]).rstrip(".")
    except ValueError as error:
        raise UserError(f"{url!r} is not a URL: {error}", "Give one like https://shop.example.com/api.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise UserError(
            f"{url!r} is not an http or https URL with a host.", "Give one like https://shop.example.com/api."
        )
    return Request(
        host=host,
        path=parts.path or "/",
        scheme=parts.scheme,
        method=method.upper(),
        headers=headers,
        query=parts.query,
    )
