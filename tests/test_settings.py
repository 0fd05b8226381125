"""Settings: the environment and the flags as one value."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.settings import SETTINGS, Color, ServiceSettings, Settings, read_service, read_settings
from bot.settings.table import COMMAND


def test_an_empty_environment_gives_the_defaults_and_no_cache():
    assert read_settings({}) == Settings()


def test_the_cache_lies_under_the_home_folder():
    assert read_settings({"HOME": "/home/ada"}).cache_dir == Path("/home/ada/.cache/routeproof")


def test_the_cache_follows_xdg():
    environ = {"HOME": "/home/ada", "XDG_CACHE_HOME": "/var/cache/ada"}
    assert read_settings(environ).cache_dir == Path("/var/cache/ada/routeproof")


def test_a_relative_xdg_folder_is_ignored_as_its_specification_says():
    environ = {"HOME": "/home/ada", "XDG_CACHE_HOME": "cache"}
    assert read_settings(environ).cache_dir == Path("/home/ada/.cache/routeproof")


def test_the_cache_can_be_put_anywhere():
    environ = {"HOME": "/home/ada", "ROUTEPROOF_CACHE_DIR": "/srv/cache"}
    assert read_settings(environ).cache_dir == Path("/srv/cache")


def test_the_cache_can_be_turned_off():
    assert read_settings({"HOME": "/home/ada", "ROUTEPROOF_CACHE_DIR": "off"}).cache_dir is None


def test_an_empty_variable_counts_as_unset():
    environ = {"HOME": "/home/ada", "ROUTEPROOF_CACHE_DIR": "", "NO_COLOR": ""}
    assert read_settings(environ) == read_settings({"HOME": "/home/ada"})


@pytest.mark.parametrize(
    ("environ", "color"),
    [
        ({}, Color.AUTO),
        ({"NO_COLOR": "1"}, Color.NEVER),
        ({"FORCE_COLOR": "1"}, Color.ALWAYS),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, Color.NEVER),
    ],
)
def test_colours_follow_the_two_common_variables(environ, color):
    assert read_settings(environ).color is color


def test_a_flag_goes_before_the_environment():
    found = read_settings({"NO_COLOR": "1", "ROUTEPROOF_CONFIG": "a.yml"}, {"color": "always", "config": "b.yml"})
    assert (found.color, found.config) == (Color.ALWAYS, Path("b.yml"))


def test_the_pages_of_the_rules_may_lie_anywhere():
    environ = {"ROUTEPROOF_DOCS_URL": "https://docs.example.com/rules/"}
    assert read_settings(environ).docs_url == "https://docs.example.com/rules"


def test_all_faults_are_told_at_once():
    environ = {
        "ROUTEPROOF_CACHE_DIR": "cache",
        "ROUTEPROOF_CAHCE_DIR": "/srv",
    }
    with pytest.raises(UserError) as caught:
        read_settings(environ, {"color": "sometimes"})
    assert caught.value.message.splitlines() == [
        "ROUTEPROOF_CACHE_DIR: 'cache' is not an absolute path; give one, or `off`",
        "--color: 'sometimes' is not one of auto, always, never",
        "ROUTEPROOF_CAHCE_DIR: no setting is called so. Did you mean ROUTEPROOF_CACHE_DIR?",
    ]
    assert caught.value.exit_code == 2


def test_the_variables_that_kubernetes_sets_for_a_service_called_routeproof_are_none_of_ours():
    environ = {"ROUTEPROOF_PORT": "tcp://10.0.0.1:80", "ROUTEPROOF_SERVICE_HOST": "10.0.0.1"}
    assert read_settings(environ) == Settings()


def test_each_value_is_explained_with_its_source():
    environ = {"HOME": "/home/ada", "ROUTEPROOF_CONFIG": "ours.yml"}
    environ["ROUTEPROOF_CHART_REPOSITORIES"] = " https://a.example,\noci://b.example/c"
    assert read_settings(environ, {"color": "never"}).explain() == (
        "cache_dir = /home/ada/.cache/routeproof (default)",
        "color = never (from --color)",
        "config = ours.yml (from ROUTEPROOF_CONFIG)",
        "kustomize = none (default)",
        "chart_repositories = https://a.example oci://b.example/c (from ROUTEPROOF_CHART_REPOSITORIES)",
        "docs_url = none (default)",
        "review_seconds = 120 (default)",
        "review_megabytes = 2048 (default)",
    )


def test_every_setting_is_a_field():
    assert {setting.name for setting in COMMAND} == set(Settings.__dataclass_fields__) - {"sources"}
    assert {setting.name for setting in SETTINGS} == set(ServiceSettings.__dataclass_fields__) - {"sources"}


ENVIRONMENTS = st.dictionaries(st.sampled_from(sorted({n for s in SETTINGS for n in s.variables})), st.text())


@given(ENVIRONMENTS)
@settings(deadline=None, max_examples=100)
def test_any_environment_gives_settings_or_a_user_error(environ):
    with contextlib.suppress(UserError):
        assert len(read_settings(environ).explain()) == len(COMMAND)
    with contextlib.suppress(UserError):
        assert len(read_service(environ).explain()) == len(SETTINGS)
