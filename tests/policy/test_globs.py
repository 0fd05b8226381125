"""Globs of the policy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import globs
from tests.patience import ending

PIECES = st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*", "*b"]), min_size=1, max_size=5).map("/".join)
FILES = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=5).map("/".join)


@pytest.mark.parametrize(
    ("path", "glob"),
    [
        ("apps/shop/ingress.yaml", "apps/**"),
        ("apps/shop/ingress.yaml", "**"),
        ("apps/shop/ingress.yaml", "**/ingress.yaml"),
        ("ingress.yaml", "**/ingress.yaml"),
        ("apps/shop/ingress.yaml", "apps/*/ingress.yaml"),
        ("apps/shop/prod/ingress.yaml", "apps/**/prod/*.y*ml"),
        ("apps/prod/ingress.yaml", "apps/**/prod/*.yaml"),
        ("apps/a/b/c", "**/a/**/c"),
        ("apps/shop/ingress.yaml", "apps"),
        ("apps/shop/ingress.yaml", "apps/shop"),
        ("apps/shop/ingress.yaml", "apps/shop/ingress.yaml"),
        ("apps/shop1/ingress.yaml", "apps/shop[0-9]/*"),
    ],
)
def test_a_path_matches(path, glob):
    assert globs.matches_path(path, (glob,))


@pytest.mark.parametrize(
    ("path", "glob"),
    [
        ("apps/shop/ingress.yaml", "apps/*"),
        ("apps/shop/ingress.yaml", "*.yaml"),
        ("apps/shop/ingress.yaml", "shop/**"),
        ("apps/shop/ingress.yaml", "App*/**"),
        ("apps/shop/ingress.yaml", "apps/*/*/ingress.yaml"),
        ("appsmith/ingress.yaml", "apps"),
        ("apps/shop/ingress.yaml", "apps/shop/ingress"),
        ("apps", "apps/*"),
    ],
)
def test_a_path_does_not_match(path, glob):
    assert not globs.matches_path(path, (glob,))


def test_no_globs_match_nothing():
    assert not globs.matches_path("a.yaml", ())
    assert not globs.matches("shop/web", ())


def test_names_match_with_their_letter_case():
    assert globs.matches("shop/web", ("blog/*", "shop/*"))
    assert not globs.matches("Shop/web", ("shop/*",))


def test_a_glob_made_to_be_slow_is_not():
    with ending():
        assert not globs.matches_path("/".join(["a"] * 2000), ("/".join(["**", "a"] * 80 + ["b"]),))
        assert not globs.matches_path("a" * 3000, ("*a" * 200 + "b",))


@pytest.mark.parametrize("glob", ["apps/**", "**", "**/ingress.yaml", "*.yml", "a b/c", "apps/[ab]/*", "docs"])
def test_a_path_glob_is_accepted(glob):
    assert globs.path_fault(glob) is None


@pytest.mark.parametrize(
    ("glob", "meant"),
    [
        ("", ""),
        (" ", ""),
        ("a" * 600, ""),
        ("a\nb", ""),
        ("apps\\shop", "apps/shop"),
        ("!docs/**", ""),
        ("apps/[ab/*", "apps/[[]ab/*"),
        ("/apps/**", "apps/**"),
        ("./apps/**", "apps/**"),
        ("apps/", "apps/**"),
        ("apps//shop", ""),
        ("apps/../shop", ""),
        ("apps/**.yaml", "apps/**/*.yaml"),
        ("apps/shop**/a", "apps/shop*/a"),
    ],
)
def test_a_fault_of_a_path_glob_names_what_was_meant(glob, meant):
    found = globs.path_fault(glob)
    assert found is not None
    assert found[1] == meant


def test_an_object_glob_names_a_namespace():
    assert globs.object_fault("web") == ("has no namespace, and is compared with `namespace/name`", "*/web")
    assert globs.object_fault("*") is None
    assert globs.object_fault("shop/*") is None
    assert globs.object_fault("") is not None


@given(PIECES, FILES)
@settings(deadline=None)
def test_double_stars_widen(glob, path):
    wider = f"**/{glob}/**"
    assert globs.matches_path(path, (wider,)) or not globs.matches_path(path, (glob,))


@given(st.text())
@settings(deadline=None)
def test_any_text_is_judged(text):
    found = globs.path_fault(text)
    assert found is None or found[0]
