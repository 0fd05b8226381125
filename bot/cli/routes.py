"""`routeproof routes`: the whole table of routes of one state."""

from typing import Annotated

import typer

from bot.cli.options import NoCache, PolicyFile, Repo, Rev, emit
from bot.errors import UserError

HELP = "Print the table of routes: host, path, who answers, and which line says so."


def command(
    repo: Repo = ".",
    rev: Rev = "HEAD",
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    host: Annotated[str | None, typer.Option(help="Only this host, as the manifests write it.")] = None,
    policy: PolicyFile = None,
    no_cache: NoCache = False,
) -> None:
    """Print the routes of one state."""
    from bot.analysis.lanes import lanes_of, routes_of
    from bot.cli.session import chosen_policy, session, tell_unread
    from bot.manifest.template import lowered
    from bot.reporter.listing import routes_json, routes_text
    from bot.review import state_of

    if output not in {"text", "json"}:
        raise UserError(f"{output!r} is not a format of this list.", "Use text or json.")
    with session(repo, cached=not no_cache) as ports:
        state = state_of(ports, rev, chosen_policy(policy, ports))
        tell_unread(state.bundle, state.problems)
        routes = routes_of(lanes_of(state.bundle, state.policy, ports.kit, frozenset()))
    if host is not None:
        wanted = "" if host == "*" else lowered(host)
        routes = tuple(route for route in routes if route.claim.host == wanted)
    emit(routes_json(state.tree.revision, routes) if output == "json" else routes_text(routes), None)
