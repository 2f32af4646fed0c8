"""Which addresses a network may have: public ones. Checked on the address that a socket really connects to."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

from aiohappyeyeballs import AddrInfoType

from parkgraph.sdk.faults import Denied

_REFUSED_V4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890); one cloud's metadata lives here
    IPv4Network("168.63.129.16/32"),  # another cloud's metadata, on a public address
)
_UNICAST_V6 = IPv6Network("2000::/3")  # all else is local, multicast, or IPv4 in disguise (mapped, NAT64)
_TUNNELS_V6 = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))  # 6to4 and Teredo hold an IPv4 address


def is_public(address: str) -> bool:
    """True for a globally routable unicast address. False for any other, and for what is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in net for net in _REFUSED_V4)
    return ip.is_global and ip in _UNICAST_V6 and not any(ip in net for net in _TUNNELS_V6)


async def addresses_of(host: str, port: int, *, allow_private: bool) -> list[AddrInfoType]:
    """Where a host can be reached. Raises socket.gaierror, and Denied where any address of a name is not public."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    for *_, address in found if not allow_private else ():
        _check(str(address[0]))
    return list(found)


def public_socket(target: AddrInfoType) -> socket.socket:
    """A socket for this target: the last line, whoever chose it. Raises Denied."""
    family, kind, protocol, _, address = target
    _check(str(address[0]))
    return socket.socket(family, kind, protocol)


def _check(address: str) -> None:
    if not is_public(address):
        raise Denied("the address is not a public one: set allow_private = true for this network if that is meant")
