"""What the settings of the service become: the parts that it is composed of."""

import pytest

from bot.settings import read_service
from bot.wiring import service

GIVEN = {
    "ROUTEPROOF_TOKEN": "t",
    "ROUTEPROOF_CACHE_DIR": "off",
    "ROUTEPROOF_DOCS_URL": "https://docs.example.com/rules",
    "ROUTEPROOF_MIRRORS_MEGABYTES": "900",
    "ROUTEPROOF_REPOSITORY_MEGABYTES": "90",
    "ROUTEPROOF_FETCH_SECONDS": "30",
}


@pytest.fixture
def tools(tmp_path):
    return service(read_service({**GIVEN, "ROUTEPROOF_DATA_DIR": str(tmp_path)}), worker=True).handler.tools


def test_comments_link_to_the_pages_that_the_setting_names(tools):
    assert tools.docs_url == "https://docs.example.com/rules"


def test_working_copies_are_held_to_their_settings(tools):
    limits = tools.mirrors._limits
    assert (limits.total_bytes, limits.mirror_bytes, limits.seconds) == (900 * 1024**2, 90 * 1024**2, 30)
