"""What is a template, and what stands for a value."""

import pytest

from bot.manifest.template import symbolic, templated


@pytest.mark.parametrize(
    "value",
    [
        "${HOST}", "$HOST", "$(HOST)", "app.${DOMAIN}", "{{ .Values.host }}", "{% x %}", "<host>",
        "<path:secret/data#k>", "ENC[AES256_GCM,data:x]", "#{HOST}#", "__HOST__", "((host))", "@host@", "%HOST%", "[[ host ]]",
    ],
)  # fmt: skip
def test_a_placeholder_is_no_value(value):
    assert symbolic(value)


@pytest.mark.parametrize("value", ["shop.example.com", "/api(/|$)(.*)", "/$2", "*.example.com", "a_b", "Shop", "", "$"])
def test_an_ordinary_text_is_one(value):
    assert not symbolic(value)


def test_actions_make_a_template():
    assert templated("a: {{ b }}")
    assert templated("{% if a %}")
    assert not templated("a: {b: {c: d}}")
