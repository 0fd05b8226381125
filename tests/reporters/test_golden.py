"""Reports byte for byte, as they were last read by a person; `python -m tests.reporters.regenerate` writes them."""

import pytest

from tests.reporters.regenerate import FOLDER, GOLDEN


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_report_is_what_was_last_agreed_on(name):
    assert GOLDEN[name]() == (FOLDER / name).read_bytes().decode()


def test_every_golden_file_belongs_to_a_case():
    assert {file.name for file in FOLDER.iterdir()} == set(GOLDEN)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_same_verdict_renders_to_the_same_bytes(name):
    assert GOLDEN[name]() == GOLDEN[name]()
