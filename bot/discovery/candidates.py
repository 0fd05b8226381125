"""Which files of a tree may hold manifests, by name and policy alone."""

import posixpath
import re

from bot.discovery.kustomization import named_kustomization
from bot.policy.globs import matches_path
from bot.policy.schema import Policy

_SUFFIXES = (".yaml", ".yml", ".json")
_VALUES = re.compile(r"(?:^|/)(?:values|values[-._][^/]*|[^/]*[-._]values)\.ya?ml$", re.IGNORECASE)
# What no cluster is ever given.
_NO_FOLDER = re.compile(
    r"(?:^|/)(?:\.git|\.github|node_modules|[._](?:archived?|deprecated|disabled|unused|trash))/"
    r"|^(?:archived?|deprecated|disabled|unused)/",
    re.IGNORECASE,
)
CHART_FILE = "Chart.yaml"


def names_values(path: str) -> bool:
    """Whether a file is named like values of a chart: input for Helm, and no manifest."""
    return bool(_VALUES.search(path))


def is_candidate(path: str, policy: Policy) -> bool:
    """Whether a file is to be read: it is named like a manifest, values or a kustomization, and policy allows it.

    What lies in `.archive/` or the like, or in such a folder at the top, is taken to be deployed nowhere.

    A `Chart.yaml` is among them: it holds nothing, and tells by its place what lies around it.
    """
    return (path.endswith(_SUFFIXES) or named_kustomization(path)) and may_be_read(path, policy)


def may_be_read(path: str, policy: Policy) -> bool:
    """Whether what lies at a path concerns us, as far as its folder and policy tell."""
    if _NO_FOLDER.search(path):
        return False
    paths = policy.paths
    if paths.include and not matches_path(path, paths.include):
        return False
    return not (paths.exclude and matches_path(path, paths.exclude))


def chart_of(path: str, charts: frozenset[str]) -> str | None:
    """The folder of the chart whose template a file is, subcharts included; None where it is none.

    What lies in a chart's folder beside its templates (`crds/`, a deployed example) is an ordinary file.
    """
    if not charts or ("templates/" not in path and "charts/" not in path):
        return None
    folder = posixpath.dirname(path)
    while folder:
        parent, name = posixpath.split(folder)
        if name in ("templates", "charts") and parent in charts:
            return parent
        folder = parent
    return None
