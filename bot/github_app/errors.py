"""Pure. What GitHub's answers and broken connections mean for whoever asked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from bot.errors import Gone, Refused, RouteproofError, Transient

SECONDARY_WAIT = 60.0  # seconds; GitHub asks for no less where it names no time
LONGEST_WAIT = 3600.0  # a limit lasts no longer; more comes of clocks that disagree
LONGEST_QUOTE = 300  # characters of what GitHub says


class Unknown(Transient):
    """The answer to a write was lost: it may have been done. Look before writing again."""


class Invalid(Refused):
    """GitHub will not take this content (422)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came; the names of the headers are in lower case. `asked` is the verb and the path."""

    asked: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def write(self) -> bool:
        """Whether it answers a request that changes something."""
        return not self.asked.startswith("GET ")


def from_answer(answer: Answer, now: float) -> RouteproofError | None:
    """What an answer means; None where it is a good one. `now` is the time in seconds since 1970.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api says how limits are told.
    """
    status, said = answer.status, _said(answer.text)
    told = f"GitHub answered {status} to {answer.asked}{said and f': {said}'}"
    if status < 300:
        return None
    wait = limited_for(answer, now)
    if wait is not None:
        return Transient(f"GitHub asks to wait {wait:.0f} s before more requests.", wait)
    if status >= 500 or status == 408:
        later = _retry_after(answer)
        return Unknown(told, later) if answer.write else Transient(told, later)
    if status == 409:
        return Transient(told)
    if status in {404, 410, 451}:
        return Gone(f"{told}. It was deleted, or the credentials cannot see it.")
    if status == 401:
        return Refused(f"GitHub does not accept the credentials{said and f': {said}'}")
    if status == 403:
        return _forbidden(answer, said, told)
    return Invalid(told) if status == 422 else Refused(told)


def limited_for(answer: Answer, now: float) -> float | None:
    """Seconds to wait where the answer tells of a limit, else None."""
    if answer.status == 422 and "submitted too quickly" in answer.text:
        return SECONDARY_WAIT
    if answer.status not in {403, 429}:
        return None
    later = _retry_after(answer)
    if later is not None:
        return later
    if answer.headers.get("x-ratelimit-remaining") == "0":
        return _until_reset(answer, now) or SECONDARY_WAIT
    said = _said(answer.text).lower()
    return SECONDARY_WAIT if answer.status == 429 or "rate limit" in said or "abuse detection" in said else None


def spent_for(answer: Answer, now: float) -> float | None:
    """Seconds until there is room again where this good or bad answer was the last of its hour, else None."""
    # GraphQL and search have budgets of their own.
    ours = answer.headers.get("x-ratelimit-resource", "core") == "core"
    return _until_reset(answer, now) if ours and answer.headers.get("x-ratelimit-remaining") == "0" else None


def from_failure(error: requests.RequestException | RuntimeError, asked: str) -> RouteproofError:
    """What it means that no answer came. The text of the error is left out: it may hold parts of the request."""
    kind = type(error).__name__
    if isinstance(error, RuntimeError):  # PyGithub found a redirection to another host, or from https to http
        return Refused(
            f"{asked} was redirected to another server. Check the address of the GitHub API in the settings."
        )
    if _never_sent(error):
        return Transient(f"GitHub cannot be reached ({kind}).")
    lost = f"The connection to GitHub was lost during {asked} ({kind})."
    return Transient(lost) if asked.startswith("GET ") else Unknown(lost)


def unreadable(answer: Answer) -> RouteproofError:
    """For an answer that is not what GitHub documents, such as the page of a proxy."""
    told = f"GitHub's answer to {answer.asked} cannot be read."
    return Unknown(told) if answer.write else Transient(told)


def _forbidden(answer: Answer, said: str, told: str) -> RouteproofError:
    if "suspended" in said.lower():
        return Refused("The installation is suspended on GitHub; its owner can end that in the settings of the App.")
    if "not accessible by" in said.lower():
        return Refused(f"The credentials may not do this: {answer.asked}. Missing permission: {_permission(answer)}.")
    return Refused(told)


# https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
_PERMISSIONS = (
    (re.compile(r"/check-runs"), "checks"),
    (re.compile(r"/pulls|/issues"), "pull_requests"),
    (re.compile(r"/graphql"), "pull_requests"),
)


def _permission(answer: Answer) -> str:
    """As GitHub names it in its answer, else from what was asked."""
    stated = answer.headers.get("x-accepted-github-permissions", "")
    if re.fullmatch(r"[a-z_=,; ]{1,200}", stated):
        return stated.replace("=", ": ")
    name = next((name for pattern, name in _PERMISSIONS if pattern.search(answer.asked)), "contents")
    return f"{name}: {'write' if answer.write else 'read'}"


def _retry_after(answer: Answer) -> float | None:
    later = _number(answer.headers.get("retry-after"))
    return None if later is None else min(later, LONGEST_WAIT)


def _until_reset(answer: Answer, now: float) -> float | None:
    reset = _number(answer.headers.get("x-ratelimit-reset"))
    return None if reset is None else min(max(reset - now, 0.0) + 1.0, LONGEST_WAIT)


def _said(text: str) -> str:
    """The message in an answer, with the reasons of a 422, in one line."""
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    reasons = body.get("errors")
    parts = [body.get("message"), *(reasons if isinstance(reasons, list) else [reasons])]
    words = [part.get("message") or part.get("code") if isinstance(part, dict) else part for part in parts]
    line = " ".join("; ".join(word for word in words if isinstance(word, str)).split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "..."


def _never_sent(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text) else None
