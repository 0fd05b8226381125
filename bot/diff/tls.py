"""Pure. Changes of TLS, told by host: whether it is covered, and by which Secret."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.diff.change import Change, ChangeKind, Pair
from bot.diff.record import change
from bot.diff.siblings import Place, Siblings
from bot.finding import Severity
from bot.ingress.model import Ingress, TlsEntry, wildcard_of
from bot.source import Side, Span

UNNAMED = "no secret named"  # TLS by a certificate that the controller chooses


@dataclass(frozen=True)
class Cover:
    """The tls entries of one Ingress, by the hosts that they name.

    An entry without hosts covers every host of the Ingress that no other entry names (the API: "defaults to the
    wildcard host setting for the loadbalancer controller").
    """

    named: dict[str, list[TlsEntry]]
    unnamed: list[TlsEntry]

    def entries(self, host: str) -> Sequence[TlsEntry]:
        """The entries that cover a host: by name, else by wildcard, else because they name no host."""
        return self.named.get(host) or self.named.get(wildcard_of(host)) or self.unnamed


def cover_of(ingress: Ingress | None) -> Cover:
    """Index the tls entries of an Ingress."""
    named: dict[str, list[TlsEntry]] = {}
    unnamed: list[TlsEntry] = []
    for entry in ingress.tls if ingress else ():
        if not entry.hosts:
            unnamed.append(entry)
        for text in entry.hosts:
            named.setdefault(text.value, []).append(entry)
    return Cover(named, unnamed)


class Covers:
    """The covers of the pairs, each made once; a host's question goes to all Ingresses that name it."""

    def __init__(self, siblings: Siblings) -> None:
        self._siblings = siblings
        self._made: dict[tuple[int, Side], Cover] = {}
        self._answers: dict[tuple[Place, str], bool] = {}

    def of(self, pair: Pair, side: Side) -> Cover:
        """The cover that one side of a pair gives."""
        key = (id(pair), side)
        if key not in self._made:
            self._made[key] = cover_of(pair.before if side is Side.BASE else pair.after)
        return self._made[key]

    def softened(self, place: Place, host: str) -> Severity | None:
        """Medium where an Ingress there still brings TLS for the host: many controllers then go on with it."""
        key = (place, host)
        if key not in self._answers:
            pairs = self._siblings.new.get(key, ())
            self._answers[key] = any(self.of(pair, Side.HEAD).entries(host) for pair in pairs)
        return Severity.MEDIUM if self._answers[key] else None


def tls_changes(unequal: Iterable[Pair], siblings: Siblings) -> Iterator[Change]:
    """Compare TLS for the hosts that stay, in their Ingress or in another one of the same cluster and class.

    Hosts that come or go as a whole are told as that alone.
    """
    pairs = tuple(unequal)
    covers = Covers(siblings)
    for pair in pairs:
        if pair.before and pair.after and pair.before.tls != pair.after.tls:
            yield from _stayed(pair, pair.before, pair.after, covers, siblings)
    yield from _moved(pairs, covers, siblings)


def _stayed(pair: Pair, before: Ingress, after: Ingress, covers: Covers, siblings: Siblings) -> Iterator[Change]:
    old, new = covers.of(pair, Side.BASE), covers.of(pair, Side.HEAD)
    place = siblings.after(pair)
    named_before, named_after = set(before.hosts), set(after.hosts)
    for host in sorted(named_before & named_after):
        came, left = new.entries(host), old.entries(host)
        yield from _compared(pair, host, left, came, None if came else covers.softened(place, host))
    ruled = named_before | named_after
    for host in sorted((old.named.keys() | new.named.keys()) - ruled - {wildcard_of(each) for each in ruled}):
        # Named for TLS and by no rule: it matters where a wider rule or the default backend answers for it.
        wider = {"", wildcard_of(host)} & named_after or after.default_backend
        severity = None if wider else Severity.INFO
        yield from _compared(pair, host, old.named.get(host, ()), new.named.get(host, ()), severity)
    if not ruled:
        yield from _compared(pair, "", old.unnamed, new.unnamed, None)


def _moved(pairs: Sequence[Pair], covers: Covers, siblings: Siblings) -> Iterator[Change]:
    """Compare hosts that left one Ingress and came to another, all that left with all that came."""
    left: dict[tuple[Place, str], list[Pair]] = {}
    came: dict[tuple[Place, str], list[Pair]] = {}
    for pair in pairs:
        before = set(pair.before.hosts) if pair.before else set()
        after = set(pair.after.hosts) if pair.after else set()
        for host in before - after:
            left.setdefault((siblings.before(pair), host), []).append(pair)
        for host in after - before:
            came.setdefault((siblings.after(pair), host), []).append(pair)
    for place, host in sorted(left.keys() & came.keys()):
        origins, targets = left[place, host], came[place, host]
        old = [entry for pair in origins for entry in covers.of(pair, Side.BASE).entries(host)]
        new = [entry for pair in targets for entry in covers.of(pair, Side.HEAD).entries(host)]
        severity = None if new else covers.softened(place, host)
        yield from _compared(targets[0], host, old, new, severity, origin=origins[0])


def _compared(
    pair: Pair,
    host: str,
    old: Sequence[TlsEntry],
    new: Sequence[TlsEntry],
    severity: Severity | None,
    *,
    origin: Pair | None = None,
) -> Iterator[Change]:
    """Compare what covers a host; the same Secrets in another order or number of entries are the same."""
    before, after = _secrets(old), _secrets(new)
    if bool(old) == bool(new) and before == after:
        return
    if not new:
        yield change(
            origin or pair,
            ChangeKind.TLS_REMOVED,
            host or "*",
            before=_text(before) or UNNAMED,
            at=_at(host, old),
            gone=True,
            severity=severity,
            host=host,
        )
        return
    yield change(
        pair,
        ChangeKind.TLS_SECRET_CHANGED if old else ChangeKind.TLS_ADDED,
        host or "*",
        before=_text(before),
        after=_text(after) or (None if old else UNNAMED),
        at=_secret_at(host, new) if old else _at(host, new),
        severity=severity,
        host=host,
    )


def _secrets(entries: Iterable[TlsEntry]) -> tuple[str, ...]:
    return tuple(sorted({entry.secret.value if entry.secret else "" for entry in entries}))


def _text(secrets: Iterable[str]) -> str | None:
    return ", ".join(secret for secret in secrets if secret) or None


def _at(host: str, entries: Sequence[TlsEntry]) -> Span:
    """The host's own line in the first entry that names it, else the entry's."""
    spans = (text.at for entry in entries for text in entry.hosts if text.value == host)
    return next(spans, entries[0].at)


def _secret_at(host: str, entries: Sequence[TlsEntry]) -> Span:
    """Where the Secret is named, else where the host is."""
    return next((entry.secret.at for entry in entries if entry.secret), _at(host, entries))
