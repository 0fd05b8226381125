"""The file of channels and routes: as values, or as all of its faults."""

import json
import re
import sys
import zoneinfo
from datetime import UTC, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import catalogue
from bot.chat import schema
from bot.chat.config import EVERY_DAY, ChatConfig, Digest, Quiet, Route, load, read_file
from bot.chat.service import Markup
from bot.errors import UserError
from bot.finding import Severity
from bot.policy.form import MAX_BYTES, MAX_FAULTS
from bot.policy.terms import Known

ROOT = Path(__file__).parents[2]
PATH = "chat.yml"
KNOWN = Known(rules=frozenset({"tls-missing", "tls-removed"}))
SLACK = "slack://TTTTTTTTT/BBBBBBBBB/canarycanarycanarycanary"
ENVIRON = {
    "SLACK": f"{SLACK}\n",
    "MAIL": "mailto://u:canary@example.com?to=a@example.com,b@example.com",
    "HOOK": "json://localhost/canary",
    "EMPTY": " ",
    "WRONG": "https://example.com/canary",
    "MANY": f"{SLACK}/#canary/#b",
}
WORDS = st.sampled_from(
    [
        *("version", "channels", "routes", "url-from", "quiet-hours", "digest", "from", "to", "timezone", "days", "at"),
        *("repositories", "branches", "severity", "rules", "SLACK", "19:00", "mon", "UTC", "a", "[key]", "high", "*"),
    ]
)
SCALARS = st.one_of(WORDS, st.booleans(), st.none(), st.integers(), st.floats(), st.text(max_size=5))
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5))


def config(text):
    found = load(text.encode(), PATH, KNOWN, ENVIRON)
    assert isinstance(found, ChatConfig), found
    return found


def faults(text, environ=ENVIRON):
    found = load(text.encode(), PATH, KNOWN, environ)
    assert isinstance(found, tuple)
    return [(each.location.span.line, each.location.span.column, each.message, each.remedy) for each in found]


ONE = "channels: {a: {url-from: SLACK}}"


def of_channel(keys):
    """A channel with these keys, and a route that leads to it."""
    return f"channels: {{a: {{url-from: SLACK, {keys}}}}}\nroutes: [{{to: [a]}}]\n"


def zoned(zone):
    """A channel with a time zone."""
    return of_channel(f'digest: {{at: "8:00", timezone: {zone}}}')


def variable(name):
    """A channel whose URL is in this variable."""
    return f"channels: {{a: {{url-from: {name}}}}}\nroutes: [{{to: [a]}}]\n"


def of_route(keys):
    """A channel, and a route with these keys."""
    return f"{ONE}\nroutes:\n  - {{to: [a], {keys}}}\n"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "~", "channels:\nroutes:\n"])
def test_a_file_that_says_nothing_has_no_channel(text):
    assert config(text) == ChatConfig()


def test_every_key_is_read():
    found = config("""
version: 1
channels:
  platform:
    url-from: SLACK
    quiet-hours: {from: "19:00", to: 7:30, timezone: Europe/Berlin, days: [sat, sun]}
  leads:
    url-from: MAIL
    digest: {at: 08:30, timezone: Europe/Berlin, days: [mon, fri]}
routes:
  - to: [platform, leads]
    repositories: ["acme/*", "*"]
    branches: [main, "release/*"]
    severity: high
    rules: ["tls-*", tls-missing]
""")
    platform, leads = found.channels
    berlin = ZoneInfo("Europe/Berlin")
    assert (platform.name, platform.url, platform.digest) == ("platform", SLACK, None)
    assert platform.quiet == Quiet(time(19), time(7, 30), berlin, frozenset({5, 6}))
    assert (leads.name, leads.quiet, leads.digest) == ("leads", None, Digest(time(8, 30), berlin, frozenset({0, 4})))
    assert (platform.service.markup, leads.service.markup) == (Markup.SLACK, Markup.TEXT)
    rules = ("tls-*", "tls-missing")
    expected = Route(("platform", "leads"), ("acme/*", "*"), ("main", "release/*"), Severity.HIGH, rules)
    assert found.routes == (expected,)


