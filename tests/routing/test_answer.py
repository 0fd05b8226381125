"""Answers in a few words, and what makes two of them equal."""

import pytest

from bot.finding import ObjectRef
from bot.routing.answer import Answer, AnswerKind, Treatment


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(AnswerKind.BACKEND, "shop/web:80"), "shop/web:80"),
        (Answer(AnswerKind.DEFAULT), "default backend"),
        (Answer(AnswerKind.REDIRECT, status=302, location="/login"), "302 to /login"),
        (Answer(AnswerKind.REJECT, status=403), "rejected with 403"),
        (Answer(AnswerKind.NONE), "404"),
        (Answer(AnswerKind.UNKNOWN), "unknown"),
        (Answer(AnswerKind.UNKNOWN, "shop/web:80"), "unknown, perhaps shop/web:80"),
    ],
)
def test_an_answer_is_told_in_a_few_words(answer: Answer, words: str) -> None:
    assert str(answer) == words


def test_what_a_client_cannot_tell_plays_no_part_in_equality() -> None:
    one = Answer(AnswerKind.BACKEND, "shop/web:80", ingress=ObjectRef("Ingress", "shop", "a"), why="It is first.")
    assert one == Answer(AnswerKind.BACKEND, "shop/web:80")
    assert one != one.treated(Treatment(tls="shop/cert"))


def test_a_rule_and_a_default_backend_that_lead_to_one_service_are_alike() -> None:
    rule, default = (Answer(kind, "shop/web:80") for kind in (AnswerKind.BACKEND, AnswerKind.DEFAULT))
    assert rule.alike(default)
    assert not rule.alike(default.treated(Treatment(tls="shop/cert")))
    assert not rule.alike(Answer(AnswerKind.UNKNOWN, "shop/web:80"))
    assert Answer(AnswerKind.NONE).alike(Answer(AnswerKind.NONE))


def test_treating_an_answer_keeps_the_rest_of_it() -> None:
    one = Answer(AnswerKind.BACKEND, "shop/web:80", ingress=ObjectRef("Ingress", "shop", "a"), why="It is first.")
    other = one.treated(Treatment(tls="shop/cert", hsts="1 year"))
    assert (other.ingress, other.why) == (one.ingress, one.why)
    assert other.treatment.items() == (("tls", "shop/cert"), ("hsts", "1 year"))
