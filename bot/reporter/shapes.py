"""Pure. The public JSON shapes (routeproof.review/1, routeproof.audit/1 and their parts) and how they are written.

The shapes are a contract: `config/schemas/` describes every field; a name here is never changed, only added to.
"""

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import msgspec

from bot.diff.change import Change, RouteChange
from bot.finding import Finding, ObjectRef, Place, UnitRef
from bot.problem import Problem
from bot.reporter import Context, Subject
from bot.reporter.patch import patch_of
from bot.routing.answer import Answer
from bot.routing.request import Request
from bot.source import Location, Side
from bot.verdict import Revision, Route, Stats

Shape = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")
# Characters that JSON allows raw and that would disturb a terminal or mislead a reader.
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")


def dump(document: Any) -> str:
    """The document as JSON text of valid UTF-8, indented, with unseen characters as escapes."""
    text = _SURROGATE.sub("\ufffd", json.dumps(document, ensure_ascii=False))
    text = _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return msgspec.json.format(text, indent=2) + "\n"  # many times faster than json.dumps with an indent


def tool_shape(context: Context) -> Shape:
    """Who made the document."""
    return {"name": "routeproof", "version": context.tool_version}


def revision_shape(revision: Revision) -> Shape:
    """A state of the repository."""
    return {"rev": revision.rev, "sha": revision.sha}


def location_shape(location: Location | None) -> Shape | None:
    """A span of a file."""
    if location is None:
        return None
    line, column, end_line, end_column = location.span
    where = {"file": location.file, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
    return {**where, "side": str(location.side)}


def unit_shape(unit: UnitRef | None, location: Location | None) -> Shape | None:
    """What brings an object; where nothing tells, the folder of its file."""
    if unit is None and location is not None:
        folder = PurePosixPath(location.file).parent
        unit = UnitRef("plain", folder.name or ".", str(folder))
    return {"kind": unit.kind, "name": unit.name, "path": unit.path} if unit is not None else None


def object_shape(ref: ObjectRef) -> Shape:
    """An object by its identity."""
    return {"api_version": ref.api_version, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def request_shape(request: Request) -> Shape:
    """A request that anyone can make; a header that is given twice is joined as HTTP joins it."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return {"method": request.method, "url": request.url, "headers": headers}


def answer_shape(answer: Answer, side: Side = Side.HEAD) -> Shape:
    """An answer on one side of the change; what its treatment does not set is absent."""
    at = replace(answer.at, side=side) if answer.at is not None else None
    return {
        "kind": str(answer.kind),
        "backend": answer.backend,
        "status": answer.status,
        "location": answer.location,
        "ingress": str(answer.ingress) if answer.ingress is not None else None,
        "treatment": dict(answer.treatment.items()),
        "why": answer.why,
        "at": location_shape(at),
    }


def change_shape(change: Change) -> Shape:
    """One typed difference of one object."""
    return {
        "kind": str(change.kind),
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "severity": str(change.severity),
        "object": object_shape(change.object),
        "cluster": change.cluster,
        "unit": unit_shape(change.unit, change.location),
        "location": location_shape(change.location),
    }


def route_change_shape(route: RouteChange) -> Shape:
    """Requests whose answer differs."""
    return {
        "cluster": route.cluster,
        "controller": route.controller,
        "class_name": route.class_name,
        "class_before": route.class_before,
        "host": route.host,
        "path": route.path,
        "match": str(route.match),
        "except": list(route.except_),
        "complete": route.complete,
        "witness": request_shape(route.witness),
        "before": answer_shape(route.before, Side.BASE),
        "after": answer_shape(route.after),
        "unit": unit_shape(route.unit, route.after.at or route.before.at),
    }


def route_shape(route: Route) -> Shape:
    """One row of the table of routes; `host` is "*" for all hosts, as in route changes."""
    claim = route.claim
    return {
        "cluster": route.cluster,
        "controller": route.controller,
        "class_name": route.class_name,
        "host": claim.host or "*",
        "path": claim.path,
        "match": str(claim.match),
        "conditions": list(claim.only),
        "answer": answer_shape(claim.answer),
        "object": object_shape(claim.ingress),
        "unit": unit_shape(route.unit, Location(claim.file, claim.at)),
        "location": location_shape(Location(claim.file, claim.at)),
    }


def finding_shape(finding: Finding, context: Context) -> Shape:
    """What a rule says; `object`, `unit` and `location` are those of its first place."""
    patch = patch_of(finding.fix, context) if finding.fix is not None else None
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "from_values": finding.from_values,
        "state": str(finding.state),
        "message": finding.message,
        "remedy": finding.remedy,
        "subject": finding.subject,
        **place_shape(finding.place),
        "places": [place_shape(place) for place in finding.places],
        "related": [location_shape(location) for location in finding.related],
        "evidence": list(finding.evidence),
        "fix": {"title": finding.fix.title, "patch": patch} if finding.fix is not None and patch else None,
        "docs": context.page_of(finding.rule) or None,
        "fingerprint": finding.fingerprint,
    }


def place_shape(place: Place) -> Shape:
    """Where a finding holds."""
    return {
        "object": object_shape(place.object),
        "cluster": place.cluster,
        "unit": unit_shape(place.unit, place.location),
        "location": location_shape(place.location),
    }


def problem_shape(problem: Problem) -> Shape:
    """What was not examined."""
    return {
        "kind": str(problem.kind),
        "message": problem.message,
        "location": location_shape(problem.location),
        "unit": problem.unit,
        "remedy": problem.remedy,
        "touched": problem.touched,
    }


def stats_shape(stats: Stats) -> Shape:
    """How much was looked at, on both sides."""
    return {
        "files": stats.files,
        "units": stats.units,
        "ingresses": {"before": stats.ingresses_before, "after": stats.ingresses_after},
        "route_objects": {"before": stats.routes_before, "after": stats.routes_after},
        "hosts": {"before": stats.hosts_before, "after": stats.hosts_after},
        "cache": {"hits": stats.cache_hits, "misses": stats.cache_misses},
        "seconds": stats.seconds,
    }


def judgement_shape(subject: Subject, context: Context) -> Shape:
    """The part that reviews and audits have in common."""
    return {
        "findings": [finding_shape(finding, context) for finding in subject.findings],
        "problems": [problem_shape(problem) for problem in subject.problems],
        "assumptions": list(subject.assumptions),
    }
