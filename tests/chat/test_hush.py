"""What the libraries beneath log while a message is sent."""

import logging
import threading

import pytest

from bot.chat.hush import listening

APPRISE = logging.getLogger("apprise")
URLLIB = logging.getLogger("urllib3.connectionpool")


def test_what_is_heard_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as heard:
        APPRISE.warning("to %s", "canary")
        URLLIB.error("canary")
    assert heard == ["to canary", "canary"]
    assert caplog.messages == []


def test_before_and_after_everything_is_logged_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as heard:
        pass
    APPRISE.warning("later")
    assert heard == []
    assert caplog.messages == ["later"]


def test_what_is_ours_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as heard:
        logging.getLogger("bot.chat").warning("ours")
    assert heard == []
    assert caplog.messages == ["ours"]


def test_another_thread_is_not_overheard(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as heard:
        thread = threading.Thread(target=APPRISE.warning, args=("of another",))
        thread.start()
        thread.join()
    assert heard == []
    assert caplog.messages == ["of another"]


def test_who_listens_within_hears_alone() -> None:
    with listening() as outer:
        with listening() as inner:
            APPRISE.warning("in")
        APPRISE.warning("out")
    assert (outer, inner) == (["out"], ["in"])


def test_a_line_whose_arguments_do_not_fit_is_heard_as_it_is() -> None:
    with listening() as heard:
        APPRISE.warning("%d and %d", 1)
    assert heard == ["%d and %d"]


def test_no_more_is_kept_than_is_needed(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as heard:
        for _ in range(1_000):
            APPRISE.warning("again")
    assert len(heard) == 100
    assert caplog.messages == []
