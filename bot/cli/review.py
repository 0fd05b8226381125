"""`routeproof review`: what a change does to requests."""

from typing import Annotated

import typer

from bot.cli.options import FailOn, Formats, NoCache, Outputs, PolicyFile, Repo, Verbose, severity_of, targets

HELP = "Review a change: base against the merge of base and head."


def command(
    context: typer.Context,
    repo: Repo = ".",
    base: Annotated[
        str | None,
        typer.Option(help="The branch or commit that is merged into; HEAD for :worktree and :index.", metavar="REV"),
    ] = None,
    head: Annotated[
        str, typer.Option(help="The change: a branch or commit, :worktree or :index.", metavar="REV")
    ] = "HEAD",
    trees: Annotated[
        bool, typer.Option("--trees", help="Compare the two states as they are, without merging.")
    ] = False,
    formats: Formats = None,
    outputs: Outputs = None,
    fail_on: FailOn = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 also where something touched could not be examined.")
    ] = False,
    policy: PolicyFile = None,
    verbose: Verbose = False,
    no_cache: NoCache = False,
) -> None:
    """Review a change."""
    from bot.cli.session import chosen_policy, default_base, deliver, policy_option, session
    from bot.policy.judge import exit_code
    from bot.review import Asked, review

    wanted = targets(context, formats, outputs)
    severity = severity_of(fail_on)
    with session(repo, cached=not no_cache) as ports:
        chosen = base or default_base(ports, head)
        asked = Asked(chosen, head, trees=trees, fail_on=severity, policy=chosen_policy(policy, ports))
        verdict, sources = review(ports, asked)
        replay = ["--repo", repo, "--base", chosen, "--head", head, *(["--trees"] if trees else [])]
        deliver(verdict, sources, wanted, verbose=verbose, replay=[*replay, *policy_option(policy)])
    raise typer.Exit(exit_code(verdict.conclusion, verdict.problems, strict=strict))
