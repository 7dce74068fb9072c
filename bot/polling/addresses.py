"""Which network addresses a page may be fetched from. Whoever answers for a name or a redirect chooses the address, and
must not be able to choose one inside our own network.

The check is made on the very address a connection is about to be opened to, so that no second look-up of the name can
give another one.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

Address = IPv4Address | IPv6Address
Allowed = Callable[[Address], bool]
"""Whether a connection to this address may be opened."""

_NAT64 = IPv6Network("64:ff9b::/96")  # https://www.rfc-editor.org/rfc/rfc6052: an IPv4 address in the last four bytes


class ForbiddenAddress(OSError):
    """A connection was about to be opened to an address that is not allowed."""


def public(address: Address) -> bool:
    """True for an address of the public internet: not private, loopback, link-local, shared, reserved or multicast,
    and no IPv6 form of such an IPv4 address.
    """
    if isinstance(address, IPv6Address):
        within = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            within.append(IPv4Address(address.packed[-4:]))
        if any(inner is not None and not public(inner) for inner in within):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


def anywhere(address: Address) -> bool:
    """True: the page is inside our own network, and whoever runs this service says so."""
    return True


def sockets(allowed: Allowed) -> Callable[[Any], socket.socket]:
    """What opens sockets for aiohttp: it is given the address, resolved, right before the connection.

    The socket it makes raises nothing later; ForbiddenAddress is raised here.
    """

    def opened(info: Any) -> socket.socket:
        family, kind, protocol, _, (host, *_) = info
        if not allowed(ip_address(host.partition("%")[0])):
            raise ForbiddenAddress(errno.EACCES, f"{host} is not an address of the public internet")
        return socket.socket(family, kind, protocol)

    return opened