def test_what_is_not_said_is_everything_of_medium_or_worse_at_once():
    found = config("channels: {a: {url-from: SLACK}}\nroutes: [{to: [a]}]")
    assert (found.channels[0].quiet, found.channels[0].digest) == (None, None)
    assert found.routes == (Route(("a",), (), (), Severity.MEDIUM, ()),)


def test_times_are_utc_and_digests_daily_where_nothing_else_is_said():
    assert config(of_channel('digest: {at: "8:05"}')).channels[0].digest == Digest(time(8, 5), UTC, EVERY_DAY)
    assert config(zoned("UTC")).channels[0].digest == Digest(time(8), UTC, EVERY_DAY)
    assert config(of_channel("quiet-hours: {days: [sat]}")).channels[0].quiet == Quiet(days=frozenset({5}))


def test_no_url_is_shown_by_accident():
    assert "canary" not in repr(config(of_route("")))


def test_the_example_has_no_faults_when_its_variables_are_set():
    text = (ROOT / "config/chat.example.yml").read_bytes()
    variables = dict.fromkeys(re.findall(rb"CHAT_\w+_URL", text))
    environ = {name.decode(): SLACK for name in variables}
    found = load(text, PATH, Known(rules=frozenset(rule.id for rule in catalogue.rules())), environ)
    assert isinstance(found, ChatConfig), found
    assert len(found.channels) == len(variables) == 3


def test_every_key_is_described():
    parts = (schema.ChatFile, schema.ChannelPart, schema.QuietPart, schema.DigestPart, schema.RoutePart)
    keys = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    text = (ROOT / "docs/chat.md").read_text()
    assert [key for key in sorted(keys) if f"`{key}`" not in text.split("## The file")[1]] == []


