"""From a signed delivery to a message in a chat channel, the service being a process and GitHub a stand-in."""

import http.client
import time
from functools import partial

import pytest

from bot.catalogue import config_folder
from bot.checkout.create import create_repository
from bot.checkout.repository import open_repository
from bot.checkout.serving import serve_git
from bot.demo.forge import StandIn
from bot.demo.pull import FULL_NAME, NUMBER, delivery, pull_of
from bot.demo.sample import TITLE, sample
from bot.demo.server import serving
from tests.chat.servers import Webhook
from tests.test_service_settings import PEM
from tests.web.test_serve import Process

SECRET = "a-webhook-secret-of-the-chat-test"
CHAT = """channels:
  team: {url-from: CHAT_TEAM_URL}
  dead: {url-from: CHAT_DEAD_URL}
routes:
  - to: [team, dead]
    severity: high
"""
PATIENCE = 120.0


@pytest.fixture
def github(tmp_path):
    """The stand-in with the sample pull request, and its web address."""
    folder = tmp_path / "repository"
    base, head = sample(config_folder())
    create_repository(folder, (base, head))
    with open_repository(str(folder)) as repository:
        shas = repository.tree(base.name).revision.sha, repository.tree(head.name).revision.sha
    stand_in = StandIn(pull_of(base, head, TITLE, shas), partial(serve_git, folder))
    with serving(stand_in.answer) as web:
        yield stand_in, web


def until(true):
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last
        time.sleep(0.05)


def deliver(port, stand_in, guid):
    headers, body = delivery(stand_in.pull, SECRET, guid)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/webhook", body, headers)
    assert connection.getresponse().status == 202
    connection.close()


def test_a_channel_is_told_once_and_one_that_hangs_holds_up_nothing(tmp_path, github):
    stand_in, web = github
    chat = tmp_path / "chat.yml"
    chat.write_text(CHAT)
    with Webhook() as team, Webhook() as dead:
        dead.hang()
        served = Process(
            tmp_path,
            "serve",
            "--port=0",
            ROUTEPROOF_APP_ID="1",
            ROUTEPROOF_PRIVATE_KEY=PEM,
            ROUTEPROOF_WEBHOOK_SECRET=SECRET,
            ROUTEPROOF_GITHUB_WEB=web,
            ROUTEPROOF_CHAT_CONFIG=str(chat),
            CHAT_TEAM_URL=f"mmost://127.0.0.1:{team.port}/tokenoftheteam",
            CHAT_DEAD_URL=f"json://127.0.0.1:{dead.port}/tokenofthedead",
        )
        try:
            port = int(served.told("listening")["address"].rpartition(":")[2])
            deliver(port, stand_in, "guid-1")
            until(lambda: team.posted and dead.reached.is_set())
            until(stand_in.completed.is_set)
            deliver(port, stand_in, "guid-2")
            until(lambda: [line["event"] for line in served.lines()].count("job ended") == 2)
        finally:
            served.process.kill()
            served.process.wait()
    (message,) = team.posted
    assert "3 routes change, 4 findings need a decision" in message.json["text"]
    assert f"{web}/{FULL_NAME}/pull/{NUMBER}" in message.json["text"]
    assert "tokenofthe" not in served.said()


def test_a_fault_in_the_chat_file_stops_the_start_and_tells_no_address(tmp_path):
    chat = tmp_path / "chat.yml"
    chat.write_text("channels:\n  team: {url-from: CHAT_TEAM_URL}\nroutes:\n  - to: [taem]\n")
    served = Process(
        tmp_path,
        "serve",
        "--port=0",
        ROUTEPROOF_APP_ID="1",
        ROUTEPROOF_PRIVATE_KEY=PEM,
        ROUTEPROOF_CHAT_CONFIG=str(chat),
        CHAT_TEAM_URL="nonsense://tokenoftheteam",
    )
    assert served.process.wait(60) == 2
    said = served.said()
    assert f"{chat}:2:" in said
    assert f"{chat}:4:" in said
    assert "Did you mean `team`?" in said
    assert "tokenofthe" not in said
