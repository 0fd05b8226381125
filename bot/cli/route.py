"""`routeproof route URL`: who answers one request, and why."""

from typing import Annotated

import typer

from bot.cli.options import NoCache, PolicyFile, Repo, emit
from bot.errors import UserError
from bot.source import Side

HELP = "Say who answers a request, and why; with --base and --head, before and after a change."


def command(
    url: Annotated[str, typer.Argument(help="Such as https://shop.example.com/api.")],
    repo: Repo = ".",
    rev: Annotated[str | None, typer.Option(help="The state; HEAD without.", metavar="REV")] = None,
    base: Annotated[str | None, typer.Option(help="With --head: the state before.", metavar="REV")] = None,
    head: Annotated[str | None, typer.Option(help="With --base: the change.", metavar="REV")] = None,
    cluster: Annotated[str | None, typer.Option(help="Ask in this cluster only.")] = None,
    class_name: Annotated[str | None, typer.Option("--class", help="Ask the controller of this class only.")] = None,
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    policy: PolicyFile = None,
    no_cache: NoCache = False,
) -> None:
    """Answer one request."""
    from bot.analysis import lanes_of
    from bot.cli.session import chosen_policy, session
    from bot.controller import Lane, LaneAnswer, ask
    from bot.reporter.listing import answers_json, answers_text
    from bot.review import Asked, lanes_of_both, state_of
    from bot.routing.request import request_of

    if output not in {"text", "json"}:
        raise UserError(f"{output!r} is not a format of an answer.", "Use text or json.")
    if (base is None) != (head is None) or (rev is not None and base is not None):
        raise UserError("Give --rev for one state, or --base and --head for both sides of a change.")
    request = request_of(url)

    def said(lanes: tuple[Lane, ...]) -> tuple[LaneAnswer, ...]:
        chosen = (lane for lane in lanes if cluster in {None, lane.cluster} and class_name in {None, lane.class_name})
        return ask(chosen, request)

    with session(repo, cached=not no_cache) as ports:
        held = chosen_policy(policy, ports)
        if base is not None and head is not None:
            old, new = lanes_of_both(ports, Asked(base, head, policy=held))
            answers = {Side.BASE: said(old), Side.HEAD: said(new)}
        else:
            bundle, active, _ = state_of(ports, rev or "HEAD", held)
            answers = {Side.HEAD: said(lanes_of(bundle, active, ports.kit, frozenset()))}
    emit((answers_json if output == "json" else answers_text)(request, answers), None)
