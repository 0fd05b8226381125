"""Where the states are read from: the checkout where it holds them, else a copy that is fetched beside it."""

from contextlib import closing

from bot.checkout.mirrors import GitMirrors
from bot.checkout.repository import open_repository
from bot.checkout.tip import Tip
from bot.checkout.transport import Limits
from bot.cli.action.event import Compare, Task
from bot.cli.action.inputs import Inputs
from bot.cli.action.runner import Runner
from bot.errors import CannotAnalyse, Gone, Refused, Transient

REMEDY = (
    "Give the step of actions/checkout `fetch-depth: 0`, "
    "or let the job fetch: `permissions: contents: read` and the input `token`."
)
_LIMITS = Limits(seconds=300.0)


def repository_of(task: Task, tip: Tip | None, folder: str, runner: Runner, inputs: Inputs) -> str:
    """The folder of the repository to read. Nothing is ever written to the checkout.

    Raises:
        CannotAnalyse: the states are neither in the checkout nor to be had.
    """
    if not task.exact or _is_there(task, tip, folder):
        return folder
    wanted = [task.base, task.head] if isinstance(task, Compare) else [task.head]
    url = f"{runner.server.rstrip('/')}/{runner.repo}.git"
    token = inputs.token.reveal() if inputs.token else ""
    runner.say(f"The checkout is not deep enough; fetching {' and '.join(each[:7] for each in wanted)}.\n")
    mirrors = GitMirrors(runner.temp / "routeproof-mirror", web=runner.server, limits=_LIMITS)
    try:
        return mirrors.fetch(
            url, token, wanted, repo=runner.repo, fallback=task.fallback if isinstance(task, Compare) else ()
        )
    except (Transient, Refused, Gone) as error:
        what = " and ".join(each[:7] for each in wanted)
        raise CannotAnalyse(
            f"The checkout does not hold {what}, and they could not be fetched: {error.message}", REMEDY
        ) from error


def _is_there(task: Task, tip: Tip | None, folder: str) -> bool:
    """Whether the checkout holds both states, and the history between them where they are to be merged."""
    if tip is None or tip.partial or not isinstance(task, Compare) or (tip.shallow and not task.trees):
        return False
    with closing(open_repository(folder)) as repository:
        return repository.knows(task.base) and repository.knows(task.head)
