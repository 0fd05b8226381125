"""What git says when a fetch fails, and what the caller is told."""

import pytest

from bot.checkout.troubles import Trouble, error_of, trouble_of, unknown_in
from bot.errors import Gone, Refused, Transient

URL = "https://github.com/acme/shop.git"
SAID = [
    (f"fatal: Authentication failed for '{URL}/'", Trouble.CREDENTIALS, Refused),
    ("fatal: could not read Username for 'https://github.com': terminal prompts off", Trouble.CREDENTIALS, Refused),
    (f"fatal: unable to access '{URL}/': The requested URL returned error: 403", Trouble.CREDENTIALS, Refused),
    (f"remote: Repository not found.\nfatal: repository '{URL}/' not found", Trouble.GONE, Gone),
    (f"fatal: unable to access '{URL}/': The requested URL returned error: 301", Trouble.MOVED, Refused),
    (f"fatal: unable to access '{URL}/': The requested URL returned error: 429", Trouble.PACE, Transient),
    ("remote: You have exceeded a secondary rate limit.\nfatal: error: 403", Trouble.PACE, Transient),
    (f"fatal: unable to access '{URL}/': The requested URL returned error: 502", Trouble.NETWORK, Transient),
    (f"fatal: unable to access '{URL}/': Could not resolve host: github.com", Trouble.NETWORK, Transient),
    (f"fatal: unable to access '{URL}/': SSL certificate problem: self-signed", Trouble.CERTIFICATE, Refused),
    ("error: RPC failed; curl 18 transfer closed\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output",
     Trouble.NETWORK, Transient),
    ("fatal: remote error: upload-pack: not our ref " + "a" * 40, Trouble.UNKNOWN, Gone),
    ("fatal: couldn't find remote ref refs/pull/7/head", Trouble.UNKNOWN, Gone),
    ("error: object abc: hasDotgit: contains '.git'\nfatal: fsck error in packed object", Trouble.INVALID, Refused),
    ("fatal: write error: No space left on device", Trouble.DISK, Transient),
    ("error: packfile ./objects/pack/pack-1.pack does not match index", Trouble.DAMAGED, Transient),
    ("fatal: loose object 123 is corrupt", Trouble.DAMAGED, Transient),
    ("", Trouble.NETWORK, Transient),
]  # fmt: skip


@pytest.mark.parametrize(("said", "trouble", "error"), SAID)
def test_each_complaint_is_understood(said, trouble, error):
    assert trouble_of(said) is trouble
    told = error_of(said, URL)
    assert type(told) is error
    assert told.message.startswith((URL, "The ", "https"))


def test_the_unknown_commit_or_ref_is_named():
    assert unknown_in("fatal: remote error: upload-pack: not our ref " + "a" * 40) == "a" * 40
    assert unknown_in("fatal: couldn't find remote ref refs/pull/7/head") == "refs/pull/7/head"
    assert unknown_in("fatal: something else") == ""


def test_a_limit_that_is_spent_is_waited_for():
    assert error_of("error: 429", URL).retry_after == 60.0


def test_what_git_says_is_cut_and_made_harmless():
    told = error_of("fatal: \x1b[31m" + "x" * 1000, URL)
    assert "\x1b" not in told.message
    assert len(told.message) < 400
