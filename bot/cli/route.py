"""`routeproof route URL`: who answers one request, and why."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ListFormat, Reading, emit, is_json, sharing
from bot.errors import UserError
from bot.finding import code, listed
from bot.source import Side

if TYPE_CHECKING:
    from bot.controller import Lane

HELP = "Say who answers a request, and why; with --base and --head, before and after a change."


@sharing
def command(
    options: Reading,
    url: Annotated[str, typer.Argument(help="Such as https://shop.example.com/api.")],
    rev: Annotated[str | None, typer.Option(help="The state; HEAD without.", metavar="REV")] = None,
    base: Annotated[str | None, typer.Option(help="With --head: the state before.", metavar="REV")] = None,
    head: Annotated[str | None, typer.Option(help="With --base: the change.", metavar="REV")] = None,
    trees: Annotated[
        bool, typer.Option("--trees", help="With --base and --head: ask the two states as they are, without merging.")
    ] = False,
    cluster: Annotated[str | None, typer.Option(help="Ask in this cluster only.")] = None,
    class_name: Annotated[str | None, typer.Option("--class", help="Ask the controller of this class only.")] = None,
    method: Annotated[str, typer.Option(help="The method, which routes may ask for.")] = "GET",
    header: Annotated[
        list[str] | None, typer.Option(help="A header, which routes may ask for; repeatable.", metavar="NAME:VALUE")
    ] = None,
    output: ListFormat = "text",
) -> None:
    """Answer one request."""
    from bot.analysis.discreet import discreet
    from bot.analysis.lanes import lanes_of
    from bot.analysis.origins import of_answer
    from bot.cli.session import chosen_policy, session, tell_unread
    from bot.controller import ask
    from bot.reporter.listing import answers_json, answers_text
    from bot.review import Asked, compared, lanes_of_both, state_of
    from bot.routing.request import request_of

    as_json = is_json(output, "an answer")
    if (base is None) != (head is None) or (base is not None and rev is not None) or (trees and base is None):
        raise UserError("It is not clear which state is meant.", "Give --rev, or --base and --head for both sides.")
    request = request_of(url, method=method, headers=_headers(header or []))

    with session(options) as ports:
        held = chosen_policy(options.policy, ports)
        if base is not None and head is not None:
            both = compared(ports, Asked(base, head, trees=trees, policy=held))
            origins = both.origins
            tell_unread(both.after, both.problems, origins)
            old, new = lanes_of_both(both, ports)
            sides = {Side.BASE: old, Side.HEAD: new}
        else:
            state = state_of(ports, rev or "HEAD", held)
            origins = state.origins
            tell_unread(state.bundle, state.problems, origins)
            sides = {Side.HEAD: lanes_of(state.bundle, state.policy, ports.kit, frozenset())}
    lanes = [lane for side in sides.values() for lane in side]
    _must_be("cluster", cluster, {lane.cluster for lane in lanes})
    _must_be("class", class_name, {lane.class_name for lane in lanes})
    answers = {
        side: tuple(
            discreet(replace(said, answer=of_answer(said.answer, origins, side)))
            for said in ask((each for each in asked if _meant(each, cluster, class_name)), request)
        )
        for side, asked in sides.items()
    }
    emit((answers_json if as_json else answers_text)(request, answers), None)


def _headers(texts: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon or not name.strip():
            raise UserError(f"{text!r} is no header.", "Give it as NAME:VALUE, such as x-canary:always.")
        found.append((name.strip(), value.strip()))
    return tuple(found)


def _meant(lane: "Lane", cluster: str | None, class_name: str | None) -> bool:
    return cluster in {None, lane.cluster} and class_name in {None, lane.class_name}


def _must_be(what: str, name: str | None, known: AbstractSet[str]) -> None:
    if name is not None and name not in known:
        there = listed([code(each) for each in sorted(known) if each], 10)
        raise UserError(f"No {what} with an Ingress is called {name!r}.", f"There is {there}." if there else "")