WRONG = (
    ("chanels: {}", "chanels", "No key is called `chanels`.", "Did you mean `channels`?"),
    ("version: 2", "2", "`version` cannot be `2`.", "Write `version: 1`, the only format there is."),
    ("[]", "[]", "The chat file has to be a map of keys and values.", "Begin with `channels:`."),
    (
        "\n---\nb: 2\n---\nroutes: []",
        "routes",
        "The chat file has to be one document.",
        "Remove the `---` and merge the keys.",
    ),
    (
        of_channel("quite-hours: {}"),
        "quite",
        "No key is called `channels.a.quite-hours`.",
        "Did you mean `quiet-hours`?",
    ),
    (
        of_channel("quiet-hours: {form: x}"),
        "form",
        "No key is called `channels.a.quiet-hours.form`.",
        "Did you mean `from`?",
    ),
    (
        of_route("repository: []"),
        "repository",
        "No key is called `repository` of entry 1 of `routes`.",
        "Did you mean `repositories`?",
    ),
    (
        "channels: {a: {}}\nroutes: [{to: [a]}]",
        "a: {}",
        "`channels.a` has no `url-from`.",
        "Add `url-from: ...` to it.",
    ),
    (
        f"{ONE}\nroutes: [{{to: [a]}}, {{severity: low}}]",
        "{severity",
        "Entry 2 of `routes` has no `to`.",
        "Add `to: ...` to it.",
    ),
    (of_channel("digest: {}"), "digest", "`channels.a.digest` has no `at`.", "Add `at: ...` to it."),
    (of_channel("digest: {at: 830}"), "830", "`830` is not a time of day.", 'Write it as `"08:30"`.'),
    (of_channel('digest: {at: "24:00"}'), '"24', "`24:00` is not a time of day.", "Did you mean `00:00`?"),
    (of_channel('digest: {at: "8:60"}'), '"8:60', "`8:60` is not a time of day.", 'Write it as `"08:30"`.'),
    (of_channel("digest: {at: []}"), "[]", "A list is not a time of day.", 'Write it as `"08:30"`.'),
    (zoned("Europe/Berln"), "Europe", "No time zone is called `Europe/Berln`.", "Did you mean `Europe/Berlin`?"),
    (zoned("europe/berlin"), "europe", "No time zone is called `europe/berlin`.", "Did you mean `Europe/Berlin`?"),
    (
        zoned("../../etc/passwd"),
        "..",
        "No time zone is called `../../etc/passwd`.",
        "Write it as `Europe/Berlin`, or `UTC`.",
    ),
    (zoned("Europe"), "Europe", "No time zone is called `Europe`.", None),
    (zoned("2"), "2", "No time zone is called `2`.", "Write it as `Europe/Berlin`, or `UTC`."),
    (of_channel("quiet-hours: {days: [Monday]}"), "Monday", "`Monday` is not a day.", "Did you mean `mon`?"),
    (of_channel("quiet-hours: {days: [1]}"), "1", "`1` is not a day.", "Use mon, tue, wed, thu, fri, sat, sun."),
    (
        of_channel('quiet-hours: {from: "1:00"}'),
        "{from",
        "`quiet-hours` has one of `from` and `to` only.",
        "Give both, or `days` alone.",
    ),
    (
        of_channel("quiet-hours: {}"),
        "{}",
        "`quiet-hours` says neither hours nor days.",
        'Write `{from: "19:00", to: "07:30"}`.',
    ),
    (
        of_channel('quiet-hours: {from: "1:00", to: "01:00"}'),
        "{from",
        "`from` and `to` are the same time.",
        "Name whole days in `days` instead.",
    ),
    (
        of_channel("quiet-hours: {days: [mon, tue, wed, thu, fri, sat, sun]}"),
        "{days",
        "Every day is quiet, so nothing would ever be sent.",
        "Leave out one day, or the channel.",
    ),
    (
        of_channel('quiet-hours: {days: [mon]}, digest: {at: "8:00"}'),
        "{url-from",
        "A channel has `quiet-hours` or a `digest`, not both.",
        "A digest is sent at its time alone.",
    ),
    (
        "channels: {a b: {url-from: SLACK}}\nroutes: [{to: [a b]}]",
        "a b",
        "`a b` cannot be the name of a channel.",
        "Use at most 63 letters, digits, dots, dashes and underscores.",
    ),
    (ONE, "a:", "No route leads to the channel `a`.", "Name it in `to` of a route, or remove it."),
    (
        "channels: {team: {url-from: SLACK}}\nroutes: [{to: [team, taem]}]",
        "taem",
        "No channel is called `taem`.",
        "Did you mean `team`?",
    ),
    ("routes: [{to: [x]}]", "x]", "No channel is called `x`.", "Describe it below `channels`."),
    ("routes: [{to: []}]", "{to", "A route leads to one channel at least.", "Name channels in `to`."),
    ("routes: [{to: x}]", "x}", "`to` of entry 1 of `routes` has to be a list.", "Write `[x]`."),
    (of_route("severity: hihg"), "hihg", "`hihg` is not a severity.", "Did you mean `high`?"),
    (
        of_route("repositories: [acme]"),
        "acme",
        "The glob `acme` has no owner, and is compared with `owner/name`.",
        "Did you mean `*/acme`?",
    ),
    (of_route("repositories: ['']"), "''", "The glob `` is empty.", "Give a glob such as `acme/*`."),
    (
        of_route("branches: ['!main']"),
        "'!main",
        "The glob `!main` begins with `!`, and globs are not negated here.",
        None,
    ),
    (of_route("rules: [tls-mising]"), "tls-mising", "No rule matches `tls-mising`.", "Did you mean `tls-missing`?"),
    (of_route("rules: ['x*']"), "'x*", "No rule matches `x*`.", "`routeproof rules` lists them."),
    (variable("EMPTY"), "EMPTY", "The variable `EMPTY` is not set.", "Set it to the URL of the channel."),
    (
        variable("WRONG"),
        "WRONG",
        "`WRONG` holds no URL that apprise understands.",
        "docs/chat.md has the form for each service.",
    ),
    (
        variable("MANY"),
        "MANY",
        "`MANY` names 2 recipients at once.",
        "Make a channel of each, so that each is tried by itself.",
    ),
    (
        variable("slack://canary"),
        "slack",
        "`url-from` is not the name of an environment variable.",
        "Write a name of capital letters such as `CHAT_PLATFORM_URL`, and put the URL into that variable.",
    ),
    (
        of_channel("url-from: HOOK"),
        "url-from: HOOK",
        "`url-from` is set twice, first on line 1.",
        "Remove one of the two.",
    ),
)


