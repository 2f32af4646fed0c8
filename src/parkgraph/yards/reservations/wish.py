"""What somebody asks for under a key of their own: the same key asks for the same, however often it is sent."""

import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key, and whose it is. Only its digest is kept, since clients may put anything into one."""

    principal: str = field(repr=False)
    text: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        return sha256(self.text.encode()).digest()

    def fingerprint(self, *said: object) -> bytes:
        """Equal for equal wishes. Keyed by the key, which is not stored: nothing can be guessed from it."""
        return hmac.digest(self.text.encode(), json.dumps(said, default=_plain, sort_keys=True).encode(), "sha256")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
