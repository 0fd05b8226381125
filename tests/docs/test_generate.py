"""The machinery that writes the generated pages."""

from pathlib import Path

import pytest

from tests.docs import generate, markdown, rule_pages

PAGE = """One sentence.

## What it flags
This.

## Why it matters
That.

## Example
```yaml
kind: Ingress
```

## Fix
So.

## Limits
None.
"""


def test_writing_makes_new_files_mends_stale_ones_and_removes_old_ones(tmp_path):
    old = tmp_path / "docs/rules/gone.md"
    old.parent.mkdir(parents=True)
    old.write_text("a rule that is no more")
    (tmp_path / "docs/command.md").write_text("stale")
    wanted = {Path("docs/command.md"): "fresh", Path("docs/rules/new.md"): "new"}
    changed = [Path("docs/command.md"), Path("docs/rules/gone.md"), Path("docs/rules/new.md")]
    assert generate.stale(wanted, tmp_path) == changed
    assert generate.write(wanted, tmp_path) == changed
    assert generate.stale(wanted, tmp_path) == []
    assert not old.exists()


def test_a_table_survives_bars_and_line_breaks():
    assert markdown.table(("a", "b"), [("x|y", "two\nlines")]) == "| a | b |\n| --- | --- |\n| x\\|y | two lines |\n"


def test_a_page_of_the_fixed_form_has_no_faults():
    assert rule_pages.faults(PAGE) == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("", "the headings are missing; they have to be What it flags, Why it matters, Example, Fix, Limits"),
        (PAGE.replace("## Fix\nSo.\n\n", ""), "the headings are What it flags, Why it matters, Example, Limits; "),
        (PAGE.replace("So.", ""), "nothing stands under Fix"),
        (PAGE.replace("```", "~~~"), "no example"),
        (PAGE.replace("One sentence.", "Two.\nLines."), "the first line has to be one sentence"),
    ],
)
def test_a_page_of_another_form_is_told_so(page, fault):
    assert rule_pages.faults(page)[0].startswith(fault)
