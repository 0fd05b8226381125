"""Pure. Why git could not fetch, read from what it said, and what that means to the caller."""

import re
from enum import StrEnum

from bot.errors import Gone, Refused, RouteproofError, Transient

_MINUTE = 60.0


class Trouble(StrEnum):
    """What went wrong."""

    UNKNOWN = "unknown"  # the server has no such commit or ref
    PACE = "pace"
    CREDENTIALS = "credentials"
    GONE = "gone"
    MOVED = "moved"
    CERTIFICATE = "certificate"
    DISK = "disk"
    INVALID = "invalid"  # an object that git does not accept
    DAMAGED = "damaged"  # our mirror
    NETWORK = "network"


# The first that is found holds. Git speaks English: GitPython sets its language.
_SIGNS = (
    (Trouble.UNKNOWN, r"not our ref|couldn't find remote ref|unadvertised object|no such remote ref"),
    (Trouble.PACE, r"rate limit|error: 429"),
    (Trouble.CREDENTIALS, r"authentication failed|could not read (?:username|password)|error: 40[13]\b|access denied"),
    (Trouble.GONE, r"repository not found|repository '[^']*' not found|error: (?:404|410|451)\b"),
    (Trouble.MOVED, r"error: 30[12378]\b|redirect"),
    (Trouble.CERTIFICATE, r"certificate"),
    (Trouble.DISK, r"no space left|disk quota|read-only file system|permission denied|cannot create"),
    (Trouble.INVALID, r"fsck error|error in object|error in packed object"),
    (
        Trouble.DAMAGED,
        (
            r"is corrupt|corrupt loose|garbage at end|bad object|unable to read|bad config|bad signature|delta base"
            r"|not a git repository|did not send all necessary|cannot lock ref|sha1 pointer|does not match index"
        ),
    ),
)
_UNKNOWN = re.compile(r"(?:not our ref|remote ref|unadvertised object) (\S+)", re.IGNORECASE)


def trouble_of(said: str) -> Trouble:
    """What a failed git complains of; what is not understood is taken to be the network."""
    text = said.lower()
    return next((trouble for trouble, signs in _SIGNS if re.search(signs, text)), Trouble.NETWORK)


def unknown_in(said: str) -> str:
    """The commit or ref that the server does not know, "" where git does not say."""
    found = _UNKNOWN.search(said)
    return found[1] if found else ""


def error_of(said: str, remote: str) -> RouteproofError:
    """The error to raise, in a whole sentence."""
    trouble = trouble_of(said)
    detail = _last(said)
    told = f" Git says: {detail}" if detail else ""
    match trouble:
        case Trouble.UNKNOWN:
            what = unknown_in(said)
            return Gone(f"{remote} has no {what or 'such commit'} any more.")
        case Trouble.PACE:
            return Transient(f"{remote} asks for fewer requests.", _MINUTE)
        case Trouble.CREDENTIALS:
            return Refused(f"{remote} does not let us read: the token is not valid there, or lacks contents: read.")
        case Trouble.GONE:
            return Gone(f"{remote} is not there any more, or not for this token.")
        case Trouble.MOVED:
            return Refused(f"{remote} leads to another address, which is not followed.")
        case Trouble.CERTIFICATE:
            return Refused(f"The certificate of {remote} is not trusted.{told}")
        case Trouble.INVALID:
            return Refused(f"{remote} holds objects that git does not accept.{told}")
        case Trouble.DISK:
            return Transient(f"The data folder does not take {remote}.{told}", _MINUTE)
        case Trouble.DAMAGED:
            return Transient(f"The mirror of {remote} is damaged.{told}")
        case _:
            return Transient(f"{remote} cannot be reached.{told}")


def _last(said: str) -> str:
    """The last complaint, short enough for a log."""
    lines = [line for line in said.splitlines() if line.startswith(("fatal:", "error:"))]
    return "".join(char for char in lines[-1] if char.isprintable())[:300] if lines else ""
