"""The sample migration says what its page quotes."""

from pathlib import Path

from bot.catalogue import config_folder
from bot.checkout.create import create_repository
from bot.demo.sample import migration
from bot.finding import State
from bot.review import Asked, review
from bot.settings import Settings
from bot.wiring import ports_for

PAGE = Path(__file__).parents[2] / "docs/migration.md"


def test_the_page_on_migrations_quotes_the_sample(tmp_path):
    branches = migration(config_folder())
    create_repository(tmp_path, branches)
    with ports_for(str(tmp_path), Settings()) as ports:
        verdict, _ = review(ports, Asked(*(branch.name for branch in branches)))
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    found = {finding.rule: finding.message for finding in verdict.of_state(State.INTRODUCED)}
    assert set(found) == {"migration-differs", "protection-lost"}
    assert found["protection-lost"] in page
    assert found["migration-differs"].partition("; ")[0] in page
    assert [each for each in verdict.migrations if each in page] == list(verdict.migrations)
