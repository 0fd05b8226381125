"""Calls that may not keep a request waiting."""

import contextvars
import threading

import pytest

from bot.errors import Transient
from bot.web.patience import Patience

HERE = contextvars.ContextVar("here", default="nowhere")


def fail():
    raise ValueError("mine")


def time_out():
    raise TimeoutError("mine")


def test_an_answer_is_passed_on_with_the_context_of_the_caller():
    HERE.set("at the caller")
    assert Patience(5, 2).call(HERE.get) == "at the caller"


@pytest.mark.parametrize(("function", "error"), [(fail, ValueError), (time_out, TimeoutError)])
def test_an_error_is_passed_on(function, error):
    with pytest.raises(error, match="mine"):
        Patience(5, 2).call(function)


def test_what_takes_too_long_is_given_up_and_the_next_sooner():
    gate, patience = threading.Event(), Patience(0.5, 2)
    with pytest.raises(Transient, match=r"within 0\.5 seconds"):
        patience.call(gate.wait)
    with pytest.raises(Transient, match=r"within 0\.2 seconds"):
        patience.call(gate.wait)
    gate.set()


def test_what_has_not_begun_when_it_is_given_up_is_never_done():
    gate, done, patience = threading.Event(), [], Patience(0.1, 1)
    with pytest.raises(Transient):
        patience.call(gate.wait)
    with pytest.raises(Transient):
        patience.call(done.append, 1)
    gate.set()
    patience.call(lambda: None)
    assert done == []