@pytest.mark.parametrize(("text", "at", "message", "remedy"), WRONG, ids=[case[2] for case in WRONG])
def test_a_fault_is_told_with_its_place_and_what_to_do(text, at, message, remedy):
    ((line, column, _, what),) = [each for each in faults(text) if each[2] == message]
    assert text.splitlines()[line - 1][column - 1 :].startswith(at)
    assert remedy in (what, None)


def test_all_faults_are_told_at_once():
    text = """
channels:
  platform: {url-from: WRONG, digest: {at: x}}
  lonely: {url-from: NOWHERE}
routes:
  - to: [platfrom, platform]
    rules: [tls-mising]
    severity: hihg
"""
    assert [(line, message) for line, _, message, _ in faults(text)] == [
        (3, "`WRONG` holds no URL that apprise understands."),
        (3, "`x` is not a time of day."),
        (4, "No route leads to the channel `lonely`."),
        (4, "The variable `NOWHERE` is not set."),
        (6, "No channel is called `platfrom`."),
        (7, "No rule matches `tls-mising`."),
        (8, "`hihg` is not a severity."),
    ]


def test_no_fault_quotes_a_url(caplog):
    told = faults("channels: {a: {url-from: WRONG}, b: {url-from: MANY}, c: {url-from: 'json://canary'}}")
    assert "canary" not in str(told)
    assert "canary" not in caplog.text


def test_a_machine_without_time_zones_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    monkeypatch.setitem(sys.modules, "tzdata", None)
    monkeypatch.setattr(schema, "available_timezones", set)
    ((_, _, message, remedy),) = faults(zoned("Nowhere/Zone"))
    assert message == "No time zone is called `Nowhere/Zone`."
    assert remedy == "This machine knows no time zones: install tzdata (`pip install tzdata`), or write `UTC`."


def test_a_machine_without_apprise_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    ((_, _, message, remedy),) = faults(of_route(""))
    assert message == "Apprise is not installed, which reads the URL in `SLACK`."
    assert remedy == "pip install 'routeproof[notify]'"


def test_a_file_that_is_too_long_is_not_read():
    ((line, column, message, _),) = faults("#" * (MAX_BYTES + 1))
    assert (line, column) == (1, 1)
    assert message.startswith("The chat file has 262,145 bytes, more than ")


def test_there_is_an_end_to_what_is_told():
    assert len(faults("\n".join(f"k{number}: 1" for number in range(2 * MAX_FAULTS)))) == MAX_FAULTS


def test_a_file_is_read_from_where_it_lies(tmp_path):
    file = tmp_path / "chat.yml"
    file.write_text(of_route(""))
    assert read_file(file, KNOWN, ENVIRON) == config(of_route(""))


def test_the_faults_of_a_file_are_an_error_of_the_person(tmp_path):
    file = tmp_path / "chat.yml"
    file.write_text("routes: [{to: []}]\nx: 1\n")
    with pytest.raises(UserError) as caught:
        read_file(file, KNOWN, ENVIRON)
    assert caught.value.message == (
        f"{file}:1:10: A route leads to one channel at least. Name channels in `to`.\n"
        f"{file}:2:1: No key is called `x`. Known here: version, channels, routes."
    )


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"nope\.yml cannot be read: No such file or directory"):
        read_file(tmp_path / "nope.yml", KNOWN, ENVIRON)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(["version", "channels", "routes"]), TREES, min_size=1))
def test_any_tree_is_a_config_or_faults_with_places(tree):
    found = load(json.dumps(tree).encode(), PATH, KNOWN, {"SLACK": "json://localhost"})
    assert isinstance(found, ChatConfig) or all(each.message.endswith(".") and each.location for each in found)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_config_or_faults(data):
    assert load(data, PATH, KNOWN, {}) is not None
