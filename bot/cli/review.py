"""`routeproof review`: what a change does to requests."""

from typing import Annotated

import typer

from bot.cli.options import Judging, severity_of, sharing, targets

HELP = "Review a change: base against the merge of base and head."


@sharing
def command(
    options: Judging,
    context: typer.Context,
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
) -> None:
    """Review a change."""
    from bot.cli.session import chosen_policy, default_base, deliver, session
    from bot.policy.judge import exit_code
    from bot.review import Asked, review

    wanted = targets(context, options)
    severity = severity_of(options.fail_on)
    with session(options) as ports:
        chosen = base or default_base(ports, head)
        asked = Asked(chosen, head, trees=trees, fail_on=severity, policy=chosen_policy(options.policy, ports))
        verdict, sources = review(ports, asked)
        replay = options.again("--base", chosen, "--head", head, *(["--trees"] if trees else []))
        deliver(verdict, sources, wanted, verbose=options.verbose, replay=replay)
    raise typer.Exit(exit_code(verdict.conclusion, verdict.problems, strict=options.strict))
