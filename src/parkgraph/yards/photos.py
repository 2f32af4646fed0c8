"""Which addresses a photo may have. ParkGraph never fetches them; they are shown on other people's screens."""

import re
from typing import Final
from urllib.parse import urlsplit

MAX_URL: Final = 500

_PLAIN: Final = re.compile(r"[!-~]+")  # printable ASCII, as an address on the wire is
_HOST: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_LOCAL: Final = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "test", "invalid", "onion", "arpa"}
)
"""Last labels of names that lead nowhere public (RFC 2606, RFC 6761, RFC 6762, and the habit of routers)."""


def check_photo(url: str) -> None:
    """It is https on the usual port, under a public name: no literal address, however spelt. Raises ValueError."""
    if len(url) > MAX_URL:
        raise ValueError(f"photos have addresses of at most {MAX_URL} characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("photos are https:// addresses") from None
    if not _PLAIN.fullmatch(url) or "\\" in url or parts.scheme != "https":
        raise ValueError("photos are https:// addresses, in plain ASCII")
    if "@" in parts.netloc or port not in (None, 443):
        raise ValueError("photos have addresses without credentials and ports")
    # A name whose last label begins with a digit is an address to some readers: 127.1, 0x7f000001.
    if not _HOST.fullmatch(host) or host.rpartition(".")[2] in _LOCAL:
        raise ValueError("photos are under a public host name")
