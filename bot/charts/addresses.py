"""Which addresses of the network a request may go to. A name is resolved once: what was checked is connected to.

A public name may lead to an address of this machine or of its network on purpose (server-side request forgery), and may
lead there only the second time that it is asked (DNS rebinding). So the sockets of this room are opened here alone.

- A host that no allowed place names may be at a public address only.
- A host that one names may be in a private network as well: that is where companies keep theirs.
- At loopback and link-local addresses, where machines and clouds keep what guards nothing but its distance, only who
  is named by the address itself, or as `localhost`.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from bot.charts.places import Allowed

IpAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_PRIVATE = tuple(
    ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
_TRANSLATED = IPv6Network("64:ff9b::/96")  # the last 32 bits are the address that is meant (RFC 6052)
_LOCAL = "localhost"


class Forbidden(OSError):  # noqa: N818 - reads as what it says
    """A host is at no address that may be connected to."""


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host, in the system's order.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def may_reach(address: str, host: str, port: int, allowed: Allowed) -> bool:
    """Whether a request to a host may go to this address."""
    try:
        there = _meant(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if there.is_multicast or there.is_unspecified:
        return False
    if there.is_global and not there.is_reserved:
        return True
    if not allowed.names(host, port):
        return False
    if any(there in network for network in _PRIVATE if network.version == there.version):
        return True
    return host == address or (host == _LOCAL and there.is_loopback)


def _meant(address: IpAddress) -> IpAddress:
    """The address of version 4 that one of version 6 stands for."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _TRANSLATED:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def connect(host: str, port: int, allowed: Allowed, resolving: Resolve, timeout: float) -> socket.socket:
    """A connection to the first address of a host that may be reached and answers.

    Raises:
        Forbidden: none of its addresses may be.
        OSError: none answers.
    """
    bare = host.strip("[]")
    may = [each for each in resolving(bare, port) if may_reach(each, bare, port, allowed)]
    failed: OSError = Forbidden(f"{bare} is at no address that charts may be fetched from")
    for address in may:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            failed = error
    raise failed
