"""Signed links: whoever has one may fetch one export of one yard until it expires. Pure."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

LONGEST: Final = timedelta(days=400)
ROOT: Final = "/yards"
_NUMBER_CHARS: Final = 12


class Export(StrEnum):
    """What a link leads to, as its path ends."""

    CALENDAR = "calendar.ics"
    STATEMENT = "statement.csv"
    CHART = "chart.svg"


class LinkInvalid(Exception):
    """Nobody here has signed this link."""


class LinkExpired(Exception):
    """It was valid once."""


@dataclass(frozen=True, slots=True)
class Link:
    """`generation`: of the yard's links; a yard whose owner revokes them begins the next."""

    yard: UUID
    export: Export
    generation: int
    expires: datetime


class Signer:
    """Signs by this key, at least 32 random bytes. Whoever changes it revokes every link there is."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("a key for links has at least 32 bytes")
        self._key = key

    def path(self, link: Link) -> str:
        """The link's path and query, on whatever host this server has."""
        signed = {"expires": str(int(link.expires.timestamp())), "generation": str(link.generation)}
        signature = self._signature(link.yard.hex, link.export, signed)
        return f"{ROOT}/{link.yard.hex}/{link.export}?{urlencode({**signed, 'signature': signature})}"

    def read(self, yard: str, export: str, query: Mapping[str, str], now: datetime) -> Link:
        """The link that this path and query are. Raises LinkInvalid, LinkExpired."""
        signed = {name: query.get(name, "") for name in ("expires", "generation")}
        right = self._signature(yard, export, signed)
        if not hmac.compare_digest(right.encode(), query.get("signature", "").encode(errors="replace")):
            raise LinkInvalid
        expires = datetime.fromtimestamp(int(signed["expires"]), now.tzinfo)
        if expires <= now:
            raise LinkExpired
        return Link(UUID(hex=yard), Export(export), int(signed["generation"]), expires)

    def _signature(self, yard: str, export: str, signed: Mapping[str, str]) -> str:
        """No part can hold the newline that parts them, nor be taken for another."""
        parts = ("parkgraph yard link 1", yard, export, signed["expires"], signed["generation"])
        text = "\n".join(part.replace("\n", " ") for part in parts)
        mac = hmac.digest(self._key, text.encode(errors="replace"), sha256)
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")
