"""Edge: texts of the environment and of flags to values. A ValueError says what is wrong, to be read after the text."""

import base64
import binascii
import math
import re
import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings.secret import Secret

Read = Callable[[str, str], object]

_PEM = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z]+ )?PRIVATE KEY)-----\s+(?P<body>[A-Za-z0-9+/=\s]+?)\s*-----END (?P=kind)-----"
)
_MAX_KEY = 64 * 1024
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})


class Color(StrEnum):
    """When output is coloured."""

    AUTO = "auto"  # where the output is a terminal
    ALWAYS = "always"
    NEVER = "never"


def color(variable: str, text: str) -> Color:
    """One of the three, or what the two common variables mean by being set."""
    if variable == "NO_COLOR":
        return Color.NEVER
    if variable == "FORCE_COLOR":
        return Color.ALWAYS
    try:
        return Color(text)
    except ValueError:
        raise ValueError(f"is not one of {', '.join(Color)}") from None


def file(_variable: str, text: str) -> Path:
    """A file of the person's own."""
    return Path(text)


def words(_variable: str, text: str) -> tuple[str, ...]:
    """A list, its items apart by spaces, commas or line breaks."""
    return tuple(word for word in re.split(r"[\s,]+", text) if word)


def program(_variable: str, text: str) -> str:
    """A program that is there, by its path."""
    found = shutil.which(text)
    if found is None:
        raise ValueError("names no program that can be run")
    return str(Path(found).absolute())


def folder(_variable: str, text: str) -> Path:
    """A folder that does not depend on where we were started."""
    path = Path(text)
    if not path.is_absolute() or "\0" in text:
        raise ValueError("is not an absolute path")
    return path


def folder_or_off(variable: str, text: str) -> Path | None:
    """A folder, or None for `off`."""
    try:
        return None if text == "off" else folder(variable, text)
    except ValueError as error:
        raise ValueError(f"{error}; give one, or `off`") from None


def whole(low: int, high: int) -> Callable[[str, str], int]:
    """A whole number within limits."""

    def read(_variable: str, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text.strip()) or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number from {low:,} to {high:,}")
        return int(text)

    return read


def seconds(low: float, high: float) -> Callable[[str, str], float]:
    """A time within limits, fractions allowed."""

    def read(_variable: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise ValueError(f"is not a number of seconds from {low:g} to {high:g}")
        return value

    return read


def name(_variable: str, text: str) -> str:
    """A short name of letters, digits and dashes."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", text):
        raise ValueError("is not a name of at most 63 letters, digits, dots and dashes")
    return text


def yes_no(_variable: str, text: str) -> bool:
    """Yes or no, in the usual words."""
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise ValueError("is neither `true` nor `false`")
    return word in _YES


def secret(_variable: str, text: str) -> Secret:
    """A secret; a line break at its end belongs to the file that it was taken from."""
    found = text.strip("\r\n")
    if not found:
        raise ValueError("is empty")
    return Secret(found)


def private_key(variable: str, text: str) -> Secret:
    r"""A key in PEM form, or the file that holds it. `\n` stands for a line break where one line is all there is."""
    found = _content(text) if variable.endswith("_FILE") else text.replace("\\n", "\n")
    match = _PEM.search(found)
    if match is None:
        raise ValueError("is not a private key in PEM form, whole from its BEGIN to its END line")
    try:
        base64.b64decode("".join(match["body"].split()), validate=True)
    except binascii.Error:
        raise ValueError("is a private key with a damaged body") from None
    return Secret(f"{match[0]}\n")


def _content(path: str) -> str:
    try:
        with Path(path).open("rb") as opened:
            return opened.read(_MAX_KEY).decode("ascii", "replace")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such path"
        raise ValueError(f"names a file that cannot be read: {reason}") from None


def address(_variable: str, text: str) -> str:
    """An http or https address without credentials and query, and without a slash at its end."""
    found = text.strip().rstrip("/")
    if re.search(r"[\s\x00-\x20\x7f-\U0010ffff\\]", found):
        raise ValueError("is not an address")
    try:
        parts = urlsplit(found)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an http or https address")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("holds credentials or a query; give the plain address")
    return found


def database(_variable: str, text: str) -> Secret:
    """The address of a database, which may hold a password. Some hosts still write the old name of PostgreSQL."""
    found = re.sub(r"\Apostgres://", "postgresql://", text.strip())
    scheme, separator, rest = found.partition("://")
    if not separator or scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise ValueError("is neither a postgresql:// nor an sqlite:// address")
    if scheme == "sqlite" and not (rest.startswith("//") and rest.strip("/")):
        raise ValueError("does not name a file by its absolute path, as in sqlite:////srv/routeproof/jobs.sqlite")
    return Secret(found)
