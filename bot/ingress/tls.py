"""`spec.tls`."""

from bot.ingress.fields import REFUSED, Fields
from bot.ingress.model import Text, TlsEntry
from bot.ingress.names import subdomain_fault
from bot.ingress.rules import check_host
from bot.manifest.template import lowered, symbolic


def read_tls(spec: Fields) -> tuple[TlsEntry, ...]:
    """The tls entries in their order."""
    return tuple(_entry(fields) for fields in spec.mappings("tls"))


def _entry(fields: Fields) -> TlsEntry:
    fields.known(("hosts", "secretName"))
    hosts = []
    for route, host, node in fields.texts("hosts"):
        check_host(fields, route, host, node)
        hosts.append(Text(lowered(host.value), host.at))
    secret = fields.text("secretName")
    if secret and secret.value and not symbolic(secret.value):
        _check_secret(fields, secret.value)
    named = secret if secret and secret.value else None
    return TlsEntry(tuple(hosts), named, fields.document.span(fields.node))


def _check_secret(fields: Fields, name: str) -> None:
    wrong = subdomain_fault(name)
    if wrong:
        route = fields.name("secretName")
        message = f"`{route}` (`{name}`) {wrong}, so no Secret can have this name. {REFUSED}"
        fields.faults.add("secret-name-invalid", message, "Correct the name.", fields.fields["secretName"].value)
