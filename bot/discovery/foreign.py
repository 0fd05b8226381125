"""Sources of manifests that are recognised and not rendered: Helmfile and Jsonnet, each told once for all its files."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bot.discovery.candidates import may_be_read
from bot.policy.schema import Policy
from bot.problem import Problem, ProblemKind
from bot.source import START, Location, Side


@dataclass(frozen=True)
class _Tool:
    """A tool: its files, what a repository that deploys by it holds, and what is said of it."""

    files: Callable[[str], object]
    sign: Callable[[str], object]
    message: str
    remedy: str


_HELMFILE = re.compile(r"(?:^|/)(?:helmfile\.ya?ml|helmfile\.d/.+\.ya?ml)(?:\.gotmpl)?$")
_TOOLS = (
    _Tool(
        lambda path: _HELMFILE.search(path) or path.endswith((".yaml.gotmpl", ".yml.gotmpl")),
        _HELMFILE.search,
        "The change touches what Helmfile installs. Helmfile is not run here, so what its releases route is unknown.",
        "Commit what `helmfile template` writes, and have that reviewed.",
    ),
    _Tool(
        lambda path: path.endswith((".jsonnet", ".libsonnet")),
        re.compile(r"(?:^|/)(?:main\.jsonnet|(?:tanka|environments)/.+\.jsonnet)$").search,
        "The change touches Jsonnet, which is not evaluated here, so what is routed by the manifests that it yields is "
        "unknown.",
        "Commit what `tk export` or `jsonnet` writes, and have that reviewed.",
    ),
)


def foreign(
    before: Collection[str], after: Collection[str], touched: Collection[str], policy: Policy
) -> Iterator[Problem]:
    """One Problem for each tool whose files the change touches; `before` and `after` are the paths of both sides."""
    for tool in _TOOLS:
        paths = sorted(path for path in touched if tool.files(path) and may_be_read(path, policy))
        if paths and any(tool.sign(path) for side in (after, before) for path in side):
            standing = [path for path in paths if path in after]
            path = next(iter(standing or paths))
            yield Problem(
                ProblemKind.UNSUPPORTED,
                tool.message,
                tool.remedy,
                Location(path, START, Side.HEAD if standing else Side.BASE),
                unit=posixpath.dirname(path) or ".",
                touched=True,
            )
