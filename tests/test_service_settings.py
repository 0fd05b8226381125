"""Settings of the service: an identity, secrets, addresses, limits."""

import copy
import pickle
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.settings import SETTINGS, Secret, ServiceSettings, read_service, read_settings

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
PKCS8 = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
APP = {"ROUTEPROOF_APP_ID": "12345", "ROUTEPROOF_PRIVATE_KEY": PEM}


def faults(environ, flags=None):
    with pytest.raises(UserError) as caught:
        read_service(environ, flags)
    return caught.value.message.splitlines()


def test_an_empty_environment_is_a_service_that_is_not_set_up():
    found = read_service({})
    assert found == ServiceSettings()
    assert (found.can_write, found.webhook_secrets, found.secrets) == (False, (), ())


def test_an_app_is_four_variables_at_most():
    found = read_service({**APP, "ROUTEPROOF_WEBHOOK_SECRET": "canary"})
    assert (found.app_id, found.private_key, found.can_write) == (12345, Secret(PEM), True)
    assert found.webhook_secrets == (Secret("canary"),)


@pytest.mark.parametrize("pem", [PEM, PKCS8, PEM.replace("\n", "\\n"), PEM.replace("\n", "\r\n"), f"\n{PEM}\n\n"])
def test_a_private_key_may_come_as_any_tool_hands_it_over(pem):
    assert read_service({**APP, "ROUTEPROOF_PRIVATE_KEY": pem}).private_key.reveal().startswith("-----BEGIN ")


def test_a_private_key_may_lie_in_a_file(tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(PEM)
    found = read_service({"ROUTEPROOF_APP_ID": "67", "ROUTEPROOF_PRIVATE_KEY_FILE": str(file)})
    assert (found.app_id, found.private_key) == (67, Secret(PEM))


@pytest.mark.parametrize("file", ["/no/such/file", "/dev", PEM, "a\0b"])
def test_a_key_file_that_cannot_be_read_is_a_fault_that_quotes_nothing(file):
    (told,) = faults({"ROUTEPROOF_APP_ID": "1", "ROUTEPROOF_PRIVATE_KEY_FILE": file})
    assert told.startswith("ROUTEPROOF_PRIVATE_KEY_FILE: the value names a file that cannot be read: ")
    assert file not in told


@pytest.mark.parametrize("key", ["canary", PEM.splitlines()[0], PEM[:200], PEM.replace("MII", "MI", 1)])
def test_a_key_that_is_cut_off_or_damaged_is_found_at_the_start(key):
    (told,) = faults({**APP, "ROUTEPROOF_PRIVATE_KEY": key})
    assert told.startswith("ROUTEPROOF_PRIVATE_KEY: the value is ")
    assert key not in told


def test_two_secrets_are_taken_while_one_is_being_changed():
    environ = {"ROUTEPROOF_WEBHOOK_SECRET": "new, with a comma\n", "ROUTEPROOF_WEBHOOK_SECRET_OLD": "old"}
    assert read_service(environ).webhook_secrets == (Secret("new, with a comma"), Secret("old"))


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"APP_ID": "1"}, "APP_ID: needs ROUTEPROOF_PRIVATE_KEY or ROUTEPROOF_PRIVATE_KEY_FILE beside it"),
        ({"PRIVATE_KEY": PEM}, "PRIVATE_KEY: needs ROUTEPROOF_APP_ID beside it"),
        ({"APP_ID": "1", "PRIVATE_KEY": PEM, "TOKEN": "x"}, "TOKEN: an App is set too; unset one of the two"),
        ({"WEBHOOK_SECRET_OLD": "x"}, "WEBHOOK_SECRET_OLD: needs ROUTEPROOF_WEBHOOK_SECRET beside it"),
        ({"GITHUB_API": "http://127.0.0.1:9"}, "GITHUB_API: needs ROUTEPROOF_GITHUB_WEB beside it"),
        ({"GITHUB_WEB": "https://host/git"}, "GITHUB_WEB: needs ROUTEPROOF_GITHUB_API beside it"),
    ],
)
def test_what_belongs_together_is_asked_for_together(environ, told):
    assert faults({f"ROUTEPROOF_{name}": value for name, value in environ.items()}) == [f"ROUTEPROOF_{told}"]


