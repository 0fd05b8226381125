"""The hidden lines by which a later try finds what an earlier one left."""

from bot.reporter.markers import finding_marker, fingerprints_in

ONE, TWO = "1" * 32, "2" * 32


def test_the_findings_of_a_comment_are_in_its_last_lines():
    body = f"**High** · text\n\n{finding_marker(ONE)}\n{finding_marker(TWO)}"
    assert fingerprints_in(body) == (ONE, TWO)


def test_they_are_found_as_a_browser_sends_them_back():
    assert fingerprints_in(f"text\r\n\r\n{finding_marker(ONE)}\r\n") == (ONE,)


def test_a_marker_in_the_text_above_is_none():
    body = f"```suggestion\n{finding_marker(TWO)}\n```\n\n{finding_marker(ONE)}"
    assert fingerprints_in(body) == (ONE,)


def test_a_comment_of_somebody_else_has_none():
    assert fingerprints_in("") == fingerprints_in("<!-- routeproof:finding no -->") == ()
