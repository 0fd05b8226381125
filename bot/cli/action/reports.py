"""All reports of one verdict: to the log, beside the code, on the page of the job, as files and as outputs."""

from collections import Counter
from pathlib import Path

from bot import __version__, catalogue
from bot.cli.action.inputs import Inputs
from bot.cli.action.runner import Runner, write_report
from bot.errors import UserError
from bot.finding import Severity, State
from bot.reporter import Context
from bot.review import Sources
from bot.verdict import Audit, Verdict

# Each file is also an output of the Action, by the name of its format.
FILES = {
    "text": "report.txt",
    "json": "report.json",
    "sarif": "report.sarif",
    "html": "report.html",
    "summary": "summary.md",
}


def context_of(sources: Sources, docs_url: str, inputs: Inputs) -> Context:
    """What all reports of this run are made with."""
    return Context(
        sources=sources,
        docs_url=docs_url,
        width=120,
        tool_version=__version__,
        verbose=inputs.verbose,
        rules=catalogue.rule_texts(),
    )


def deliver(subject: Verdict | Audit, context: Context, runner: Runner, inputs: Inputs) -> None:
    """Write them all. The outputs come last: they are there only where everything else is.

    Raises:
        UserError: the folder of the reports cannot be used.
        CannotAnalyse: the runner does not take the summary or the outputs.
    """
    folder = _folder(runner, inputs)
    texts = {name: catalogue.reporter(name).render(subject, context) for name in FILES}
    for name, text in texts.items():
        write_report(folder / FILES[name], text)
    runner.say(texts["text"])
    runner.command(catalogue.reporter("workflow-commands").render(subject, context))
    runner.summarize(catalogue.reporter("job-summary").render(subject, context))
    files = {name: str(folder / file) for name, file in FILES.items()}
    runner.set_outputs({"conclusion": str(subject.conclusion), **_counts(subject), "reports": str(folder), **files})


def _counts(subject: Verdict | Audit) -> dict[str, str]:
    """How many findings count, by severity: those that the change introduces, or that the one state has."""
    states = (State.INTRODUCED,) if isinstance(subject, Verdict) else (State.INTRODUCED, State.EXISTING)
    found = Counter(finding.severity for finding in subject.findings if finding.state in states)
    return {str(severity): str(found[severity]) for severity in sorted(Severity, reverse=True)}


def _folder(runner: Runner, inputs: Inputs) -> Path:
    """Where the files go. In the workspace no link is followed: what is checked out there may have put it there."""
    if not inputs.reports:
        return runner.temp / "routeproof-reports"
    folder = runner.workspace / inputs.reports
    if folder.is_relative_to(runner.workspace):
        inside = [folder, *folder.parents][: len(folder.parts) - len(runner.workspace.parts)]
        if any(each.is_symlink() for each in inside):
            raise UserError(f"The folder {inputs.reports!r} is behind a link.", "Name another folder in `reports`.")
    return folder
