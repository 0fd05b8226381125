"""`routeproof routes`: the whole table of routes of one state."""

from typing import Annotated

import typer

from bot.cli.options import ListFormat, Reading, Rev, emit, is_json, sharing

HELP = "Print the table of routes: host, path, who answers, and which line says so."


@sharing
def command(
    options: Reading,
    rev: Rev = "HEAD",
    output: ListFormat = "text",
    host: Annotated[str | None, typer.Option(help="Only this host, as the manifests write it.")] = None,
) -> None:
    """Print the routes of one state."""
    from bot.analysis.discreet import discreet
    from bot.analysis.lanes import lanes_of, routes_of
    from bot.analysis.origins import of_routes
    from bot.cli.session import chosen_policy, session, tell_unread
    from bot.manifest.template import lowered
    from bot.reporter.listing import routes_json, routes_text
    from bot.review import state_of

    as_json = is_json(output, "this list")
    with session(options) as ports:
        state = state_of(ports, rev, chosen_policy(options.policy, ports))
        tell_unread(state.bundle, state.problems, state.origins)
        found = routes_of(lanes_of(state.bundle, state.policy, ports.kit, frozenset()))
        routes = discreet(of_routes(state.units.on_routes(found), state.origins))
    if host is not None:
        wanted = "" if host == "*" else lowered(host)
        routes = tuple(route for route in routes if route.claim.host == wanted)
    emit(routes_json(state.tree.revision, routes) if as_json else routes_text(routes), None)
