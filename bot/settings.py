"""Edge: environment and flags as one frozen Settings; all faults at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.errors import UserError

PREFIX = "ROUTEPROOF_"


class Color(StrEnum):
    """When output is coloured."""

    AUTO = "auto"  # where the output is a terminal
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: where it comes from, what it means, how its text is read (ValueError says what is wrong).

    The first environment variable that is set and not empty gives the value. `default` is a text for people.
    """

    name: str
    variables: tuple[str, ...]
    description: str
    default: str
    read: Callable[[str, str], Any]


@dataclass(frozen=True)
class Settings:
    """What the environment and the flags say. `cache_dir` is None where there is no cache.

    `sources` tells by name where each value comes from, for people.
    """

    cache_dir: Path | None = None
    color: Color = Color.AUTO
    config: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def explain(self) -> tuple[str, ...]:
        """A line for each setting: `name = value (where it comes from)`."""
        lines = []
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            source = self.sources.get(setting.name, "default")
            lines.append(f"{setting.name} = {'none' if value is None else value} ({source})")
        return tuple(lines)


def read_settings(environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; a flag (by the setting's name) goes before it.

    Raises:
        UserError: with all faults at once.
    """
    values: dict[str, Any] = {"cache_dir": _default_cache(environ)}
    sources: dict[str, str] = {}
    faults: list[str] = []
    for setting in SETTINGS:
        found = _find(setting, environ, flags or {})
        if found is None:
            continue
        variable, text, source = found
        try:
            values[setting.name] = setting.read(variable, text)
        except ValueError as error:
            faults.append(f"{source.removeprefix('from ')}: {text!r} {error}")
        sources[setting.name] = source
    faults += _misspelt(environ)
    if faults:
        raise UserError("\n".join(faults), "docs/configuration.md lists every setting.")
    return Settings(**values, sources=sources)


def _find(setting: Setting, environ: Mapping[str, str], flags: Mapping[str, str]) -> tuple[str, str, str] | None:
    if setting.name in flags:
        return "", flags[setting.name], f"from --{setting.name.replace('_', '-')}"
    name = next((name for name in setting.variables if environ.get(name)), None)
    return None if name is None else (name, environ[name], f"from {name}")


def _misspelt(environ: Mapping[str, str]) -> list[str]:
    """Variables that are nearly ours.

    Others with our prefix are none of our business: Kubernetes sets ROUTEPROOF_PORT and its like in every pod beside
    a Service called `routeproof`.
    """
    known = [name.removeprefix(PREFIX) for setting in SETTINGS for name in setting.variables if name.startswith(PREFIX)]
    faults = []
    for name in sorted(environ):
        rest = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and rest not in known:
            near = get_close_matches(rest, known, n=1, cutoff=0.7)
            faults += [f"{name}: no setting is called so. Did you mean {PREFIX}{near[0]}?"] if near else []
    return faults


def _default_cache(environ: Mapping[str, str]) -> Path | None:
    # The XDG specification says that a relative path is to be ignored.
    shared = Path(environ.get("XDG_CACHE_HOME", ""))
    home = Path(environ.get("HOME", ""))
    if shared.is_absolute():
        return shared / "routeproof"
    return home / ".cache" / "routeproof" if home.is_absolute() else None


def _cache_dir(_variable: str, text: str) -> Path | None:
    return None if text == "off" else _absolute(text)


def _config(_variable: str, text: str) -> Path:
    return Path(text)


def _absolute(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute():
        raise ValueError("is not an absolute path; give one, or `off`")
    return path


def _color(variable: str, text: str) -> Color:
    if variable == "NO_COLOR":
        return Color.NEVER
    if variable == "FORCE_COLOR":
        return Color.ALWAYS
    try:
        return Color(text)
    except ValueError:
        raise ValueError(f"is not one of {', '.join(Color)}") from None


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "cache_dir",
        ("ROUTEPROOF_CACHE_DIR",),
        "Where readings of files are kept between runs: an absolute path, or `off`. Deleting it costs time only.",
        "`$XDG_CACHE_HOME/routeproof`, else `~/.cache/routeproof`",
        _cache_dir,
    ),
    Setting(
        "color",
        ("NO_COLOR", "FORCE_COLOR"),
        "Any value of `NO_COLOR` turns colours off, any value of `FORCE_COLOR` turns them on where the output is no "
        "terminal; `NO_COLOR` goes first.",
        "colours on a terminal",
        _color,
    ),
    Setting(
        "config",
        ("ROUTEPROOF_CONFIG",),
        "A policy file of yours, in the format of the repository's policy file. It fills in what the reviewed "
        "repository does not set.",
        "none: the defaults below",
        _config,
    ),
)
