"""Write the golden files again: `python -m tests.reporters.regenerate`. Read the difference before you commit it."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.finding import Severity
from bot.reporter import RuleText
from bot.reporters import (
    chat,
    check_run,
    html,
    job_summary,
    json,
    markdown,
    review_comments,
    sarif,
    summary,
    text,
    workflow_commands,
)
from tests.reporters import listings, verdicts

FOLDER = Path(__file__).parent / "golden"
_ALL = {"txt": text.REPORTER, "json": json.REPORTER, "md": markdown.REPORTER, "html": html.REPORTER}
_PLAIN = {"txt": text.REPORTER, "md": markdown.REPORTER}
_VIEWS = {**_PLAIN, "html": html.REPORTER}
_CHAT = {"chat.txt": chat.REPORTER}
_GITHUB = {
    "check-run.json": check_run.REPORTER,
    "review-comments.json": review_comments.REPORTER,
    "summary.md": summary.REPORTER,
    "sarif": sarif.REPORTER,
    "job-summary.md": job_summary.REPORTER,
    "log": workflow_commands.REPORTER,
}
_TOLD = {"protection-lost": RuleText("Protection lost", "A guard is gone.\n\n## Fix\nPut it back.", Severity.HIGH)}
_CASES = (
    ("typical", verdicts.TYPICAL, verdicts.CONTEXT, _ALL),
    ("clusters", verdicts.CLUSTERS, verdicts.CONTEXT, _VIEWS),
    ("verbose", verdicts.CLUSTERS, replace(verdicts.CONTEXT, verbose=True), _PLAIN),
    ("classes", verdicts.CLASSES, verdicts.CONTEXT, _VIEWS),
    ("empty", verdicts.EMPTY, verdicts.CONTEXT, _ALL),
    ("problems", verdicts.PROBLEMS, verdicts.CONTEXT, _ALL),
    ("audit", verdicts.AUDIT, verdicts.CONTEXT, _ALL),
    ("hostile", verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT, _PLAIN),
    ("typical", verdicts.TYPICAL, verdicts.CONTEXT, _CHAT),
    ("empty", verdicts.EMPTY, verdicts.CONTEXT, _CHAT),
    ("problems", verdicts.PROBLEMS, verdicts.CONTEXT, _CHAT),
    ("audit", verdicts.AUDIT, verdicts.CONTEXT, _CHAT),
    ("hostile", verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT, _CHAT),
    ("typical", verdicts.TYPICAL, replace(verdicts.CONTEXT, rules=_TOLD), _GITHUB),
    ("clusters", verdicts.CLUSTERS, verdicts.CONTEXT, _GITHUB),
    ("verbose", verdicts.TYPICAL, replace(verdicts.CONTEXT, verbose=True), {"sarif": sarif.REPORTER}),
    ("classes", verdicts.CLASSES, verdicts.CONTEXT, _GITHUB),
    ("empty", verdicts.EMPTY, verdicts.CONTEXT, _GITHUB),
    ("problems", verdicts.PROBLEMS, verdicts.CONTEXT, _GITHUB),
    ("audit", verdicts.AUDIT, verdicts.CONTEXT, _GITHUB),
    ("hostile", verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT, _GITHUB),
)
GOLDEN = {
    f"{name}.{ending}": partial(reporter.render, subject, context)
    for name, subject, context, reporters in _CASES
    for ending, reporter in reporters.items()
} | listings.RENDERED

if __name__ == "__main__":
    for file in FOLDER.iterdir():
        file.unlink()
    for name, render in GOLDEN.items():
        (FOLDER / name).write_bytes(render().encode())
