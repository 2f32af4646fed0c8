"""Who may pass a gate that cannot reach the server: signed, versioned, expiring. docs/gates.md has its form. Pure."""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from parkgraph.gates.decision import Direction
from parkgraph.gates.rights import EARLY, RightKind, Rights

KIND: Final = "parkgraph.gate-allow-list/1"
VALID: Final = timedelta(hours=24)
"""So long does a list open anything."""

_BOTH: Final = [Direction.ENTRY, Direction.EXIT]
_USE: Final = b"allow-list "


@dataclass(frozen=True, slots=True)
class SignedAllowList:
    """`payload`: the text that is signed. `signature` and `public_key` are base64."""

    version: int
    payload: str = field(repr=False)
    signature: str
    key_id: str
    public_key: str
    expires_at: datetime


class Signer:
    """Signs with the Ed25519 key of these 32 secret bytes."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_key = base64.b64encode(public).decode()
        self.key_id = sha256(public).hexdigest()[:16]

    def sign(self, payload: str) -> str:
        return base64.b64encode(self._key.sign(payload.encode())).decode()


def entries(
    rights: Rights, inside: Iterable[str], key: bytes, begins: datetime, ends: datetime
) -> list[dict[str, Any]]:
    """For each plate that may pass between these instants: when, and which way. `inside`: plates of open sessions."""
    found = {}
    blocked = {plate for plate, mine in rights.by_plate.items() if any(r.kind is RightKind.BLOCK for r in mine)}
    for plate, mine in rights.by_plate.items():
        spans = sorted((b - EARLY, e) for r in mine for b, e in r.spans if b - EARLY < ends and e > begins)
        if spans and plate not in blocked:
            found[plate] = _entry(_BOTH, spans)
    for plate in inside:
        found.setdefault(plate, _entry([Direction.EXIT], [(begins, ends)]))
    macs = [{"mac": hmac.new(key, plate.encode(), sha256).hexdigest(), **entry} for plate, entry in found.items()]
    return sorted(macs, key=lambda entry: str(entry["mac"]))


def signed(
    signer: Signer,
    gate: str,
    version: int,
    listed: Sequence[Mapping[str, Any]],
    key: bytes,
    now: datetime,
    *,
    same: bool,
) -> SignedAllowList:
    """`gate`: its id as clients know it. `same`: the gate has these entries, so that they need not be sent."""
    expires = now + VALID
    payload = {
        "kind": KIND,
        "gateId": gate,
        "version": version,
        "issuedAt": int(now.timestamp()),
        "expiresAt": int(expires.timestamp()),
        "plateKey": base64.b64encode(key).decode(),
        "entries": None if same else listed,
        "entriesSha256": sha256(_canonical(listed)).hexdigest(),
    }
    text = _canonical(payload).decode()
    return SignedAllowList(version, text, signer.sign(text), signer.key_id, signer.public_key, expires)


def _entry(directions: Sequence[Direction], spans: Iterable[tuple[datetime, datetime]]) -> dict[str, Any]:
    """Windows that overlap are one."""
    windows: list[list[int]] = []
    for begins, ends in spans:
        since, until = int(begins.timestamp()), int(ends.timestamp())
        if windows and since <= windows[-1][1]:
            windows[-1][1] = max(windows[-1][1], until)
        elif since < until:
            windows.append([since, until])
    return {"directions": [str(each) for each in directions], "windows": windows}


def _canonical(value: object) -> bytes:
    """JSON as RFC 8785 has it; there are no fractions in it, and no keys outside of ASCII."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
