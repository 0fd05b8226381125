"""Edge: environment and flags as one frozen Settings; all faults at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bot.errors import UserError
from bot.settings.read import Color
from bot.settings.secret import Secret
from bot.settings.service import MIRRORS, REPOSITORY, completed, contradictions, is_public
from bot.settings.table import COMMAND, SETTINGS, Setting

__all__ = ["SETTINGS", "Color", "Secret", "ServiceSettings", "Setting", "Settings", "read_service", "read_settings"]

PREFIX = "ROUTEPROOF_"
# What Kubernetes sets in every pod beside a Service whose name begins with `routeproof`.
_KUBERNETES = re.compile(r"(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)")


@dataclass(frozen=True)
class Settings:
    """What the environment and the flags say. `cache_dir` is None where there is no cache.

    `sources` tells by name where each value comes from, for people.
    """

    cache_dir: Path | None = None
    color: Color = Color.AUTO
    config: Path | None = None
    docs_url: str = ""
    kustomize: str = ""
    chart_repositories: tuple[str, ...] = ()
    review_seconds: int = 120
    review_megabytes: int = 2048
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def explain(self) -> tuple[str, ...]:
        """A line for each setting: `name = value (where it comes from)`; a secret is masked."""
        lines = []
        for setting in SETTINGS:
            if hasattr(self, setting.name):
                value = getattr(self, setting.name)
                shown = "none" if value in (None, "", ()) else " ".join(value) if isinstance(value, tuple) else value
                lines.append(f"{setting.name} = {shown} ({self.sources.get(setting.name, 'default')})")
        return tuple(lines)


@dataclass(frozen=True)
class ServiceSettings(Settings):
    """What the service needs besides. It is an App (`app_id` and `private_key`), has a `token`, or is not set up."""

    app_id: int | None = None
    private_key: Secret | None = None
    token: Secret | None = None
    webhook_secret: Secret | None = None
    webhook_secret_old: Secret | None = None
    github_api: str = "https://api.github.com"
    github_web: str = "https://github.com"
    database_url: Secret | None = None
    data_dir: Path = Path("/var/lib/routeproof")
    port: int = 8080
    workers: int = 2
    worker_name: str = ""
    mirrors_megabytes: int = MIRRORS
    repository_megabytes: int = REPOSITORY
    fetch_seconds: int = 600
    drafts: bool = True
    chat_config: Path | None = None
    write_pause: float = 1.0
    writes_per_hour: int = 500

    @property
    def webhook_secrets(self) -> tuple[Secret, ...]:
        """All secrets that a delivery may be signed with; none where the endpoint is closed."""
        return tuple(each for each in (self.webhook_secret, self.webhook_secret_old) if each is not None)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret there is, for whoever must keep them out of what is shown."""
        found = (self.private_key, self.token, *self.webhook_secrets, self.database_url)
        return tuple(each for each in found if each is not None)

    @property
    def public(self) -> bool:
        """Whether it is GitHub's own service and not an Enterprise Server."""
        return is_public(self.github_api)

    @property
    def can_write(self) -> bool:
        """Whether there is an identity to work with."""
        return self.app_id is not None or self.token is not None


def read_settings(environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Settings:
    """What every command needs, from the environment; a flag (by the setting's name) goes before it.

    Variables of the service are not looked at: a `DATABASE_URL` of somebody else's is no fault of a review.

    Raises:
        UserError: with all faults at once.
    """
    values, sources, faults = _read(COMMAND, environ, flags or {})
    _raise(faults)
    return Settings(**values, sources=sources)


def read_service(environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> ServiceSettings:
    """What the service needs, from the environment; a flag (by the setting's name) goes before it.

    Raises:
        UserError: with all faults at once; it quotes no secret.
    """
    values, sources, faults = _read(SETTINGS, environ, flags or {})
    values = {"data_dir": _default_data(environ), **values}
    _raise([*faults, *contradictions(values, sources)])
    return ServiceSettings(**completed(values), sources=sources)


def _raise(faults: list[str]) -> None:
    if faults:
        raise UserError("\n".join(faults), "docs/configuration.md lists every setting.")


def _read(
    table: tuple[Setting, ...], environ: Mapping[str, str], flags: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """The values that are given, where each comes from, and what is wrong with them."""
    values: dict[str, Any] = {"cache_dir": _default_cache(environ)}
    sources: dict[str, str] = {}
    faults: list[str] = []
    for setting in table:
        found = _find(setting, environ, flags)
        if found is None:
            continue
        variable, text, source = found
        sources[setting.name] = source
        try:
            values[setting.name] = setting.read(variable, text)
        except ValueError as error:
            faults.append(f"{source.removeprefix('from ')}: {repr(text) if setting.shown else 'the value'} {error}")
    return values, sources, faults + _misspelt(table, environ)


def _find(setting: Setting, environ: Mapping[str, str], flags: Mapping[str, str]) -> tuple[str, str, str] | None:
    if setting.name in flags:
        return "", flags[setting.name], f"from {setting.option}"
    name = next((name for name in setting.variables if environ.get(name)), None)
    return None if name is None else (name, environ[name], f"from {name}")


def _misspelt(table: tuple[Setting, ...], environ: Mapping[str, str]) -> list[str]:
    """Variables that are nearly ours. Others with our prefix are none of our business."""
    exact = {name for setting in SETTINGS for name in setting.variables}
    known = [name.removeprefix(PREFIX) for setting in table for name in setting.variables if name.startswith(PREFIX)]
    faults = []
    for name in sorted(set(environ) - exact):
        rest = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and not _KUBERNETES.fullmatch(rest):
            near = get_close_matches(rest, known, n=1, cutoff=0.7)
            faults += [f"{name}: no setting is called so. Did you mean {PREFIX}{near[0]}?"] if near else []
    return faults


def _default_cache(environ: Mapping[str, str]) -> Path | None:
    return _xdg(environ, "XDG_CACHE_HOME", ".cache")


def _default_data(environ: Mapping[str, str]) -> Path:
    return _xdg(environ, "XDG_DATA_HOME", ".local/share") or Path("/var/lib/routeproof")


def _xdg(environ: Mapping[str, str], variable: str, below_home: str) -> Path | None:
    # The XDG specification says that a relative path is to be ignored.
    shared = Path(environ.get(variable, ""))
    home = Path(environ.get("HOME", ""))
    if shared.is_absolute():
        return shared / "routeproof"
    return home / below_home / "routeproof" if home.is_absolute() else None
