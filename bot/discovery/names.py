"""The names that kustomizations put a prefix or a suffix on, and the references that kustomize takes along.

It takes along those from an Ingress to a Service or a Secret of the same build. IngressClasses keep their written
names here, though kustomize renames them: whether it takes their references along depends on its version.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.discovery.namespaces import in_namespace, with_namespace
from bot.discovery.plan import Placement, Plan, Unit
from bot.discovery.substitution import substituted
from bot.ingress.model import Backend, HostRule, Ingress, Meta, SecretSource, ServiceBackend, Text
from bot.reading import Reading

_SERVICE, _SECRET = "Service", "Secret"
# Of all that makes a Secret, these alone are Secrets to kustomize.
_SECRETS = frozenset({"Secret", "SecretGenerator"})


class Names:
    """What the objects are called that the units of one plan build."""

    def __init__(self, plan: Plan, readings: Mapping[str, Reading]) -> None:
        self._units = frozenset(
            each.unit
            for placements in (plan.placements, plan.generators)
            for made in placements.values()
            for each in made
            if each.prefix or each.suffix
        )
        self._known: dict[tuple[Unit, str, str, str], dict[tuple[str, str], str]] = {}
        for path, reading in readings.items() if self._units else ():
            for placement in plan.placements_of(path) if reading.services or reading.secrets else ():
                if placement.unit in self._units:
                    self._note(_spaced(reading, placement), placement)

    def placed(self, reading: Reading, placement: Placement) -> Reading:
        """What a unit makes of a reading: in its namespace, under its names, its variables filled in.

        The same value where nothing changes.
        """
        here = _spaced(reading, placement)
        if placement.unit in self._units:
            here = self._named(here, placement)
        return substituted(here, placement.variables)

    def _named(self, here: Reading, placement: Placement) -> Reading:
        return replace(
            here,
            ingresses=tuple([self._ingress(each, placement) for each in here.ingresses]),
            services=tuple([replace(each, meta=_meta(each.meta, placement)) for each in here.services]),
            secrets=tuple([_secret(each, placement) for each in here.secrets]),
            # kustomize takes no reference of a route along.
            routes=tuple([replace(each, meta=_meta(each.meta, placement)) for each in here.routes]),
            gateways=tuple([replace(each, meta=_meta(each.meta, placement)) for each in here.gateways]),
            grants=tuple([replace(each, meta=_meta(each.meta, placement)) for each in here.grants]),
            filter_sets=tuple([replace(each, meta=_meta(each.meta, placement)) for each in here.filter_sets]),
        )

    def _note(self, reading: Reading, placement: Placement) -> None:
        names = [(_SERVICE, each.meta.key) for each in reading.services]
        names += [
            (_SECRET, (each.meta.namespace.value, each.secret))
            for each in reading.secrets
            if each.meta.kind in _SECRETS
        ]
        for kind, (namespace, name) in names:
            chains = self._known.setdefault((placement.unit, kind, namespace, name), {})
            chains[placement.prefix, placement.suffix] = _name(name, placement)

    def _called(self, kind: str, namespace: str, name: str, placement: Placement) -> str:
        """What a reference says: the object with the same prefix and suffix before the only other one of that name."""
        chains = self._known.get((placement.unit, kind, namespace, name), {})
        own = chains.get((placement.prefix, placement.suffix))
        if own is not None:
            return own
        return next(iter(chains.values())) if len(chains) == 1 else name

    def _ingress(self, ingress: Ingress, placement: Placement) -> Ingress:
        namespace = ingress.meta.namespace.value

        def led(backend: Backend | None) -> Backend | None:
            if isinstance(backend, ServiceBackend):
                return replace(backend, name=self._called(_SERVICE, namespace, backend.name, placement))
            return backend

        def rule(each: HostRule) -> HostRule:
            return replace(each, paths=tuple([replace(path, backend=led(path.backend)) for path in each.paths]))

        def secret(text: Text | None) -> Text | None:
            return Text(self._called(_SECRET, namespace, text.value, placement), text.at) if text else None

        return replace(
            ingress,
            meta=_meta(ingress.meta, placement),
            rules=tuple([rule(each) for each in ingress.rules]),
            tls=tuple([replace(each, secret=secret(each.secret)) for each in ingress.tls]),
            default_backend=led(ingress.default_backend),
        )


def _spaced(reading: Reading, placement: Placement) -> Reading:
    return with_namespace(in_namespace(reading, placement.namespace), placement.unnamed)


def _name(name: str, placement: Placement) -> str:
    return f"{placement.prefix}{name}{placement.suffix}"


def _meta(meta: Meta, placement: Placement) -> Meta:
    if not (placement.prefix or placement.suffix):
        return meta
    return replace(meta, name=Text(_name(meta.name.value, placement), meta.name.at))


def _secret(source: SecretSource, placement: Placement) -> SecretSource:
    meta = _meta(source.meta, placement)
    return replace(
        source, meta=meta, secret=_name(source.secret, placement) if meta.kind in _SECRETS else source.secret
    )
