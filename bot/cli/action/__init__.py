"""`routeproof action`: the door through which action.yml comes in; nobody else has a use for it.

`inputs` reads what the workflow asks for and `runner` what the runner says; `event` decides what is looked at, `states`
where that is read from; `reports` and `posting` tell what was found.
"""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.cli.action.inputs import Inputs
    from bot.cli.action.runner import Runner
    from bot.errors import RouteproofError

HELP = "What action.yml calls: review or audit, as the event of the workflow says."


def command() -> None:
    """Do what the event asks for, and exit by the conclusion."""
    import os

    from bot.cli.action.inputs import read_inputs
    from bot.cli.action.runner import read_runner
    from bot.errors import RouteproofError

    runner = read_runner(os.environ)
    try:
        code = _run(runner, read_inputs(os.environ))
    except RouteproofError as error:
        _tell(runner, error)
        raise
    raise typer.Exit(code)


def _run(runner: "Runner", inputs: "Inputs") -> int:
    import os

    from bot.checkout.tip import tip_of
    from bot.cli.action import posting, reports
    from bot.cli.action.event import Compare, task_of
    from bot.cli.action.states import repository_of
    from bot.cli.session import chosen_policy
    from bot.policy.judge import exit_code
    from bot.review import Asked, inspect, review
    from bot.settings import read_settings
    from bot.verdict import Audit, Verdict
    from bot.wiring import ports_for

    folder = str(runner.workspace / inputs.folder)
    tip = tip_of(folder)
    task = task_of(runner.event, inputs, tip)
    policy = runner.workspace / inputs.policy if inputs.policy else None
    with ports_for(repository_of(task, tip, folder, runner, inputs), read_settings(os.environ), cached=False) as ports:
        chosen = chosen_policy(policy, ports)
        judged: Verdict | Audit
        if isinstance(task, Compare):
            asked = Asked(task.base, task.head, task.trees, inputs.fail_on, chosen)
            judged, sources = review(ports, asked)
        else:
            judged, sources = inspect(ports, Asked(task.head, task.head, fail_on=inputs.fail_on, policy=chosen))
    context = reports.context_of(sources, runner, inputs)
    reports.deliver(judged, context, runner, inputs)
    if isinstance(judged, Verdict) and isinstance(task, Compare) and task.pull is not None:
        said = posting.post(judged, context, task.pull, runner, inputs)
        runner.say(f"\n{said}\n" if said else "")
    return exit_code(judged.conclusion, judged.problems, strict=inputs.strict)


def _tell(runner: "Runner", error: "RouteproofError") -> None:
    """An error that ends the step, where people look: beside the step, and on the page of the job."""
    from bot.cli.action.runner import escaped
    from bot.reporter.escape import visible
    from bot.reporter.markdown import prose

    lines = [visible(line) for line in (*error.message.split("\n"), *error.remedy.split("\n")) if line]
    runner.command("::error title=Routeproof could not review::" + escaped("\n".join(lines)))
    runner.summarize("### Routeproof could not review\n\n" + "\n\n".join(prose(line) for line in lines))
