"""Our check runs: found by commit and purpose, started once, their annotations appended once.

https://docs.github.com/en/rest/checks/runs
"""

from bot.errors import Refused
from bot.github_app import wire
from bot.github_app.api import quoted
from bot.github_app.errors import Unknown
from bot.github_app.once import LOOKS, once
from bot.github_app.site import Site
from bot.ports import CheckRun
from bot.reporter.outgoing import Annotation, CheckOutput

NAME = "Routeproof"
BATCH = 50  # annotations in one request
MOST_BYTES = 65_535  # of summary and of text; documented as characters, enforced as bytes


def find(site: Site, head_sha: str, external_id: str) -> CheckRun | None:
    """The newest one that was made for this."""
    # A redirection loses the query, so all that it filters is looked at here too.
    query: dict[str, str | int] = {"check_name": NAME, "filter": "all"}
    if site.app_id is not None:
        query["app_id"] = site.app_id
    path = f"{site.path}/commits/{quoted(head_sha)}/check-runs"
    ours = [
        run
        for page in site.api.pages(path, wire.Runs, query)
        for run in page.check_runs
        if (run.name, run.external_id) == (NAME, external_id)
    ]
    newest = max(ours, key=lambda run: run.id, default=None)
    return None if newest is None else _check(newest)


def start(site: Site, head_sha: str, external_id: str) -> CheckRun:
    """The one in progress, or a new one. A completed one stays: its annotations could not be taken back."""

    def look() -> CheckRun | None:
        check = find(site, head_sha, external_id)
        return None if check is None or check.status == "completed" else check

    def write() -> CheckRun:
        body = {"name": NAME, "head_sha": head_sha, "external_id": external_id, "status": "in_progress"}
        return _check(site.api.write("POST", f"{site.path}/check-runs", body, wire.Run))

    return once(look, write, site.sleep)


def finish(site: Site, check: CheckRun, conclusion: str, output: CheckOutput) -> None:
    """Append what annotations are missing, 50 at a time, and complete it with the last of them."""
    _keep_limits(output)
    there = _read(site, check)
    sent, lost = there.output.annotations_count, False
    while not (sent >= len(output.annotations) and _is_finished(there, conclusion, output)):
        batch = output.annotations[sent : sent + BATCH]
        after = sent + len(batch)
        last = after >= len(output.annotations)
        ending = {"status": "completed", "conclusion": conclusion} if last else {"status": "in_progress"}
        try:
            site.api.write("PATCH", _path(site, check), {**ending, "output": _output(output, batch)}, wire.Run)
        except Unknown:
            there = _look_again(site, check, sent)
            seen = there.output.annotations_count
            if lost and seen == sent:
                raise  # the next try begins with a look
            sent, lost = seen, seen == sent
            continue
        if last:
            return
        sent, lost = after, False  # the count in an answer may lag behind


def _look_again(site: Site, check: CheckRun, sent: int) -> wire.Run:
    """How it stands after a lost answer: looked at until it has changed, twice at most."""
    first, second = LOOKS
    site.sleep(first)
    there = _read(site, check)
    if there.output.annotations_count > sent or there.status == "completed":
        return there
    site.sleep(second)
    return _read(site, check)


def _is_finished(run: wire.Run, conclusion: str, output: CheckOutput) -> bool:
    wanted = ("completed", conclusion, output.title, output.summary)
    return (run.status, run.conclusion, run.output.title, run.output.summary) == wanted


def _read(site: Site, check: CheckRun) -> wire.Run:
    return site.api.get(_path(site, check), wire.Run)


def _path(site: Site, check: CheckRun) -> str:
    return f"{site.path}/check-runs/{check.id}"


def _check(run: wire.Run) -> CheckRun:
    count = run.output.annotations_count
    return CheckRun(run.id, run.head_sha, run.external_id or "", run.status, run.conclusion, count)


def _output(output: CheckOutput, batch: tuple[Annotation, ...]) -> dict[str, object]:
    shown: dict[str, object] = {"title": output.title, "summary": output.summary}
    if output.text:
        shown["text"] = output.text
    if batch:
        shown["annotations"] = [_annotation(each) for each in batch]
    return shown


def _annotation(note: Annotation) -> dict[str, object]:
    fields = {
        "path": note.path,
        "start_line": note.start_line,
        "end_line": note.end_line,
        "annotation_level": note.level,
        "title": note.title,
        "message": note.message,
        "start_column": note.start_column,
        "end_column": note.end_column,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _keep_limits(output: CheckOutput) -> None:
    for name, text in (("summary", output.summary), ("text", output.text)):
        size = len(text.encode())
        if size > MOST_BYTES:
            raise Refused(f"The {name} of the check run has {size} bytes; GitHub takes {MOST_BYTES}.")
