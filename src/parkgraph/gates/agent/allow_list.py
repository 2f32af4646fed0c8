"""Who may pass while the server is out of reach: a list that it signed, for this gate, for a day. Pure.

docs/gates.md has the format.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parkgraph.gates.agent.look import Direction
from parkgraph.gates.plates import normalised

KIND: Final = "parkgraph.gate-allow-list/1"
EARLY_SECONDS: Final = 120
"""By how much the edge's clock may be behind the server's."""


class ListRefused(Exception):
    """A list that is not believed; the reason is one word, for logs and metrics."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unchanged(Exception):
    """The entries that are held are not those that the list goes on with: ask for all of it."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Entry(_Strict):
    """One plate's right. `windows` are half open, in seconds since 1970."""

    mac: str = Field(pattern=r"^[0-9a-f]{64}$")
    windows: tuple[tuple[int, int], ...]
    directions: tuple[str, ...]


class _Payload(_Strict):
    kind: Literal["parkgraph.gate-allow-list/1"]
    gateId: str  # noqa: N815 - the names of the payload
    version: int
    issuedAt: int  # noqa: N815
    expiresAt: int  # noqa: N815
    plateKey: str  # noqa: N815
    entries: tuple[Entry, ...] | None
    entriesSha256: str  # noqa: N815


@dataclass(frozen=True, slots=True)
class AllowList:
    """A list that was believed. `public_key`: base64, of who signed it."""

    version: int
    issued_at: int
    expires_at: int
    plate_key: bytes
    entries: Mapping[str, Entry]
    entries_sha256: str
    public_key: str

    def is_valid(self, now: float) -> bool:
        return self.issued_at - EARLY_SECONDS <= now < self.expires_at

    def admits(self, plate: str | None, direction: Direction, now: datetime) -> bool:
        """Whether exactly this plate may pass this way now. A way that is not known is no way."""
        read = normalised(plate)
        if read is None or direction is Direction.UNKNOWN or not self.is_valid(now.timestamp()):
            return False
        entry = self.entries.get(hmac.digest(self.plate_key, read.encode(), "sha256").hex())
        return (
            entry is not None
            and direction.value in entry.directions
            and any(start <= now.timestamp() < end for start, end in entry.windows)
        )


def believed(
    answer: Mapping[str, Any], gate_id: str, pinned: str | None, highest: int, held: AllowList | None
) -> AllowList:
    """The list of a SignedAllowList. Raises ListRefused, Unchanged.

    `pinned`: the key that it has to be signed with; None believes the first. `highest`: the highest version ever
    believed; a list that is older is an old one that somebody sends again.
    """
    payload, signature = answer.get("payload"), answer.get("signature")
    public_key = answer.get("publicKey")
    if not isinstance(payload, str) or not isinstance(signature, str) or not isinstance(public_key, str):
        raise ListRefused("malformed")
    if pinned is not None and pinned != public_key:
        raise ListRefused("other_key")
    _verify(payload.encode(), signature, public_key)
    try:
        signed = _Payload.model_validate_json(payload)
        plate_key = base64.b64decode(signed.plateKey, validate=True)
    except (ValidationError, ValueError):
        raise ListRefused("malformed") from None
    if signed.gateId != gate_id:
        raise ListRefused("other_gate")
    if signed.version < highest:
        raise ListRefused("rolled_back")
    if held is not None and signed.issuedAt < held.issued_at:
        raise ListRefused("rolled_back")
    if signed.entries is None:
        if held is None or held.entries_sha256 != signed.entriesSha256 or held.plate_key != plate_key:
            raise Unchanged
        return replace(held, version=signed.version, issued_at=signed.issuedAt, expires_at=signed.expiresAt)
    if _digest(orjson.loads(payload)["entries"]) != signed.entriesSha256:
        raise ListRefused("malformed")
    return AllowList(
        version=signed.version,
        issued_at=signed.issuedAt,
        expires_at=signed.expiresAt,
        plate_key=plate_key,
        entries={entry.mac: entry for entry in signed.entries},
        entries_sha256=signed.entriesSha256,
        public_key=public_key,
    )


def _verify(payload: bytes, signature: str, public_key: str) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), payload)
    except (InvalidSignature, ValueError):
        raise ListRefused("forged") from None


def _digest(entries: object) -> str:
    """Of the canonical JSON (RFC 8785); there are no fractions in it, and its keys are ASCII."""
    return hashlib.sha256(orjson.dumps(entries, option=orjson.OPT_SORT_KEYS)).hexdigest()
