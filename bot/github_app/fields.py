"""Pure. Single facts of a payload. Anything may stand anywhere in it: what is not well formed counts as absent."""

import re
from collections.abc import Mapping

from bot.ports import RepoRef

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Names end up in addresses and folder names; GitHub allows no more than this.
_OWNER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
_NAME = re.compile(r"(?!\.{1,2}\Z)[0-9A-Za-z._-]{1,100}")
_LARGEST_ID = 2**63 - 1


def at(payload: object, *keys: str) -> object:
    """What stands at the end of these keys, or None."""
    for key in keys:
        if not isinstance(payload, Mapping):
            return None
        payload = payload.get(key)
    return payload


def text(payload: object, *keys: str) -> str:
    """The text there, or ""."""
    value = at(payload, *keys)
    return value if isinstance(value, str) else ""


def number(payload: object, *keys: str) -> int:
    """The number or id there, from 1 to what a database column holds, or 0."""
    value = at(payload, *keys)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_ID else 0


def flag(payload: object, *keys: str) -> bool:
    """Whether it is there and true."""
    return at(payload, *keys) is True


def commit(payload: object, *keys: str) -> str:
    """The id of the commit there; "" for none, which GitHub also writes as zeros."""
    return as_commit(text(payload, *keys))


def as_commit(value: str) -> str:
    """A commit's id as it is, anything else as ""."""
    return value if _COMMIT.fullmatch(value) and value.strip("0") else ""


def repository(payload: object) -> RepoRef | None:
    """The repository that the event happened in."""
    return named(text(payload, "repository", "full_name"), number(payload, "installation", "id"))


def named(full_name: str, installation: int) -> RepoRef | None:
    """The repository of that full name, `owner/name`."""
    owner, _, name = full_name.partition("/")
    return RepoRef(owner, name, installation) if _OWNER.fullmatch(owner) and _NAME.fullmatch(name) else None


def account(payload: object, *keys: str) -> str:
    """The login of a user or organization there, or ""."""
    login = text(payload, *keys)
    return login if _OWNER.fullmatch(login) else ""
