"""What a gateway tells about a payment: read strictly, and believed only when it is signed. Pure."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

import orjson

from parkgraph.domain.money import Money
from parkgraph.yards.money.payment import PaymentState

TOLERANCE: Final = timedelta(minutes=5)
"""How old a signature may be: an older one is a copy."""

_SIGNATURE: Final = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,4})", re.ASCII)
_ID: Final = re.compile(r"[!-~]{1,200}", re.ASCII)
_AMOUNT: Final = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)
_WITH_AMOUNT: Final = frozenset({PaymentState.CAPTURED, PaymentState.REFUNDED})
_TOLD: Final = frozenset({PaymentState.AUTHORISED, PaymentState.FAILED}) | _WITH_AMOUNT


class BadEvent(Exception):
    """The event is not one; the message begins with the member that is wrong."""


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is the gateway's, one for each thing that happened. `amount`: what has come (CAPTURED) or gone back
    (REFUNDED). `digest` is that of the whole text.
    """

    id: str
    payment: UUID
    state: PaymentState
    amount: Money | None
    digest: bytes


def sign(secret: bytes, body: bytes, at: datetime) -> str:
    """The signature that a gateway sends with this body."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={_mac(secret, seconds, body)}"


def is_signed(secret: bytes, signature: str, body: bytes, now: datetime) -> bool:
    """Whether the holder of the secret signed this body just now. While secrets change there may be several `v1`."""
    parts = _SIGNATURE.fullmatch(signature)
    if parts is None or abs(int(parts[1]) - now.timestamp()) > TOLERANCE.total_seconds():
        return False
    right = _mac(secret, parts[1], body)
    return any(hmac.compare_digest(right, given) for given in parts[2].removeprefix(",v1=").split(",v1="))


def read(body: bytes) -> Event:
    """An event from its JSON. Raises BadEvent."""
    try:
        row = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadEvent("the body must be JSON") from None
    if not isinstance(row, dict):
        raise BadEvent("the body must be an object")
    event_id, state = row.get("id"), row.get("state")
    if not (isinstance(event_id, str) and _ID.fullmatch(event_id)):
        raise BadEvent("id: must be 1 to 200 printable ASCII characters without blanks")
    if not (isinstance(state, str) and state in _TOLD):
        raise BadEvent(f"state: must be one of {', '.join(sorted(_TOLD))}")
    return Event(
        event_id, _payment(row.get("payment")), PaymentState(state), _amount(row, state), sha256(body).digest()
    )


def _payment(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise BadEvent("payment: must be the payment's UUID") from None


def _amount(row: dict[str, object], state: str) -> Money | None:
    if state not in _WITH_AMOUNT:
        return None
    amount, currency = row.get("amount"), row.get("currency")
    if not (isinstance(amount, str) and _AMOUNT.fullmatch(amount) and Decimal(amount) > 0):
        raise BadEvent('amount: must be a string of digits above 0, such as "12.50"')
    try:
        return Money(Decimal(amount), currency if isinstance(currency, str) else "")
    except ValueError:
        raise BadEvent("currency: must be three capital letters (ISO 4217)") from None


def _mac(secret: bytes, seconds: str, body: bytes) -> str:
    return hmac.new(secret, seconds.encode() + b"." + body, sha256).hexdigest()
