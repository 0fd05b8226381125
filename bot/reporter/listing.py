"""Pure. Plain lists for the terminal and for programs: the table of routes, and the answers to one request."""

from collections.abc import Mapping, Sequence

from bot.controller import LaneAnswer
from bot.finding import counted
from bot.reporter.escape import clip, visible
from bot.reporter.phrases import answer_words, class_words, path_words
from bot.reporter.shapes import Shape, answer_shape, dump, request_shape, revision_shape, route_shape
from bot.routing.answer import Answer, AnswerKind
from bot.routing.request import Request
from bot.source import Side
from bot.verdict import Revision, Route

WORDS = {Side.BASE: "before", Side.HEAD: "after"}


def routes_json(revision: Revision, routes: Sequence[Route]) -> str:
    """The table of routes for programs."""
    rows = [route_shape(route) for route in routes]
    return dump({"schema": "routeproof.routes/1", "revision": revision_shape(revision), "routes": rows})


def routes_text(routes: Sequence[Route]) -> str:
    """The table of routes for people: a heading for each cluster and class or parent, a line for each route."""
    lines: list[str] = []
    heading = None
    for route in routes:
        if heading != (route.cluster, route.class_name):
            heading = (route.cluster, route.class_name)
            lines += ["", visible(_heading(route))] if lines else [visible(_heading(route))]
        claim = route.claim
        only = f" ({', '.join(map(clip, claim.only))})" if claim.only else ""
        request = f"{claim.host or '*'}{path_words(claim.path, claim.match)}{only}"
        answer = answer_words(claim.answer) + (" (default backend)" if claim.answer.kind is AnswerKind.DEFAULT else "")
        lines.append(visible(f"  {request}  ->  {answer}  ({claim.file}:{claim.at.line})"))
    return "\n".join([*lines, *([""] if lines else []), counted(len(routes), "route")]) + "\n"


def _heading(route: Route) -> str:
    parts = (
        f"cluster {route.cluster}" if route.cluster else "",
        class_words(route.class_name),
    )
    return f"{', '.join(part for part in parts if part)} (answered as {route.controller})"


def answers_json(request: Request, answers: Mapping[Side, Sequence[LaneAnswer]]) -> str:
    """The answer to a request: of the head at the top level, of each cluster and class under `lanes`."""
    head = answers[Side.HEAD]
    value: Shape = {
        "schema": "routeproof.route/1",
        "request": request_shape(request),
        "answer": answer_shape(head[0].answer if head else Answer(AnswerKind.NONE, status=404)),
        "trace": list(head[0].trace) if head else [],
        "lanes": [_lane_shape(each) for each in head],
    }
    if Side.BASE in answers:
        value["before"] = [_lane_shape(each, Side.BASE) for each in answers[Side.BASE]]
    return dump(value)


def _lane_shape(said: LaneAnswer, side: Side = Side.HEAD) -> Shape:
    return {
        "cluster": said.lane.cluster,
        "controller": said.lane.controller,
        "class_name": said.lane.class_name,
        "answer": answer_shape(said.answer, side),
        "trace": list(said.trace),
    }


def answers_text(request: Request, answers: Mapping[Side, Sequence[LaneAnswer]]) -> str:
    """The answer to a request for people, with the steps that led to it."""
    lines = [str(request)]
    for side, said in answers.items():
        prefix = f"{WORDS[side]}: " if len(answers) > 1 else ""
        if not said:
            lines.append(f"{prefix}404, since nothing that routes is there")
        for each in said:
            where = _where(each)
            lines.append(f"{prefix}{answer_words(each.answer)}" + (f"  ({where})" if where else ""))
            lines += [f"  {step}" for step in each.trace]
            if each.answer.at is not None:
                lines.append(f"  {each.answer.at}")
    return "\n".join(visible(line) for line in lines) + "\n"


def _where(said: LaneAnswer) -> str:
    """Who says it; where nobody answers, they all say the same."""
    if said.answer.kind is AnswerKind.NONE:
        return ""
    cluster, name = said.lane.cluster, said.lane.class_name
    return ", ".join([*([f"cluster {cluster}"] if cluster else []), *([class_words(name)] if name else [])])
