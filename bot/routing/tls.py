"""Pure. Which tls entry ends TLS for a host: the server name decides, never the path."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.finding import ObjectRef
from bot.ingress.model import Ingress, TlsEntry, wildcard_of

OWN_CERTIFICATE = "the controller's own certificate"


@dataclass(frozen=True, slots=True)
class Termination:
    """How TLS ends for a host: `certificate` is `namespace/secret`, or words where the entry names no Secret."""

    certificate: str
    ingress: ObjectRef
    name: str  # the name by which the entry covers the host, "" where it names no host

    def __str__(self) -> str:
        by = f"names {self.name}" if self.name else "names no host and so stands for those of its rules"
        return f"TLS ends with {self.certificate}: a tls entry of Ingress {self.ingress} {by}."


class TlsIndex:
    """The tls entries of many Ingresses by server name; of two for one name the first given counts.

    An exact name goes before a wildcard of one label, whichever Ingress has it, as `Ingress.tls_for` does within one.
    Ours: among entries of one name that of an Ingress with a rule for the host goes first, which is what its owner
    means; the API says nothing of it.
    An entry without hosts stands for "the wildcard host setting" of the controller (API); it is read as the hosts of
    its Ingress's rules, and goes after every entry that names the host.
    """

    __slots__ = ("_named", "_own", "_unnamed")

    def __init__(self, ingresses: Iterable[Ingress]) -> None:
        self._named: dict[str, tuple[Ingress, TlsEntry]] = {}
        self._own: dict[tuple[str, str], tuple[Ingress, TlsEntry]] = {}  # by name and by a host of the same Ingress
        self._unnamed: dict[str, tuple[Ingress, TlsEntry]] = {}
        for ingress in ingresses:
            covers: dict[str, list[str]] = {}
            for pattern in ingress.hosts if ingress.tls else ():
                for name in {pattern, wildcard_of(pattern)}:
                    covers.setdefault(name, []).append(pattern)
            for entry in ingress.tls:
                for host in entry.hosts:
                    self._named.setdefault(host.value, (ingress, entry))
                    for pattern in covers.get(host.value, ()):
                        self._own.setdefault((host.value, pattern), (ingress, entry))
                if not entry.hosts:
                    for pattern in ingress.hosts:
                        self._unnamed.setdefault(pattern, (ingress, entry))

    @property
    def names(self) -> Iterable[str]:
        """Every host that an entry names."""
        return self._named.keys()

    def find(self, host: str, pattern: str | None) -> Termination | None:
        """How TLS ends for a host whose rules are those of `pattern`; None where nothing is said of it."""
        for name in (host, wildcard_of(host)):
            if name and name in self._named:
                found = self._own.get((name, pattern or ""), self._named[name])
                return _termination(*found, name)
        if pattern is not None and pattern in self._unnamed:
            return _termination(*self._unnamed[pattern], "")
        return None


def _termination(ingress: Ingress, entry: TlsEntry, name: str) -> Termination:
    ref = ingress.meta.ref
    secret = entry.secret.value if entry.secret else ""
    place = f"{ref.namespace}/" if ref.namespace else ""
    return Termination(f"{place}{secret}" if secret else OWN_CERTIFICATE, ref, name)
