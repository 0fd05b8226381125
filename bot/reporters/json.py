"""Everything, for programs: `routeproof.review/1` and `routeproof.audit/1`."""

from bot.reporter import Context, Reporter, Subject, shapes
from bot.verdict import Audit, Verdict


def _render(subject: Subject, context: Context) -> str:
    return shapes.dump(_audit(subject, context) if isinstance(subject, Audit) else _review(subject, context))


def _review(verdict: Verdict, context: Context) -> shapes.Shape:
    return {
        "schema": "routeproof.review/1",
        "tool": shapes.tool_shape(context),
        "base": shapes.revision_shape(verdict.base),
        "head": shapes.revision_shape(verdict.head),
        "compared": verdict.compared,
        "conclusion": str(verdict.conclusion),
        "fail_on": str(verdict.fail_on),
        "changes": [shapes.change_shape(change) for change in verdict.changes],
        "routes": [shapes.route_change_shape(route) for route in verdict.routes],
        **shapes.judgement_shape(verdict, context),
        "migrations": list(verdict.migrations),
        "stats": shapes.stats_shape(verdict.stats),
    }


def _audit(audit: Audit, context: Context) -> shapes.Shape:
    stats = shapes.stats_shape(audit.stats)
    return {
        "schema": "routeproof.audit/1",
        "tool": shapes.tool_shape(context),
        "revision": shapes.revision_shape(audit.revision),
        "conclusion": str(audit.conclusion),
        "fail_on": str(audit.fail_on),
        "routes": [shapes.route_shape(route) for route in audit.routes],
        **shapes.judgement_shape(audit, context),
        "stats": {**stats, **{name: stats[name]["after"] for name in ("ingresses", "route_objects", "hosts")}},
    }


REPORTER = Reporter("json", "application/json", _render)
