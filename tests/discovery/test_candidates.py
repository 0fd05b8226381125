"""Which files are read."""

import pytest

from bot.discovery.candidates import chart_of, is_candidate, names_values
from bot.policy.schema import Policy


@pytest.mark.parametrize(
    "path",
    ["a.yaml", "apps/b.yml", "c.json", "Kustomization", "x/kustomization.yaml", "blog/Chart.yaml", "apps/values/a.yaml",
     "blog/templates/ingress.yaml", ".argocd/a.yaml", "revalues.yaml", "blog/values.yaml"],
)  # fmt: skip
def test_manifests_are_read(path):
    assert is_candidate(path, Policy())


@pytest.mark.parametrize(
    "path",
    ["README.md", "a.yaml.bak", ".git/a.yaml", ".github/workflows/ci.yml", "web/node_modules/x/a.json",
     "values.json.tpl", "values"],
)  # fmt: skip
def test_other_files_are_not_read(path):
    assert not is_candidate(path, Policy())


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("blog/values.yaml", True),
        ("blog/values-prod.yml", True),
        ("prod-values.yaml", True),
        ("web.values.yaml", True),
        ("values_dev.yaml", True),
        ("revalues.yaml", False),
        ("values/web.yaml", False),
    ],
)
def test_values_are_told_by_their_names(path, named):
    assert names_values(path) is named


def test_policy_narrows_what_is_read():
    policy = Policy.model_validate({"paths": {"include": ["apps/**"], "exclude": ["apps/old"]}})
    paths = ["apps/a.yaml", "apps/old/b.yaml", "other/c.yaml"]
    assert [path for path in paths if is_candidate(path, policy)] == ["apps/a.yaml"]


@pytest.mark.parametrize(
    ("path", "chart"),
    [
        ("blog/templates/ingress.yaml", "blog"),
        ("blog/templates/deep/ingress.yaml", "blog"),
        ("blog/charts/redis/templates/a.yaml", "blog"),
        ("templates/ingress.yaml", None),
        ("blog/crds/a.yaml", None),
        ("other/templates/a.yaml", None),
    ],
)
def test_the_chart_of_a_template(path, chart):
    assert chart_of(path, frozenset({"blog"})) == chart


def test_a_chart_may_be_the_whole_repository():
    assert chart_of("templates/ingress.yaml", frozenset({""})) == ""
