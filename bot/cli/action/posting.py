"""What is posted to a pull request with the token of the workflow; where it may not, one sentence says so."""

from collections import Counter
from dataclasses import replace

from msgspec import Struct

from bot.cli.action.event import Pull
from bot.cli.action.inputs import Comments, Inputs
from bot.cli.action.runner import Runner
from bot.errors import Gone, Refused, RouteproofError
from bot.finding import State, counted
from bot.github_app.api import Api, Server
from bot.github_app.auth import PlainToken, RepoKeys, repo_path
from bot.github_app.client import GitHubForges
from bot.github_app.pace import Limits, Pacer
from bot.jobs.deliver import deliver
from bot.jobs.request import ReviewResult
from bot.ports import Forge
from bot.reporter import Context, phrases
from bot.reporter.outgoing import DiffLines
from bot.reporters import check_run, review_comments, summary
from bot.verdict import Verdict

CHECK = "Routeproof"
_ACTIONS = "github-actions"  # the App that a workflow's own token belongs to
_FORK = (
    "Nothing is posted to the pull request: it comes from a fork, so the token of this workflow can only read. "
    "The report is in the summary of this job; docs/action.md has a workflow that posts it."
)


class _App(Struct, frozen=True):
    slug: str | None = None


class _Run(Struct, frozen=True):
    name: str
    app: _App | None = None


class _Runs(Struct, frozen=True):
    check_runs: tuple[_Run, ...]


def post(verdict: Verdict, context: Context, pull: Pull, runner: Runner, inputs: Inputs) -> str:
    """Post the review and the summary, and the check run where it is asked for; what came of it, in a sentence.

    What cannot be posted never fails the job: the verdict does not depend on it.
    """
    wanted = inputs.comments is Comments.AUTO or inputs.check_run
    if not wanted or inputs.token is None:
        return ""
    if pull.fork and runner.event.name != "pull_request_target":
        return _FORK
    server, token = Server(runner.api, runner.server), PlainToken(inputs.token.reveal())
    forge = GitHubForges(server, token, Limits()).forge(runner.repo)
    try:
        if app_is_here(Api(server, RepoKeys(token, runner.repo), Pacer(Limits())), runner, pull):
            return "Nothing is posted to the pull request: the Routeproof App does that here."
        return _posted(forge, verdict, context, pull, inputs)
    except RouteproofError as error:
        return f"Not all could be posted to the pull request: {error.message} The report is in the summary of this job."


def app_is_here(api: Api, runner: Runner, pull: Pull) -> bool:
    """Whether the App reviews this head too. A token that may not see check runs (`checks: read`) does not know."""
    path = f"{repo_path(runner.repo)}/commits/{pull.head}/check-runs"
    try:
        runs = api.get(path, _Runs, {"check_name": CHECK}).check_runs
    except (Refused, Gone):
        return False
    return any(run.name == CHECK and run.app is not None and run.app.slug not in {None, _ACTIONS} for run in runs)


def _posted(forge: Forge, verdict: Verdict, context: Context, pull: Pull, inputs: Inputs) -> str:
    state = forge.pull(pull.number)
    if not state.open or state.head_sha != pull.head:
        return "Nothing is posted to the pull request: its head is another one by now."
    check = forge.start_check(pull.head, f"review:{pull.number}") if inputs.check_run else None
    result = _result(verdict, context)
    if inputs.comments is Comments.NEVER:
        if check is not None:
            forge.finish_check(check, result.conclusion, result.output)
        return "The check run is posted."
    result = replace(result, comments=review_comments.compose(verdict, context, _lines(forge, pull)))
    receipt = deliver(forge, state, check, result, lambda: _is_newest(forge, pull))
    if receipt.refused:
        return " ".join(receipt.refused)
    if not receipt.complete:
        return "Not all was posted to the pull request: its head is another one by now."
    return f"The pull request is told; {counted(receipt.commented, 'new comment')} on its lines."


def _is_newest(forge: Forge, pull: Pull) -> bool:
    now = forge.pull(pull.number)
    return now.open and now.head_sha == pull.head


def _lines(forge: Forge, pull: Pull) -> DiffLines:
    try:
        return forge.diff_lines(pull.number)
    except Refused:
        return DiffLines({}, {}, complete=False)


def _result(verdict: Verdict, context: Context) -> ReviewResult:
    introduced = verdict.of_state(State.INTRODUCED)
    return ReviewResult(
        conclusion=str(verdict.conclusion),
        line=phrases.verdict_line(verdict),
        output=check_run.compose(verdict, context),
        summary=summary.compose(verdict, context),
        all_clear=summary.all_clear(verdict, context),
        fingerprints=frozenset(finding.fingerprint for finding in introduced),
        counts=Counter(str(finding.severity) for finding in introduced),
    )
