"""GitHub's published description of its API (an extract: openapi.json), as a judge of the requests that are sent."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

PATHS: dict[str, Any] = json.loads((Path(__file__).parent / "openapi.json").read_text())["paths"]


def faults(verb: str, path: str, query: str, body: Any) -> list[str]:
    """What GitHub's description says against a request; it must name every field that is sent."""
    found = [(template, _match(template, path)) for template in PATHS if _match(template, path)]
    operation = next(
        (PATHS[template].get(verb.lower()) for template, _ in found if verb.lower() in PATHS[template]), None
    )
    if operation is None:
        return [f"{verb} {path} is not described"]
    values = dict(parse_qsl(query))
    told = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
    errors = [f"{name} is not a parameter" for name in values if name not in told]
    errors += [error for name, value in values.items() if name in told for error in _value(told[name]["schema"], value)]
    described = operation.get("requestBody")
    if body is None:
        return errors + (["a body is required"] if described and described["required"] else [])
    if described is None:
        return [*errors, "no body is described"]
    validator = jsonschema_rs.Draft4Validator(_closed(described["schema"]))
    return errors + [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(body)]


def _match(template: str, path: str) -> re.Match[str] | None:
    return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)


def _value(schema: Any, text: str) -> list[str]:
    value = int(text) if schema.get("type") == "integer" else text
    return [error.message for error in jsonschema_rs.Draft4Validator(schema).iter_errors(value)]


def _closed(schema: Any) -> Any:
    """The schema, refusing fields that it does not name."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        closed.setdefault("additionalProperties", False)
    return closed
