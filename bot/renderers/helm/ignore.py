"""Which files of a chart's folder its .helmignore leaves out, as Helm reads that file (its package `ignore`)."""

import re
from collections.abc import Iterator

_DEFAULTS = ("templates/.?*",)
_LONGEST = 1_000  # characters of a pattern
_MOST = 200  # patterns


class Ignored:
    """Tells of a path within the chart whether it is left out. A file that Helm could not read leaves nothing out."""

    def __init__(self, content: bytes) -> None:
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        lines = [line.strip() for line in text.split("\n")[:_MOST]]
        self._rules = [rule for line in (*lines, *_DEFAULTS) if (rule := _rule(line)) is not None]
        self._folders: dict[str, bool] = {"": False}

    def __call__(self, path: str) -> bool:
        """Whether Helm leaves the file out, itself or with its folder."""
        folder = path.rpartition("/")[0]
        return self._folder(folder) or self._matches(path, folder=False)

    def _folder(self, path: str) -> bool:
        if path not in self._folders:
            self._folders[path] = self._folder(path.rpartition("/")[0]) or self._matches(path, folder=True)
        return self._folders[path]

    def _matches(self, path: str, *, folder: bool) -> bool:
        """The first rule that says something decides; a negated one says that all else is left out."""
        for pattern, whole, negated, only_folders in self._rules:
            hit = bool(pattern.fullmatch(path if whole else path.rpartition("/")[2]))
            if negated:
                if not hit or (only_folders and not folder):
                    return True
            elif hit and (folder or not only_folders):
                return True
        return False


_Rule = tuple[re.Pattern[str], bool, bool, bool]


def _rule(line: str) -> _Rule | None:
    if not line or line.startswith("#") or "**" in line or len(line) > _LONGEST:
        return None
    negated = line.startswith("!")
    body = line.removeprefix("!")
    only_folders = body.endswith("/")
    body = body.removesuffix("/")
    whole = "/" in body
    try:
        return re.compile(_regex(body.removeprefix("/"))), whole, negated, only_folders
    except re.error:
        return None


def _regex(pattern: str) -> str:
    """A pattern of Go's `filepath.Match`; what follows a star is matched as early as can be, so in linear time."""
    first, *others = (_chunk(part) for part in re.split(r"(?<!\\)\*+", pattern))
    if not others:
        return first
    return "".join([first, *(f"(?>[^/]*?{chunk})" for chunk in others[:-1]), f"[^/]*{others[-1]}"])


def _chunk(pattern: str) -> str:
    return "".join(_parts(pattern))


def _parts(pattern: str) -> Iterator[str]:
    for part in re.findall(r"\[\^?(?:\\.|[^\]\\])+\]|\\.|.", pattern, re.DOTALL):
        if part == "?":
            yield "[^/]"
        elif part[0] == "[":
            yield f"(?!/){_class(part)}"
        else:
            yield re.escape(part[-1])


def _class(part: str) -> str:
    """A class of characters, without what Python may read as an operation on sets."""
    if len(part) == 1 or "--" in part:
        raise re.error("Go refuses this class")
    escaped = re.sub(r"(\\.)|([\[&|~])", lambda found: found[1] or "\\" + found[2], part[1:-1])
    return f"[{escaped}]"
