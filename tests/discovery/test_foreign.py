"""Helmfile and Jsonnet are recognised, and told where a change touches them."""

import pytest

from bot.discovery.foreign import foreign
from bot.policy.schema import Paths, Policy
from bot.problem import Problem
from bot.source import Side


def told(paths: list[str], *touched: str, before: tuple[str, ...] = (), policy: Policy | None = None) -> list[Problem]:
    return list(foreign(before, paths, touched, policy or Policy()))


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(["a.yaml", "helmfile.yaml"], id="what is not touched"),
        pytest.param(["dashboards/a.jsonnet", "dashboards/b.libsonnet", "a.yaml"], id="Jsonnet that deploys nothing"),
        pytest.param(["a.yaml.gotmpl", "my-helmfile.yaml", "helmfile/a.yaml"], id="no Helmfile"),
        pytest.param(["node_modules/x/main.jsonnet"], id="what concerns nobody"),
    ],
)
def test_what_is_not_touched_or_deploys_nothing_is_silent(paths: list[str]) -> None:
    assert told(paths, *(path for path in paths if path != "helmfile.yaml")) == []


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        ("helmfile.yaml", "Helmfile"),
        ("deploy/helmfile.yaml.gotmpl", "Helmfile"),
        ("helmfile.d/10-shop.yaml", "Helmfile"),
        ("main.jsonnet", "Jsonnet"),
        ("environments/prod/a.jsonnet", "Jsonnet"),
    ],
)
def test_each_tool_is_recognised_by_its_files(path: str, tool: str) -> None:
    (problem,) = told([path], path)
    assert tool in problem.message
    assert (str(problem.location), problem.touched) == (f"{path}:1", True)


def test_all_files_of_one_tool_are_one_problem() -> None:
    paths = ["helmfile.yaml", "apps/helmfile.yaml", "values.yaml.gotmpl", "main.jsonnet", "lib/k.libsonnet"]
    helmfile, jsonnet = told(paths, *paths)
    assert (str(helmfile.location), helmfile.unit) == ("apps/helmfile.yaml:1", "apps")
    assert (str(jsonnet.location), jsonnet.unit) == ("lib/k.libsonnet:1", "lib")


def test_what_the_change_removes_is_told_of_the_base() -> None:
    (problem,) = told([], "helmfile.yaml", before=("helmfile.yaml",))
    assert problem.location is not None
    assert problem.location.side is Side.BASE


def test_policy_excludes_them() -> None:
    policy = Policy(paths=Paths(exclude=("legacy/**",)))
    assert told(["legacy/helmfile.yaml"], "legacy/helmfile.yaml", policy=policy) == []
