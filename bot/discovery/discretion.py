"""What directs deployments, without the secrets that it holds: it is kept between runs.

A variable that holds a secret stays as it is written, as if a Secret told it. In values each secret is a mask, so that
two that differ are told apart.
"""

import json
from dataclasses import replace

from bot.manifest.masking import kept
from bot.manifest.secrecy import is_secret, may_tell, sealed, told, without_secrets
from bot.manifest.secret_keys import BY_NAME, Holds, holds, key_of
from bot.reading import ApplicationSet, Deployment, RemoteChart, Repository, Settings

Pairs = tuple[tuple[str, str], ...]


def of_deployment(deployment: Deployment) -> Deployment:
    """A Deployment without secrets."""
    return replace(
        deployment,
        repository=without_secrets(deployment.repository),
        variables=_public(deployment.variables),
        inner_variables=_public(deployment.inner_variables),
        values=_json(deployment.values),
    )


def of_chart(chart: RemoteChart) -> RemoteChart:
    """What a release installs from elsewhere, without secrets."""
    return replace(chart, deployment=of_deployment(chart.deployment))


def of_set(made: ApplicationSet) -> ApplicationSet:
    """An ApplicationSet without secrets."""
    return replace(made, spec=_json(made.spec))


def of_repository(repository: Repository) -> Repository:
    """A source without the password that its URL may have."""
    return replace(repository, url=without_secrets(repository.url))


def of_settings(settings: Settings) -> Settings:
    """A ConfigMap without the variables that hold secrets."""
    return replace(settings, values=_public(settings.values))


def _public(pairs: Pairs) -> Pairs:
    return tuple((key, value) for key, value in pairs if told(key, value) == value)


def _json(text: str) -> str:
    return json.dumps(_without(json.loads(text)), sort_keys=True) if may_tell(text) else text


def _without(value: object, key: str = "") -> object:
    """A value of JSON without secrets, given the secret-like key that it stands under."""
    match value:
        case dict():
            names = (name for each in BY_NAME if isinstance(name := value.get(each), str))
            named = next((name for name in names if holds(name) is not Holds.NOTHING), "")
            return {
                name: _without(each, key_of(key, name, named, deep=isinstance(each, dict)))
                for name, each in value.items()
            }
        case list():
            return [_without(each, key) for each in value]
        case str():
            return kept(value) if "\n" in value and not is_secret(key, value) else told(key, value)
        case int() | float() if is_secret(key, str(value)):
            return sealed(str(value))
    return value
