"""Which cluster a folder is for, by the names that people give to folders of clusters and environments.

The name depends on the path alone, never on what else is in the repository: so adding a file moves no other one to
another cluster. Where names do not tell, files are taken to live together, in the cluster DEFAULT.
"""

import re

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


def cluster_of(folder: str, stem: str = "") -> str:
    """The cluster that files in a folder are for; `stem` is the name of a plain file without its suffix.

    Examples, tests and documentation are a cluster a folder: they are read, and never compared with one another.
    """
    names = folder.split("/") if folder else []
    if any(name.lower() in _APART for name in names):
        return folder
    parts = _parts(names)
    if not parts and stem:
        parts = [word] if (word := _tail(stem)) else []
    return "/".join(dict.fromkeys(parts)) or DEFAULT


def stage_of(cluster: str) -> str:
    """The stage that a cluster's name tells, in one spelling (`prod` for production), "" where it tells none."""
    words = (word.rstrip(_DIGITS) for part in cluster.lower().split("/") for word in re.split(r"[-_.]", part))
    return next((_STAGES.get(word, word) for word in words if word in _WORDS), "")


def _parts(names: list[str]) -> list[str]:
    """The names in a path that tell a cluster, outermost first; a region counts beside something that tells one."""
    found: list[tuple[str, bool]] = []
    holder = ""
    for name in names:
        low = name.lower()
        if holder and low not in _SHARED and low not in _HOLDERS:
            found.append((name, True))
        elif word := _environment(low):
            found.append((word if word != low else name, True))
        elif _REGION.fullmatch(low):
            found.append((name, False))
        holder = low if low in _HOLDERS else ""
    return [name for name, _ in found] if any(tells for _, tells in found) else []


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
