"""Pure. Settings of the service that belong together: what contradicts, and what follows from another."""

import re
from collections.abc import Mapping
from typing import Any

_API, _WEB = "ROUTEPROOF_GITHUB_API", "ROUTEPROOF_GITHUB_WEB"
_ALL, _ONE = "ROUTEPROOF_MIRRORS_MEGABYTES", "ROUTEPROOF_REPOSITORY_MEGABYTES"
MIRRORS, REPOSITORY = 20_480, 4_096  # megabytes, where nothing else is said
_PUBLIC = {"https://github.com": "https://api.github.com"}


def contradictions(values: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    """What is wrong with settings together; `sources` also knows those that were given with a fault of their own."""
    given = frozenset(sources)
    faults = []
    if "app_id" in given and "private_key" not in given:
        faults.append("ROUTEPROOF_APP_ID: needs ROUTEPROOF_PRIVATE_KEY or ROUTEPROOF_PRIVATE_KEY_FILE beside it")
    if "private_key" in given and "app_id" not in given:
        faults.append(f"{sources['private_key'].removeprefix('from ')}: needs ROUTEPROOF_APP_ID beside it")
    if "token" in given and given & {"app_id", "private_key"}:
        faults.append("ROUTEPROOF_TOKEN: an App is set too; unset one of the two")
    if "webhook_secret_old" in given and "webhook_secret" not in given:
        faults.append("ROUTEPROOF_WEBHOOK_SECRET_OLD: needs ROUTEPROOF_WEBHOOK_SECRET beside it")
    if "github_web" in values and "github_api" not in given and _api_of(values["github_web"]) is None:
        faults.append(f"{_WEB}: needs {_API} beside it")
    if "github_api" in values and "github_web" not in given and _web_of(values["github_api"]) is None:
        faults.append(f"{_API}: needs {_WEB} beside it")
    if "mirrors_megabytes" in values and values.get("repository_megabytes", 0) > values["mirrors_megabytes"]:
        faults.append(f"{_ONE}: is more than {_ALL}, which is for all working copies together")
    return faults


def is_public(api: str) -> bool:
    """Whether this is GitHub's own service, whose limits hold; an Enterprise Server has none by default."""
    return bool(re.fullmatch(r"https://api\.(?:github|[a-z0-9-]+\.ghe)\.com", api))


def completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """With what follows from other settings: the other address of GitHub, and no pauses where it has no limits.

    One working copy may not take more than all; the one of the two sizes that is given goes before a default.
    """
    found = dict(values)
    if "github_web" in found and "github_api" not in found:
        found["github_api"] = _api_of(found["github_web"])
    elif "github_api" in found and "github_web" not in found:
        found["github_web"] = _web_of(found["github_api"])
    if "mirrors_megabytes" in found and "repository_megabytes" not in found:
        found["repository_megabytes"] = min(REPOSITORY, found["mirrors_megabytes"])
    elif "repository_megabytes" in found and "mirrors_megabytes" not in found:
        found["mirrors_megabytes"] = max(MIRRORS, found["repository_megabytes"])
    if "github_api" in found and not is_public(found["github_api"]):
        found = {"write_pause": 0.0, "writes_per_hour": 0, **found}
    return found


def _api_of(web: str) -> str | None:
    """The API of a GitHub: github.com, a ghe.com, or an Enterprise Server, which has no path of its own."""
    if web in _PUBLIC:
        return _PUBLIC[web]
    hosted = re.fullmatch(r"https://([a-z0-9-]+\.ghe\.com)", web)
    if hosted:
        return f"https://api.{hosted[1]}"
    return f"{web}/api/v3" if re.fullmatch(r"https?://[^/]+", web) else None


def _web_of(api: str) -> str | None:
    for web, known in _PUBLIC.items():
        if api == known:
            return web
    hosted = re.fullmatch(r"https://api\.([a-z0-9-]+\.ghe\.com)", api)
    if hosted:
        return f"https://{hosted[1]}"
    server = re.fullmatch(r"(https?://[^/]+)/api/v3", api)
    return server[1] if server else None
