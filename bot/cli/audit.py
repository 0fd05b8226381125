"""`routeproof audit`: what is to be said of one state."""

import typer

from bot.cli.options import Judging, Rev, severity_of, sharing, targets

HELP = "Judge one state of a repository: all findings and the table of routes."


@sharing
def command(options: Judging, context: typer.Context, rev: Rev = "HEAD") -> None:
    """Judge one state."""
    from bot.cli.session import chosen_policy, deliver, session
    from bot.policy.judge import exit_code
    from bot.review import Asked, inspect

    wanted = targets(context, options)
    severity = severity_of(options.fail_on)
    with session(options) as ports:
        asked = Asked(rev, rev, fail_on=severity, policy=chosen_policy(options.policy, ports))
        judged, sources = inspect(ports, asked)
        deliver(judged, sources, wanted, verbose=options.verbose, replay=options.again("--rev", rev))
    raise typer.Exit(exit_code(judged.conclusion, judged.problems, strict=options.strict))
