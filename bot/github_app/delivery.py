"""Pure. A delivery of a webhook, from headers and bytes to a value: is it GitHub's, and what does it hold."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl

import msgspec

# GitHub does not send a larger payload:
# https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
LARGEST_BODY = 25 * 1024 * 1024

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_GUID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery. `guid` stays the same when GitHub sends it again; `action` is "" where the event has none."""

    guid: str
    event: str
    action: str
    payload: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The event with its action, as GitHub's documentation writes it."""
        return f"{self.event}.{self.action}" if self.action else self.event


@dataclass(frozen=True, slots=True)
class Rejected:
    """A request that is no delivery: the status to answer with, and why, for whoever set up the webhook."""

    status: Literal[400, 413, 415]
    reason: str


_Decoded: TypeAlias = bytes | Rejected


def verify(secrets: Sequence[bytes], body: bytes, signature: str | None) -> bool:
    """Whether `X-Hub-Signature-256` was made of the raw body with one of the secrets; an empty secret proves nothing.

    The time it takes does not tell which secret fits, or how much of a signature does.
    """
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    given = (signature or "").encode("utf-8", "backslashreplace")
    genuine = False
    for secret in secrets:
        expected = b"sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()
        genuine |= hmac.compare_digest(expected, given) and bool(secret)
    return genuine


def read_delivery(headers: Mapping[str, str], body: bytes, *, largest: int = LARGEST_BODY) -> Delivery | Rejected:
    """The delivery that a request makes, whatever the case of its headers' names.

    Call `verify` first: what a stranger may send should not be parsed at all.
    """
    given = {name.lower(): value.strip() for name, value in headers.items()}
    guid, event = given.get("x-github-delivery", ""), given.get("x-github-event", "")
    if not _WORD.fullmatch(event):
        return Rejected(400, f"the header X-GitHub-Event {_fault(event)}")
    if not _GUID.fullmatch(guid):
        return Rejected(400, f"the header X-GitHub-Delivery {_fault(guid)}")
    if len(body) > largest:
        return Rejected(413, f"the body has {len(body)} bytes; {largest} are the most that is read")
    text = _json_text(given.get("content-type", ""), body)
    if isinstance(text, Rejected):
        return text
    try:
        payload = msgspec.json.decode(text)
    except RecursionError:
        return Rejected(400, "the payload is nested too deeply")
    except ValueError:  # of msgspec, or bytes that are no UTF-8
        return Rejected(400, "the payload is not JSON")
    if not isinstance(payload, dict):
        return Rejected(400, "the payload is not a JSON object")
    return Delivery(guid, event, _word(payload.get("action")), payload)


def _word(value: object) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _fault(value: str) -> str:
    return "is missing" if not value else "is not one that GitHub sends"


def _json_text(content_type: str, body: bytes) -> _Decoded:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _JSON:
        return body
    if kind == _FORM:
        return _form_payload(body)
    return Rejected(415, f"the content type is neither {_JSON} nor {_FORM}; choose the first in the webhook's settings")


def _form_payload(body: bytes) -> _Decoded:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError:  # not ASCII, not UTF-8 within, or more fields than GitHub sends
        return Rejected(400, "the form cannot be read")
    match [value for name, value in pairs if name == "payload"]:
        case [payload]:
            return payload.encode()
        case _:
            return Rejected(400, "the form has not exactly one field named payload")