@pytest.mark.parametrize(
    ("given", "api", "web"),
    [
        ({}, "https://api.github.com", "https://github.com"),
        ({"WEB": "https://github.com/"}, "https://api.github.com", "https://github.com"),
        ({"API": "https://api.github.com"}, "https://api.github.com", "https://github.com"),
        ({"WEB": "https://shop.ghe.com"}, "https://api.shop.ghe.com", "https://shop.ghe.com"),
        ({"API": "https://api.shop.ghe.com/"}, "https://api.shop.ghe.com", "https://shop.ghe.com"),
        ({"WEB": "https://git.example.com"}, "https://git.example.com/api/v3", "https://git.example.com"),
        ({"API": "https://git.example.com/api/v3"}, "https://git.example.com/api/v3", "https://git.example.com"),
        ({"API": "http://127.0.0.1:8001", "WEB": "http://127.0.0.1:8002"}, "http://127.0.0.1:8001", "http://127.0.0.1:8002"),
    ],
)  # fmt: skip
def test_one_address_of_github_gives_the_other(given, api, web):
    found = read_service({f"ROUTEPROOF_GITHUB_{name}": value for name, value in given.items()})
    assert (found.github_api, found.github_web) == (api, web)


def test_an_enterprise_server_has_no_limits_save_those_that_are_set():
    server = {"ROUTEPROOF_GITHUB_WEB": "https://git.example.com"}
    assert (read_service({}).write_pause, read_service({}).writes_per_hour) == (1.0, 500)
    assert (read_service(server).write_pause, read_service(server).writes_per_hour) == (0.0, 0)
    assert read_service({**server, "ROUTEPROOF_WRITE_PAUSE": "0.5"}).write_pause == 0.5


@pytest.mark.parametrize(
    "url",
    ["git.example.com", "ftp://git.example.com", "https://", "https://u:canary@h", "https://h?token=canary", "https://h#x",
     "https://h:99999", "https://[h", "https://h/a b", "https://h\\@evil", "https://h\u202e"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["ROUTEPROOF_GITHUB_API", "ROUTEPROOF_GITHUB_WEB", "ROUTEPROOF_DOCS_URL"])
def test_an_address_is_plain_http_or_https(name, url):
    (told,) = faults({name: url})
    assert told.startswith(f"{name}: the value ")
    assert url not in told


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////srv/jobs.sqlite", "sqlite:////srv/jobs.sqlite"),
    ],
)
def test_a_database_is_postgresql_or_a_file(url, read):
    assert read_service({"DATABASE_URL": url}).database_url == Secret(read)


def test_our_own_variable_for_the_database_goes_before_the_common_one():
    environ = {"DATABASE_URL": "mysql://canary", "ROUTEPROOF_DATABASE_URL": "postgresql://h/d"}
    assert read_service(environ).database_url == Secret("postgresql://h/d")


@pytest.mark.parametrize("url", ["mysql://u:canary@h/d", "canary", "sqlite:///relative", "sqlite:////", "sqlite://"])
def test_another_database_is_a_fault_that_quotes_no_password(url):
    (told,) = faults({"DATABASE_URL": url})
    assert told.startswith("DATABASE_URL: the value ")
    assert "canary" not in told


def test_a_command_that_is_no_service_does_not_look_at_its_variables():
    assert read_settings({"DATABASE_URL": "mysql://h/d", "PORT": "x", "ROUTEPROOF_APP_ID": "x"}) == read_settings({})


def test_limits_are_numbers_within_reason():
    environ = {
        "PORT": "70000",
        "ROUTEPROOF_APP_ID": "Iv23liAbCdEf",
        "ROUTEPROOF_WORKERS": "0",
        "ROUTEPROOF_WORKER_NAME": "a/b",
        "ROUTEPROOF_REVIEW_SECONDS": "1e3",
        "ROUTEPROOF_REVIEW_MEGABYTES": "-1",
        "ROUTEPROOF_MIRRORS_MEGABYTES": "20 GB",
        "ROUTEPROOF_REPOSITORY_MEGABYTES": "63",
        "ROUTEPROOF_FETCH_SECONDS": "9.5",
        "ROUTEPROOF_DRAFTS": "maybe",
        "ROUTEPROOF_WRITE_PAUSE": "nan",
        "ROUTEPROOF_WRITES_PER_HOUR": "９",  # noqa: RUF001 - a digit, but not one of ours
    }
    assert faults(environ) == [
        "ROUTEPROOF_REVIEW_SECONDS: '1e3' is not a whole number from 1 to 3,600",
        "ROUTEPROOF_REVIEW_MEGABYTES: '-1' is not a whole number from 128 to 65,536",
        "ROUTEPROOF_APP_ID: 'Iv23liAbCdEf' is not a whole number from 1 to 999,999,999,999",
        "PORT: '70000' is not a whole number from 0 to 65,535",
        "ROUTEPROOF_WORKERS: '0' is not a whole number from 1 to 64",
        "ROUTEPROOF_WORKER_NAME: 'a/b' is not a name of at most 63 letters, digits, dots and dashes",
        "ROUTEPROOF_MIRRORS_MEGABYTES: '20 GB' is not a whole number from 64 to 100,000,000",
        "ROUTEPROOF_REPOSITORY_MEGABYTES: '63' is not a whole number from 64 to 100,000,000",
        "ROUTEPROOF_FETCH_SECONDS: '9.5' is not a whole number from 10 to 86,400",
        "ROUTEPROOF_DRAFTS: 'maybe' is neither `true` nor `false`",
        "ROUTEPROOF_WRITE_PAUSE: 'nan' is not a number of seconds from 0 to 60",
        "ROUTEPROOF_WRITES_PER_HOUR: '９' is not a whole number from 0 to 100,000",  # noqa: RUF001
        "ROUTEPROOF_APP_ID: needs ROUTEPROOF_PRIVATE_KEY or ROUTEPROOF_PRIVATE_KEY_FILE beside it",
    ]


