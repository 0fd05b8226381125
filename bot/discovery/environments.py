"""Which cluster a folder is for, by the names that people give to folders of clusters and environments.

The name depends on the path alone, never on what else is in the repository: so adding a file moves no other one to
another cluster. Where names do not tell, files are taken to live together, in the cluster DEFAULT.
"""

import re
from functools import lru_cache, reduce
from typing import NamedTuple

DEFAULT = "default"

# Not `cluster/`: below that, repositories sort by application.
_HOLDERS = frozenset({"clusters", "environments", "environment", "envs", "env", "overlays", "overlay", "stages"})
# Folders in which each holder's children share what they hold.
_SHARED = frozenset({"base", "bases", "common", "shared", "components", "all", "global", "default", "templates"})
# Words that hardly ever mean anything else, so that they count as a part of a name too.
_CLEAR = frozenset(
    {"prod", "production", "prd", "staging", "stage", "stg", "dev", "development", "qa", "uat", "preprod", "nonprod"}
)
_WORDS = _CLEAR | {
    "live", "test", "testing", "acceptance", "acc", "integration", "int", "sandbox", "sbx", "demo", "preview", "perf",
    "canary", "local", "pre-prod", "pre-production", "non-prod", "dr",
}  # fmt: skip
_CLEARLY = re.compile("|".join(sorted(_CLEAR)))
_BESIDE = frozenset({"cluster", "k8s", "kube", "kubernetes", "eks", "aks", "gke", "env", "environment"})
_REGION = re.compile(
    r"(?:eu|us|uk|ap|ca|sa|af|me|cn|jp|in|asia|europe|africa|emea|apac|latam|australia|northamerica|southamerica)"
    r"(?:-?(?:north|south|east|west|central|northeast|southeast|northwest|southwest))?(?:-?[0-9]{1,2}[a-z]?)?"
    r"|(?:north|south|east|west|central){1,2}(?:us|europe|asia|india|uk)[0-9]?"
)
_APART = frozenset(
    {"docs", "doc", "examples", "example", "samples", "sample", "tests", "testdata", "fixtures", "e2e", "archive"}
)
_STAGES = {
    "production": "prod",
    "prd": "prod",
    "live": "prod",
    "stage": "staging",
    "stg": "staging",
    "development": "dev",
}
_DIGITS = "0123456789"
_DEEP = 50  # folders; past that a path is read from its beginning, so that no depth can exhaust the stack


class _Told(NamedTuple):
    """What the names of a folder's path tell: (name, whether it tells a cluster by itself) from the outermost on."""

    names: tuple[tuple[str, bool], ...] = ()
    holder: bool = False  # the last folder holds one folder for each cluster
    apart: bool = False  # somewhere below examples, tests or documentation


def cluster_of(folder: str, stem: str = "") -> str:
    """The cluster that files in a folder are for; `stem` is the name of a plain file without its suffix.

    Examples, tests and documentation are a cluster a folder: they are read, and never compared with one another.
    """
    told = _told(folder)
    if told.apart:
        return folder
    # A region counts beside something that tells a cluster.
    parts = [name for name, _ in told.names] if any(tells for _, tells in told.names) else []
    if not parts and stem:
        parts = [word] if (word := _tail(stem)) else []
    return "/".join(dict.fromkeys(parts)) or DEFAULT


def stage_of(cluster: str) -> str:
    """The stage that a cluster's name tells, in one spelling (`prod` for production), "" where it tells none."""
    words = (word.rstrip(_DIGITS) for part in cluster.lower().split("/") for word in re.split(r"[-_.]", part))
    return next((_STAGES.get(word, word) for word in words if word in _WORDS), "")


def _told(folder: str) -> _Told:
    """Read a path name by name, beginning where its parent ends: most folders of a repository share theirs."""
    if not folder:
        return _Told()
    parent, _, name = folder.rpartition("/")
    return _with(_parent(parent) if parent.count("/") < _DEEP else reduce(_with, parent.split("/"), _Told()), name)


@lru_cache(maxsize=4096)
def _parent(folder: str) -> _Told:
    return _told(folder)


def _with(told: _Told, name: str) -> _Told:
    low = name.lower()
    names = told.names
    if told.holder and low not in _SHARED and low not in _HOLDERS:
        names = (*names, (name, True))
    elif word := _environment(low):
        names = (*names, (word if word != low else name, True))
    elif _REGION.fullmatch(low):
        names = (*names, (name, False))
    return _Told(names, low in _HOLDERS, told.apart or low in _APART)


def _environment(name: str) -> str:
    """The part of a folder's name that tells an environment: `prod`, `dev2`, `prod-eu-west-1`, `dev` of `shop-dev`."""
    if name in _WORDS or name.rstrip(_DIGITS) in _WORDS:
        return name
    if not _CLEARLY.search(name):
        return ""
    words = re.split(r"[-_.]", name)
    if any(word.rstrip(_DIGITS) in _CLEAR for word in words):
        rest = "-".join(word for word in words if word.rstrip(_DIGITS) not in _CLEAR | _BESIDE and not word.isdigit())
        if not rest or _REGION.fullmatch(rest):
            return name
    return _tail(name)


def _tail(name: str) -> str:
    """The last word of a name, where it clearly tells an environment."""
    if not _CLEARLY.search(name.lower()):
        return ""
    words = re.split(r"[-_.]", name.lower())
    return words[-1] if words[-1].rstrip(_DIGITS) in _CLEAR else ""
