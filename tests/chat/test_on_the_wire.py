"""What really goes to each service for hostile titles, hosts and paths: one post, no mention, no link but ours."""

import html
import json
import re
from dataclasses import replace
from email import message_from_string, policy
from unittest import mock

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.config import Channel, Route
from bot.chat.message import said, written
from bot.chat.recognise import examined
from bot.chat.sender import send
from bot.chat.service import Service
from bot.finding import Severity
from bot.reporter.escape import visible
from tests.chat.speech import HOSTILE, TLS, URL, hostile, verdict

URLS = {
    "slack": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "slack-blocks": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?blocks=yes",
    "slack-workflow": "https://hooks.slack.com/workflows/T05A/Ft07/111/222",
    "discord": "https://discord.com/api/webhooks/1/abc",
    "discord-embeds": "discord://1/abc?format=markdown",
    "mattermost": "mmosts://chat.example.com/abcdefg",
    "google": "https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=t",
    "teams": "workflows://prod-1.westeurope.logic.azure.com:443/WORKFLOW/SIGNATURE",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12345",
    "ntfy": "ntfy://topic",
    "json": "jsons://hooks.example.com/routeproof",
}
CODED = ["slack", "slack-blocks", "slack-workflow", "discord", "discord-embeds", "mattermost", "google"]
SLACK = CODED[:3]
PLAIN = ["teams", "telegram", "ntfy"]
JOINER = "\u2060"
PIECES = st.lists(
    st.sampled_from(
        [*HOSTILE.split(" "), "`", "``", "\\", "\\`", "*", "_", "[", "](", ")", "<", ">", "|", " ", "a", "\n"]
    ),
    max_size=30,
).map("".join)


def posts(name, found=None, service=None):
    """The payloads that one message becomes, as the service gets them."""
    channel = Channel(name, URLS[name], service or examined(URLS[name]))
    saying = said(found or hostile(), (Route(("a",), severity=Severity.INFO),), URL)
    with responses.RequestsMock() as answers:
        answers.add(responses.POST, re.compile(".*"), body="ok")
        send(channel, written([saying], channel.service))
        return [json.loads(call.request.body) for call in answers.calls]


def shown(name, payload):
    """The text in which a service looks for markup and names."""
    match name:
        case "slack":
            return payload["attachments"][0]["text"]
        case "slack-blocks":
            return payload["attachments"][0]["blocks"][0]["text"]["text"]
        case "discord":
            return payload["content"]
        case "discord-embeds":
            return payload["embeds"][0]["description"]
        case "teams":
            return payload["attachments"][0]["content"]["body"][0]["text"]
        case "json" | "ntfy":
            return payload["message"]
        case _:
            return payload["text"]


def sent(name, found=None):
    (payload,) = posts(name, found)
    return shown(name, payload)


def apart_from_code(text):
    """What stands outside of code, which is all in single backticks, none of them open at the end of its line."""
    lines = text.split("\n")
    assert [line for line in lines if line.count("`") % 2] == []
    assert "``" not in text
    return "\n".join(re.sub(r"`[^`]+`", "", line) for line in lines)


@pytest.mark.parametrize("name", URLS)
def test_a_message_is_one_post_with_our_link(name):
    assert sent(name).count(URL) == 1
    assert sent(name, verdict(TLS)).count(URL) == 1


@pytest.mark.parametrize("name", URLS)
def test_a_post_keeps_to_the_limit_of_the_service(name):
    assert len(sent(name, hostile("&<>@everyone` " * 200))) <= examined(URLS[name]).body


@pytest.mark.parametrize("name", URLS)
def test_nothing_of_the_tool_that_sends_goes_along(name):
    assert re.findall(r"(?i)apprise|caronc", json.dumps(posts(name))) == []


@pytest.mark.parametrize("name", CODED)
def test_outside_of_code_stand_plain_words_and_one_link(name):
    rest = apart_from_code(sent(name))
    ours = {f"<{URL}|acme/shop#7>", f"[acme/shop#7](<{URL}>)"}
    links = [link for link in ours if link in rest]
    assert len(links) == 1
    assert re.findall(r"[@<>\[\]&#_~|\\]|://|www|evil|:\w+:", rest.replace(links[0], "")) == []


