"""`routeproof audit`: what is to be said of one state."""

from typing import Annotated

import typer

from bot.cli.options import FailOn, Formats, NoCache, Outputs, PolicyFile, Repo, Rev, Verbose, severity_of, targets

HELP = "Judge one state of a repository: all findings and the table of routes."


def command(
    context: typer.Context,
    repo: Repo = ".",
    rev: Rev = "HEAD",
    formats: Formats = None,
    outputs: Outputs = None,
    fail_on: FailOn = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 also where something could not be examined.")
    ] = False,
    policy: PolicyFile = None,
    verbose: Verbose = False,
    no_cache: NoCache = False,
) -> None:
    """Judge one state."""
    from bot.cli.session import chosen_policy, deliver, session
    from bot.policy.judge import exit_code
    from bot.review import Asked, inspect

    wanted = targets(context, formats, outputs)
    severity = severity_of(fail_on)
    with session(repo, cached=not no_cache) as ports:
        asked = Asked(rev, rev, fail_on=severity, policy=chosen_policy(policy, ports))
        judged, sources = inspect(ports, asked)
        deliver(judged, sources, wanted, verbose=verbose, replay=["--repo", repo, "--rev", rev])
    raise typer.Exit(exit_code(judged.conclusion, judged.problems, strict=strict))
