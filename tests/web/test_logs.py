"""Log lines: one JSON object each, with what belongs to a delivery on each, without secrets."""

import io
import json
import logging
import threading
import warnings

import pytest
import structlog

from bot.web import logs

log = structlog.get_logger("bot.web.test")


@pytest.fixture
def stream(monkeypatch):
    """Where the lines go; afterwards logging is as it was."""
    root, engine = logging.getLogger(), logging.getLogger("dbos")
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(engine, "handlers", list(engine.handlers))
    monkeypatch.setattr(engine, "propagate", engine.propagate)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield io.StringIO()
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_and_logger(stream):
    logs.configure([], stream)
    log.info("stored", lane="octo/shop#12", seconds=0.5)
    (line,) = lines(stream)
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "stored", "level": "info", "logger": "bot.web.test", "lane": "octo/shop#12", "seconds": 0.5,
    }  # fmt: skip


def test_what_is_bound_stands_on_every_line_of_libraries_too(stream):
    logs.configure([], stream)
    with structlog.contextvars.bound_contextvars(delivery="g-1", lane="octo/shop#12"):
        log.info("ours")
        logging.getLogger("dbos").error("of the %s", "engine")
    log.info("later")
    assert [(line["event"], line.get("delivery"), line.get("lane")) for line in lines(stream)] == [
        ("ours", "g-1", "octo/shop#12"),
        ("of the engine", "g-1", "octo/shop#12"),
        ("later", None, None),
    ]


@pytest.mark.parametrize("human", [False, True])
def test_no_value_can_begin_a_line_of_its_own(stream, human):
    logs.configure([], stream, human=human)
    log.info("a\nb\r\u2028c", **{"key\n": "\x1b[31m\n{}\u202e"})
    assert len(stream.getvalue().splitlines()) == 1
    assert stream.getvalue().isascii()


def test_secrets_are_masked_wherever_they_stand(stream):
    logs.configure(["canary-1"], stream)
    with structlog.contextvars.bound_contextvars(delivery="canary-1"):
        log.warning("sent canary-1", headers={"Authorization": "canary-1"}, url="https://u:canary-1@h/")
        logging.getLogger("github").warning("%s with %r", "canary-1", {"Authorization": "token x"})
    log.error("failed", exc_info=ValueError("canary-1 ghs_abc"))
    assert "canary" not in stream.getvalue()
    assert "ghs_" not in stream.getvalue()
    assert "ValueError: *** ***" in lines(stream)[-1]["exception"]


def test_a_record_that_cannot_be_formatted_prints_nothing_of_itself(stream, capfd):
    logs.configure([], stream)
    logging.getLogger("github").warning("%d", "canary-1")
    assert capfd.readouterr().err == ""
    assert "canary" not in stream.getvalue()


def test_an_error_that_ends_a_thread_is_a_line_too(stream):
    def fail():
        raise ValueError("canary-1")

    logs.configure(["canary-1"], stream)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = lines(stream)
    assert line["event"] == "a thread ended by an error"
    assert "ValueError: ***" in line["exception"]


def test_a_warning_is_a_line_too(stream):
    logs.configure([], stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old use", stacklevel=1)
    assert "old use" in lines(stream)[0]["event"]


def test_on_a_terminal_a_line_is_for_people(stream):
    logs.configure(["canary-1"], stream, human=True)
    log.info("stored", lane="octo/shop#12", odd="canary-1")
    log.error("failed", exc_info=ValueError("no\x1b[0m"))
    first, second, *rest = stream.getvalue().splitlines()
    assert first[8:] == " info     stored lane=octo/shop#12 odd=***"
    assert second[8:] == " error    failed"
    assert rest[-1] == "  ValueError: no\\x1b[0m"