@pytest.mark.parametrize("name", [*CODED, *PLAIN])
def test_nobody_is_mentioned_even_where_a_service_looks_into_code(name):
    text = html.unescape(sent(name))
    assert re.findall(r"@(?!\u2060)|<[!@#]|<users/|<at>", text) == []


@pytest.mark.parametrize("name", SLACK)
def test_slack_sees_one_control_sequence_which_is_our_link(name):
    assert re.findall(r"<[^>]*>", sent(name)) == [f"<{URL}|acme/shop#7>"]
    assert re.findall(r"&(?!amp;|lt;|gt;)", sent(name)) == []


@pytest.mark.parametrize("name", SLACK)
def test_no_backslash_ends_the_code_that_keeps_a_mention_from_slack(name):
    tricks = ["a\\", "<!channel>", "\\", "`<!here>`", "\\`<!here>\\`", "x\\ <!everyone> \\"]
    found = replace(hostile(), pull=replace(hostile().pull, title=" ".join(tricks)))
    assert re.findall(r"<[^>]*>", sent(name, found)) == [f"<{URL}|acme/shop#7>"]


@pytest.mark.parametrize("name", PLAIN)
def test_where_there_is_no_code_no_address_is_left_whole(name):
    text = html.unescape(sent(name)).replace(f"({URL})", "").replace(URL, "")
    assert re.findall(r"://(?!\u2060)|\w\.[a-z]|\]\(", text) == []


def test_a_card_for_teams_holds_no_mention_and_no_picture():
    (payload,) = posts("teams")
    card = payload["attachments"][0]["content"]
    assert [block["type"] for block in card["body"]] == ["TextBlock"]
    assert card["msteams"] == {"width": "full"}
    assert re.findall(r"(?<!\\)\[[^\]]*\]\([^)]*\)", card["body"][0]["text"]) == [f"[acme/shop#7]({URL})"]


def test_discord_is_given_nobody_to_ping():
    (payload,) = posts("discord-embeds")
    assert set(payload) == {"tts", "wait", "embeds"}
    assert "fields" not in payload["embeds"][0]


@pytest.mark.parametrize("name", URLS)
def test_nothing_is_hidden(name):
    text = re.sub(r"[\r\n\u2060]", "", sent(name))
    assert visible(text) == text


def test_a_webhook_gets_the_words_as_they_are():
    (payload,) = posts("json", verdict(TLS))
    assert payload["title"] == "Routeproof: acme/shop#7: 2 routes change, 1 needs a decision"
    assert JOINER not in json.dumps(payload, ensure_ascii=False)
    assert "`shop.example.com` is served without TLS." in payload["message"]


def test_a_mail_is_plain_text_with_one_subject_line():
    url = "mailto://robot:secret@smtp.example.com?from=routeproof@example.com&to=team@example.com"
    service = examined(url)
    assert isinstance(service, Service)
    saying = said(hostile(), (Route(("a",)),), URL)
    with mock.patch("smtplib.SMTP") as server:
        server.return_value.sendmail.return_value = {}
        assert send(Channel("mail", url, service), written([saying], service)) == ""
    ((_, recipients, raw), _) = server.return_value.sendmail.call_args
    mail = message_from_string(raw, policy=policy.default)
    assert recipients == ["team@example.com"]
    assert mail["Subject"].replace(JOINER, "") == "Routeproof: acme/shop#7: 1 finding needs a decision"
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    assert text.count(URL) == 1
    assert re.findall(r"://(?!\u2060)|\w\.[a-z]", text.replace(URL, "")) == []


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([*CODED, *PLAIN]), PIECES)
def test_no_text_gets_out(name, text):
    out = html.unescape(sent(name, hostile(text)))
    assert re.findall(r"@(?!\u2060)|<[!@#]|<users/|<at>", out) == []
    assert out.count(URL) == 1


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SLACK), PIECES)
def test_no_text_makes_a_control_sequence_of_slack(name, text):
    assert re.findall(r"<[^>]*>?", sent(name, hostile(text))) == [f"<{URL}|acme/shop#7>"]


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(CODED), PIECES)
def test_no_text_leaves_its_code(name, text):
    assert "evil.example" not in apart_from_code(sent(name, hostile(text)))