@pytest.mark.parametrize(
    ("given", "every", "one"),
    [
        ({}, 20_480, 4_096),
        ({"MIRRORS": "1000"}, 1_000, 1_000),
        ({"MIRRORS": "9000"}, 9_000, 4_096),
        ({"REPOSITORY": "30000"}, 30_000, 30_000),
        ({"REPOSITORY": "5000"}, 20_480, 5_000),
        ({"MIRRORS": "9000", "REPOSITORY": "500"}, 9_000, 500),
    ],
)
def test_one_working_copy_never_takes_more_than_all(given, every, one):
    found = read_service({f"ROUTEPROOF_{name}_MEGABYTES": value for name, value in given.items()})
    assert (found.mirrors_megabytes, found.repository_megabytes) == (every, one)


def test_sizes_of_working_copies_that_contradict_are_told():
    (told,) = faults({"ROUTEPROOF_MIRRORS_MEGABYTES": "100", "ROUTEPROOF_REPOSITORY_MEGABYTES": "101"})
    assert told.startswith("ROUTEPROOF_REPOSITORY_MEGABYTES: is more than ROUTEPROOF_MIRRORS_MEGABYTES, ")


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("On", True), ("1", True), ("no", False), ("FALSE", False)]
)
def test_yes_and_no_have_their_usual_words(text, value):
    assert read_service({"ROUTEPROOF_DRAFTS": text}).drafts is value


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({}, "/var/lib/routeproof"),
        ({"HOME": "/home/ada"}, "/home/ada/.local/share/routeproof"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/srv/ada"}, "/srv/ada/routeproof"),
        ({"HOME": "/home/ada", "ROUTEPROOF_DATA_DIR": "/srv/data"}, "/srv/data"),
    ],
)
def test_data_lies_where_the_system_keeps_it(environ, folder):
    assert read_service(environ).data_dir == Path(folder)


def test_flags_are_called_as_the_command_calls_them():
    assert faults({"ROUTEPROOF_DATA_DIR": "/srv"}, {"data_dir": "here", "port": "x"}) == [
        "--data: 'here' is not an absolute path",
        "--port: 'x' is not a whole number from 0 to 65,535",
    ]


def test_names_that_kubernetes_makes_of_a_service_are_never_a_misspelling():
    rest = ["WEB_SERVICE_HOST", "TOKEN_SERVICE_PORT", "WEBHOOK_PORT_80_TCP_ADDR", "APP_PORT", "SERVICE_PORT_HTTP"]
    assert read_service({f"ROUTEPROOF_{name}": "tcp://10.0.0.1:80" for name in rest}) == ServiceSettings()


def test_a_misspelt_variable_of_the_service_is_found():
    assert faults({"ROUTEPROOF_WEBHOK_SECRET": "canary"}) == [
        "ROUTEPROOF_WEBHOK_SECRET: no setting is called so. Did you mean ROUTEPROOF_WEBHOOK_SECRET?"
    ]


@given(st.text())
@settings(deadline=None)
def test_a_secret_is_in_no_text_that_is_made_of_it(text):
    secret = Secret(text)
    assert secret.reveal() == text
    assert f"{secret} {secret!r} {secret!s} {secret:>5} {[secret]}" == "*** Secret(***) ***   *** [Secret(***)]"
    assert repr(ServiceSettings(token=secret)) == repr(ServiceSettings(token=Secret("another")))
    assert secret == Secret(text)
    assert {secret: 1}[Secret(text)] == 1
    assert secret != text


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_not_written_down(write):
    with pytest.raises(TypeError):
        write(Secret("canary"))


HIDDEN = sorted({name for setting in SETTINGS if not setting.shown for name in setting.variables})


@given(st.sampled_from(HIDDEN), st.from_regex(r"\A(https://u:|postgres://)?cana[a-z0-9]{12}ry(@h)?\Z"))
@settings(deadline=None, max_examples=200)
def test_no_fault_and_no_explanation_quotes_what_may_be_secret(name, text):
    try:
        shown = "\n".join(read_service({name: text}).explain())
    except UserError as error:
        shown = f"{error} {error.remedy}"
    assert "cana" not in shown
