"""Objects that make a Secret: the Secret itself, and those from which a controller in the cluster makes one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.ingress.fields import Fields
from bot.ingress.model import Meta, SecretSource, Text
from bot.manifest.template import lowered

Route = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maker:
    """How one kind names the Secret it makes.

    `name` leads to the field with the name; where it is empty or not set and `own` holds, the Secret is named like the
    object. `namespace` leads to the Secret's namespace where the kind may choose one.
    """

    groups: tuple[str, ...]
    name: Route = ()
    own: bool = True
    namespace: Route = ()


MAKERS = {
    "Secret": Maker(("",)),
    "SealedSecret": Maker(("bitnami.com",), ("spec", "template", "metadata", "name")),
    "ExternalSecret": Maker(("external-secrets.io", "kubernetes-client.io"), ("spec", "target", "name")),
    "Certificate": Maker(("cert-manager.io", "certmanager.k8s.io"), ("spec", "secretName"), own=False),
    "VaultStaticSecret": Maker(("secrets.hashicorp.com",), ("spec", "destination", "name"), own=False),
    "VaultDynamicSecret": Maker(("secrets.hashicorp.com",), ("spec", "destination", "name"), own=False),
    "VaultPKISecret": Maker(("secrets.hashicorp.com",), ("spec", "destination", "name"), own=False),
    "VaultSecret": Maker(("ricoberger.de",)),
    "InfisicalSecret": Maker(
        ("secrets.infisical.com",),
        ("spec", "managedSecretReference", "secretName"),
        own=False,
        namespace=("spec", "managedSecretReference", "secretNamespace"),
    ),
    "DopplerSecret": Maker(
        ("secrets.doppler.com",),
        ("spec", "managedSecret", "name"),
        own=False,
        namespace=("spec", "managedSecret", "namespace"),
    ),
    "OnePasswordItem": Maker(("onepassword.com",)),
    "AzureKeyVaultSecret": Maker(("spv.no",), ("spec", "output", "secret", "name"), own=False),
}


def read_secret(meta: Meta, root: Fields) -> Iterator[SecretSource]:
    """The Secret that an object of one of the kinds makes, if it makes one.

    Nothing else of it is kept: annotations may hold the values (kubectl writes the last applied object into one).
    """
    maker = MAKERS[meta.kind]
    named = _follow(root, maker.name) if maker.name else None
    name = named.value if named and named.value else meta.name.value if maker.own else ""
    if not name:
        return
    meta = replace(meta, annotations=(), labels=())
    namespace = _follow(root, maker.namespace) if maker.namespace else None
    if namespace and namespace.value:
        meta = replace(meta, namespace=namespace)
    yield SecretSource(meta, name, _hosts(root) if meta.kind == "Certificate" else ())


def _follow(fields: Fields, route: Route) -> Text | None:
    """The text at the end of a route through objects."""
    for name in route[:-1]:
        inner = fields.mapping(name)
        if inner is None:
            return None
        fields = inner
    return fields.text(route[-1])


def _hosts(root: Fields) -> tuple[str, ...]:
    spec = root.mapping("spec")
    names = [lowered(text.value) for _, text, _ in spec.texts("dnsNames")] if spec else []
    common = spec.text("commonName") if spec else None
    return tuple(dict.fromkeys([lowered(common.value), *names] if common and common.value else names))
