"""Pure. Globs of the policy: over paths, and over names such as `namespace/name`."""

from fnmatch import fnmatchcase

Globs = tuple[str, ...]

_MAX_GLOB = 512
_WILD = frozenset("*?[")


def matches(text: str, globs: Globs) -> bool:
    """Whether a name such as `namespace/name` matches one of the globs, letter case included."""
    return any(fnmatchcase(text, glob) for glob in globs)


def matches_path(path: str, globs: Globs) -> bool:
    """Whether a path from the repository's root matches one of the globs, letter case included.

    `*` stays inside one folder and `**` crosses them; a glob without any wildcard names a file, or a folder with
    all that is in it.
    """
    return any(_matches_path(path, glob) for glob in globs)


def _matches_path(path: str, glob: str) -> bool:
    if _WILD.isdisjoint(glob):
        return path == glob or path.startswith(f"{glob}/")
    # Folder by folder instead of by one regular expression: time is bounded by the product of the two lengths.
    steps = glob.split("/")
    reached = _skip({0}, steps)
    for name in path.split("/"):
        moved = {
            at if steps[at] == "**" else at + 1
            for at in reached
            if at < len(steps) and (steps[at] == "**" or fnmatchcase(name, steps[at]))
        }
        reached = _skip(moved, steps)
        if not reached:
            return False
    return len(steps) in reached


def _skip(reached: set[int], steps: list[str]) -> set[int]:
    """Also where one gets to by letting `**` stand for no folder."""
    out = set(reached)
    for at, step in enumerate(steps):
        if at in out and step == "**":
            out.add(at + 1)
    return out


def fault(glob: str) -> tuple[str, str] | None:
    """What is wrong with a glob, and the glob that was probably meant ("" where none is clear)."""
    if not glob.strip():
        return "is empty", ""
    if len(glob) > _MAX_GLOB:
        return f"is longer than {_MAX_GLOB} characters", ""
    if any(ord(char) < 32 for char in glob):
        return "holds a control character", ""
    if "\\" in glob:
        return "holds a backslash", glob.replace("\\", "/")
    if glob.startswith("!"):
        return "begins with `!`, and globs are not negated here", ""
    if glob.count("[") > glob.count("]"):
        return "opens `[` and does not close it", glob.replace("[", "[[]")
    return None


def path_fault(glob: str) -> tuple[str, str] | None:
    """As `fault`, for globs over paths, which begin at the repository's root."""
    found = fault(glob)
    if found is not None:
        return found
    steps = glob.split("/")
    if steps[0] in {"", "."}:
        return "begins with a slash or a dot; every glob begins at the repository's root", "/".join(steps[1:])
    if steps[-1] == "":
        return "ends with `/` and so matches no file", f"{glob}**"
    if "" in steps or not {".", ".."}.isdisjoint(steps):
        return "holds an empty folder name, `.` or `..`", ""
    glued = next((step for step in steps if "**" in step and step != "**"), None)
    if glued is not None:
        return "holds `**` beside other characters", "/".join(_unglued(step) for step in steps)
    return None


def object_fault(glob: str) -> tuple[str, str] | None:
    """As `fault`, for globs over `namespace/name`."""
    found = fault(glob)
    if found is None and "/" not in glob and glob != "*":
        return "has no namespace, and is compared with `namespace/name`", f"*/{glob}"
    return found


def _unglued(step: str) -> str:
    if "**" not in step or step == "**":
        return step
    return "**/" + step.replace("**", "*") if step.startswith("**") else step.replace("**", "*")
