"""`routeproof action`: the door through which action.yml comes in; nobody else has a use for it.

`inputs` reads what the workflow asks for and `runner` what the runner says; `event` decides what is looked at, `states`
where that is read from; `limits` bounds what that may take; `reports` and `posting` tell what was found.
"""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.cli.action.event import Task
    from bot.cli.action.inputs import Inputs
    from bot.cli.action.runner import Runner
    from bot.errors import RouteproofError
    from bot.reporter import Context
    from bot.review import Sources
    from bot.settings import Settings
    from bot.verdict import Audit, Verdict

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
    from dataclasses import replace

    from bot.checkout.tip import tip_of
    from bot.cli.action import posting, reports
    from bot.cli.action.event import Compare, task_of
    from bot.cli.action.limits import within
    from bot.cli.action.states import repository_of
    from bot.policy.judge import exit_code
    from bot.settings import read_settings
    from bot.verdict import Verdict

    settings = read_settings(os.environ)
    if inputs.charts:
        settings = replace(settings, chart_repositories=inputs.charts)
    folder = str(runner.workspace / inputs.folder)
    tip = tip_of(folder)
    task = task_of(runner.event, inputs, tip)
    place = repository_of(task, tip, folder, runner, inputs)

    def told() -> "tuple[Verdict | Audit, Context]":
        judged, sources = _judged(place, task, settings, runner, inputs)
        context = reports.context_of(sources, settings.docs_url or runner.docs, inputs)
        reports.deliver(judged, context, runner, inputs)
        return judged, context

    judged, context = within(settings.review_seconds, settings.review_megabytes, told)
    if isinstance(judged, Verdict) and isinstance(task, Compare) and task.pull is not None:
        said = posting.post(judged, context, task.pull, runner, inputs)
        runner.say(f"\n{said}\n" if said else "")
    return exit_code(judged.conclusion, judged.problems, strict=inputs.strict)


def _judged(
    place: str, task: "Task", settings: "Settings", runner: "Runner", inputs: "Inputs"
) -> "tuple[Verdict | Audit, Sources]":
    from bot.cli.action.event import Compare
    from bot.cli.session import chosen_policy
    from bot.review import Asked, inspect, review
    from bot.wiring import ports_for

    policy = runner.workspace / inputs.policy if inputs.policy else None
    with ports_for(place, settings, cached=False) as ports:
        chosen = chosen_policy(policy, ports)
        if isinstance(task, Compare):
            return review(ports, Asked(task.base, task.head, task.trees, inputs.fail_on, chosen))
        return inspect(ports, Asked(task.head, task.head, fail_on=inputs.fail_on, policy=chosen))


def _tell(runner: "Runner", error: "RouteproofError") -> None:
    """An error that ends the step, where people look: beside the step, and on the page of the job."""
    from bot.cli.action.runner import escaped
    from bot.manifest.secrecy import said
    from bot.reporter.escape import visible
    from bot.reporter.markdown import prose

    lines = [visible(line) for line in said(f"{error.message}\n{error.remedy}").split("\n") if line]
    runner.command("::error title=Routeproof could not review::" + escaped("\n".join(lines)))
    runner.summarize("### Routeproof could not review\n\n" + "\n\n".join(prose(line) for line in lines))
