"""Which addresses a network's settings may hold. What a host's name resolves to is the client's to check."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from parkgraph.sdk.transport.guard import is_public

_SCHEMES = ("http://", "https://", "file:")


def wrong_address(settings: Mapping[str, object], *, allow_private: bool, replays: bool) -> tuple[str, str] | None:
    """The first setting whose address may not be, and what would be right; None where all may.

    An address is any text that begins like one, and any setting named `url` or `…_url`.
    """
    for name, value in _texts(settings):
        if value.startswith(_SCHEMES) or name.endswith("url"):
            right = _right(value, allow_private=allow_private, replays=replays)
            if right:
                return name, right
    return None


def _right(address: str, *, allow_private: bool, replays: bool) -> str | None:
    """What would be right instead of this address; None where it is right."""
    if address.startswith("file:"):
        return None if replays else "must be an http:// or https:// address; file: is for the demo's samples"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "must be an http:// or https:// address"
    if parts.scheme not in {"http", "https"} or not host:
        return "must be an http:// or https:// address"
    if parts.username is not None or parts.password is not None:
        return "must be an address without credentials; those have settings of their own"
    if not allow_private and _is_private(host):
        return "must be a public address, unless allow_private = true says that a private one is meant"
    return None


def _is_private(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    literal = _literal(name)
    return literal is not None and not is_public(literal)


def _literal(host: str) -> str | None:
    """The address that a host is, however it is spelt: 2130706433, 0x7f.1 and 127.0.0.1 are one."""
    if ":" in host:
        return host.partition("%")[0]
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in here, with the name of the setting that it is in."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, Sequence):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{name}[{number}]")
