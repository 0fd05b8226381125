"""Finds the members of the plural rooms, and the files of config/. Nothing registers itself."""

import importlib
import json
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from bot.annotations.facts import AnnotationFacts
from bot.annotations.load import facts_of
from bot.controller import Controller
from bot.reporter import Reporter, RuleText
from bot.rule import ChangeRule, Kit, Rule, StateRule

_PACKAGE = Path(__file__).parent


def config_folder() -> Path:
    """The folder `config/`: inside the package where installed, beside it in a checkout."""
    installed = _PACKAGE / "_config"
    return installed if installed.is_dir() else _PACKAGE.parent / "config"


def schema(name: str) -> dict[str, Any]:
    """A shipped JSON Schema, such as `review`."""
    loaded: dict[str, Any] = json.loads((config_folder() / "schemas" / f"{name}.schema.json").read_bytes())
    return loaded


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id."""
    return tuple(_member(module, "RULE", (StateRule, ChangeRule)) for module in _modules("rules"))


@cache
def controllers() -> dict[str, Controller]:
    """Every dialect, by id."""
    found = (_member(module, "CONTROLLER", (Controller,)) for module in _modules("controllers"))
    return {controller.id: controller for controller in found}


@cache
def reporter_ids() -> tuple[str, ...]:
    """The formats that can be asked for, without importing them."""
    return tuple(sorted(info.name.replace("_", "-") for info in iter_modules([str(_PACKAGE / "reporters")])))


def reporter(name: str) -> Reporter:
    """One reporter; only its own module is imported."""
    module = importlib.import_module(f"bot.reporters.{name.replace('-', '_')}")
    found: Reporter = _member(module, "REPORTER", (Reporter,))
    return found


def page(rule: Rule) -> str:
    """The documentation page of a rule: the docstring of its module."""
    module = importlib.import_module(f"bot.rules.{rule.id.replace('-', '_')}")
    return (module.__doc__ or "").strip()


@cache
def rule_texts() -> dict[str, RuleText]:
    """What reports tell of the rules, by id."""
    return {rule.id: RuleText(rule.title, page(rule), rule.severity) for rule in rules()}


@cache
def facts() -> AnnotationFacts:
    """What config/annotations/ says of annotation keys."""
    folder = config_folder() / "annotations"
    return facts_of((folder / "conflicts.json").read_bytes(), (folder / "protections.json").read_bytes())


def kit() -> Kit:
    """All that the core works with."""
    return Kit(rules=rules(), controllers=controllers(), facts=facts())


def _modules(room: str) -> list[ModuleType]:
    names = sorted(info.name for info in iter_modules([str(_PACKAGE / room)]))
    return [importlib.import_module(f"bot.{room}.{name}") for name in names]


def _member(module: ModuleType, constant: str, types: tuple[type, ...]) -> Any:
    member = getattr(module, constant, None)
    if not isinstance(member, types):
        raise TypeError(f"{module.__name__} must expose {constant} as {' or '.join(t.__name__ for t in types)}")
    return member
