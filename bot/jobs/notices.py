"""Pure. What a check run and a comment say beside the reports: superseded, stopped, not reviewed, gone."""

from bot.jobs.request import Killed
from bot.reporter.markdown import prose
from bot.reporter.markers import fingerprints_in
from bot.reporter.outgoing import CheckOutput

_TITLE = 255


def superseded(head: str) -> CheckOutput:
    """For the check run of a head that is not the newest any more."""
    return CheckOutput(
        f"Superseded by {head[:7]}", f"The pull request moved on to `{head}`, which is reviewed instead."
    )


def closed() -> CheckOutput:
    """For the check run of a pull request that was closed before its review had ended."""
    return CheckOutput("Stopped: the pull request is closed", "It is reviewed when it is opened again.")


def withdrawn() -> CheckOutput:
    """For the check run of a merge group that GitHub took back."""
    return CheckOutput("Stopped: the merge group was withdrawn", "Nothing was judged.")


def not_reviewed(message: str, remedy: str) -> CheckOutput:
    """Where there is no verdict: what happened, and what to do."""
    again = "" if remedy else " Run the check again; if it fails again, ask the operator of Routeproof."
    said = f"{prose(message)} {prose(remedy)}{again}".strip()
    return CheckOutput(
        _cut(f"Not reviewed: {message.rstrip('.')}"), f"{said}\n\nWhat the change does to requests is not known."
    )


def killed(why: Killed) -> CheckOutput:
    """Where the child process gave no answer."""
    return not_reviewed(why.message, why.remedy)


def gone(body: str, head: str) -> str:
    """A comment on a line whose findings are gone: it says so first, and is not taken for a living one any more."""
    kept = "\n".join(line for line in body.split("\n") if not fingerprints_in(line))
    return f"Gone as of {head[:7]}: the change does not do this any more.\n\n{kept.strip()}\n\n{_gone_marker(head)}"


def is_gone(body: str, head: str) -> bool:
    """Whether a comment says already that its findings are gone as of this head."""
    return body.rstrip().endswith(_gone_marker(head))


def _gone_marker(head: str) -> str:
    return f"<!-- routeproof:gone {head} -->"


def unable(output: CheckOutput, refused: tuple[str, ...]) -> CheckOutput:
    """The same, with what could not be posted said at its end."""
    said = "\n\n".join(prose(each) for each in refused)
    return CheckOutput(output.title, f"{output.summary.rstrip()}\n\n{said}\n", output.text, output.annotations)


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
