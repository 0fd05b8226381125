"""docs/configuration.md and the JSON Schema of the policy file, from the pydantic models and the table of settings."""

import json
from pathlib import Path
from typing import Any

from bot import catalogue
from bot.finding import code
from bot.policy.schema import DEFAULTS, POLICY_FILE, Policy
from bot.settings import SETTINGS
from tests.docs.markdown import NOTE, table

EXAMPLE = Path(__file__).parent / "example-policy.yml"

_INTRODUCTION = f"""\
Two things are configured: the *policy*, a file in the reviewed repository, and the *settings* of the machine that runs
Routeproof. `routeproof config check` reads both and says what is wrong with them, all at once, with file, line and
what was probably meant; with `--show` it prints what holds and where each value comes from. With `--service` it looks
at the settings of the service too, and at the chat file that they name; secrets are shown as `***`.

## The policy file

`{POLICY_FILE}` in the reviewed repository. A review reads it from the **base** of the comparison: a
pull request that changes its own policy is judged by the policy it wants to change, and the report says so. No file is
a policy too: every key has a default. Values come from, first to last:

1. options of the command, such as `--fail-on`
2. the policy file of the reviewed repository
3. the policy file that `ROUTEPROOF_CONFIG` names
4. `config/default-policy.yml`, shipped with Routeproof

A key is taken whole from the first that sets it, except that the entries of `clusters`, `controllers` and `rules` and
the keys under `paths`, `elsewhere` and `hosts` are taken one by one.

A policy file with a fault is not used at all. The defaults hold instead, each fault is told as a Problem, and the
conclusion is `neutral` at best: a typo never weakens a review in silence.

For completion and checks in an editor, put this on the first line (the path or address of the file that ships with
Routeproof):

```yaml
# yaml-language-server: $schema=config/schemas/policy.schema.json
```

### Example

"""


def page() -> str:
    """docs/configuration.md."""
    schema = _schema()
    source = "the descriptions in bot/policy/schema.py and bot/settings/table.py"
    sections = [_section(name, part, schema) for name, part in schema["properties"].items() if "$ref" in part]
    top = table(("key", "value", "default", "meaning"), _rows(schema, _dumped(), links=True))
    return (
        f"# Configuration\n\n{NOTE.format(source=source)}\n{_INTRODUCTION}"
        f"```yaml\n{EXAMPLE.read_text(encoding='utf-8')}```\n\n### Keys\n\n{top}\n"
        f"{''.join(section for section in sections if section)}{_settings()}"
    )


def policy_schema() -> str:
    """config/schemas/policy.schema.json: the model's schema with written defaults and the ids that are known."""
    schema = _schema()
    rules = schema["properties"]["rules"]
    rules["propertyNames"] = {"enum": [rule.id for rule in catalogue.rules()]}
    schema["properties"]["controllers"]["additionalProperties"] = {"enum": sorted(catalogue.kit().known.controllers)}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Routeproof policy"}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"


def _dumped() -> dict[str, Any]:
    return DEFAULTS.model_dump(mode="json", by_alias=True)


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = _plain(Policy.model_json_schema(by_alias=True))
    for name, default in _dumped().items():
        schema["properties"][name]["default"] = default
    return schema


def _plain(node: Any) -> Any:
    """Without the titles that pydantic makes of the names, and with descriptions on one line."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(item) for key, item in node.items() if key != "title" or not isinstance(item, str)}
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    return kept


def _part(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def _section(name: str, node: dict[str, Any], schema: dict[str, Any]) -> str:
    part = _part(node, schema)
    if "properties" not in part:
        return ""
    rows = list(_rows(part, _dumped()[name], prefix=f"{name}."))
    for key, inner in part["properties"].items():
        item = _part(inner.get("items", {}), schema)
        if "properties" in item:
            unset = {each: made.get("default", "required") for each, made in item["properties"].items()}
            rows += _rows(item, unset, prefix=f"{name}.{key}[].")
    return f"### {name}\n\n{part['description']}\n\n{table(('key', 'value', 'default', 'meaning'), rows)}\n"


def _rows(part: dict[str, Any], defaults: dict[str, Any], *, prefix: str = "", links: bool = False) -> Any:
    schema = part if links else {"$defs": {}}
    for name, node in part["properties"].items():
        target = _part(node, schema)
        nested = "properties" in target
        shown = f"[`{name}`](#{name})" if nested else f"`{prefix}{name}`"
        default = "" if nested else f"`{json.dumps(defaults[name]) if defaults[name] in ([], {}) else defaults[name]}`"
        yield shown, _type({**target, **node}), default, node["description"]


def _type(node: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"] if value is not False)
    if "additionalProperties" in node and isinstance(node["additionalProperties"], dict):
        return f"map: name to {_type(node['additionalProperties'])}"
    if "$ref" in node.get("items", {}):
        return "list of maps"
    names = {"array": "list of texts", "integer": "number", "object": "map", "string": "text"}
    return names[node["type"]]


def _settings() -> str:
    rows = [(" or ".join(map(code, setting.variables)), setting.default, setting.description) for setting in SETTINGS]
    return (
        "## Settings\n\n"
        "Environment variables. An empty one counts as unset. A variable that is nearly one of these is a fault, with "
        "the name that was probably meant.\n\n"
        f"{table(('variable', 'default', 'meaning'), rows)}"
    )
