"""What is a template, and what stands for a value."""

import pytest

from bot.manifest.template import lowered, may_equal, symbolic, templated


@pytest.mark.parametrize(
    "value",
    [
        "${HOST}", "$HOST", "$(HOST)", "app.${DOMAIN}", "{{ .Values.host }}", "{% x %}", "<host>",
        "<path:secret/data#k>", "ENC[AES256_GCM,data:x]", "#{HOST}#", "__HOST__", "((host))", "@host@",
        "%HOST%", "[[ host ]]", "app-IMAGE_TAG.example.com",
    ],
)  # fmt: skip
def test_a_placeholder_is_no_value(value):
    assert symbolic(value)


@pytest.mark.parametrize(
    "value", ["shop.example.com", "/api(/|$)(.*)", "/$2", "*.example.com", "a_b", "Shop", "SHOP.example.com", "", "$"]
)
def test_an_ordinary_text_is_one(value):
    assert not symbolic(value)


def test_actions_make_a_template():
    assert templated("a: {{ b }}")
    assert templated("{% if a %}")
    assert not templated("a: {b: {c: d}}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Shop.Example.com", "shop.example.com"),
        ("App.${DOMAIN}", "app.${DOMAIN}"),
        ("${APP_HOST}", "${APP_HOST}"),
        ("Deck.$PROW_HOST", "deck.$PROW_HOST"),
        ("A.{{ .Values.Domain }}.B", "a.{{ .Values.Domain }}.b"),
        ("A.${B", "a.${b"),
    ],
)
def test_the_name_of_a_variable_keeps_its_letters(text, shown):
    assert lowered(text) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shop.${DOMAIN}", "shop.example.com"),
        ("shop.example.com", "shop.${DOMAIN}"),
        ("${SUB}.home.${DOMAIN}", "tms.home.${DOMAIN}"),
        ("a.${B}.c.${D}.e", "a.1.c.2.e"),
        ("${HOST}", "shop.example.com"),
        ("shop.example.com", "shop.example.com"),
    ],
)
def test_a_variable_may_stand_for_any_text(one, other):
    assert may_equal(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shop.${DOMAIN}", "store.example.com"),
        ("shop.${DOMAIN}.org", "shop.example.com"),
        ("a.${B}.c.${D}.e", "a.1.2.e"),
        ("shop.${A}.shop", "shop.shop"),
        ("shop.example.com", "shop.example.org"),
        ("${DOMAIN}", "shop.${DOMAIN}"),
        ("shop.${DOMAIN}", "store.${DOMAIN}"),
    ],
)
def test_the_text_around_a_variable_stands(one, other):
    assert not may_equal(one, other)
