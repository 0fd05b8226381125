"""Which files of a directory Argo CD takes, by `include` and `exclude`: globs, or several in braces."""

from fnmatch import fnmatchcase

_MOST = 100  # alternatives
_LONGEST = 1_000


def selected(path: str, include: str, exclude: str) -> bool:
    """Whether a file is taken, by its path from the directory."""
    if exclude and _any(path, exclude):
        return False
    return not include or _any(path, include)


def _any(path: str, globs: str) -> bool:
    # A star matches a slash here, as it does in Argo CD.
    return any(fnmatchcase(path, glob) for glob in _alternatives(globs[:_LONGEST]))


def _alternatives(glob: str) -> list[str]:
    start, end = glob.find("{"), glob.rfind("}")
    if start < 0 or end < start:
        return [glob]
    parts = glob[start + 1 : end].split(",")[:_MOST]
    return [glob[:start] + part + glob[end + 1 :] for part in parts]
