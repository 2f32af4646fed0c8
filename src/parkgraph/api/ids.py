"""Global ids: opaque to clients, and checkable without a look-up."""

import base64
import re
from binascii import b2a_base64
from functools import lru_cache
from typing import Final
from uuid import UUID

from strawberry import ID

from parkgraph.api.errors import BadUserInputError
from parkgraph.domain.place import ListingKey

PLACE, LISTING, OFFER, BOOKING, API_KEY = "Place", "Listing", "Offer", "Booking", "ApiKey"
YARD, YARD_SPACE = "Yard", "YardSpace"
VEHICLE = "Vehicle"
GATE, PASSAGE, SESSION, GATE_RIGHT, GATE_CASE = "Gate", "Passage", "ParkingSession", "GateRight", "GateCase"
YARD_QUOTE, YARD_BOOKING, YARD_BLOCK, YARD_PERMIT = "YardQuote", "YardBooking", "YardBlock", "YardPermit"


_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


def encode(kind: str, *parts: str) -> str:
    raw = "\n".join((kind, *parts)).encode()
    return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode()


@lru_cache(maxsize=16_384)
def of_place(number: int) -> ID:
    """Of the place whose UUID has this number: the one id that every answer is full of."""
    return ID(encode(PLACE, f"{number:032x}"))


def decode(value: str, argument: str = "id") -> tuple[str, tuple[str, ...]]:
    """The kind and the parts of an id. Raises BadUserInputError for anything that `encode` does not make."""
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise malformed(value, argument) from None
    kind, *parts = raw.split("\n")
    if not parts or encode(kind, *parts) != value:
        raise malformed(value, argument)
    return kind, tuple(parts)


def place_id(value: str) -> UUID:
    kind, parts = decode(value)
    if kind != PLACE or len(parts) != 1:
        raise malformed(value)
    try:
        return UUID(hex=parts[0])
    except ValueError:
        raise malformed(value) from None


def listing_key(value: str, argument: str = "id") -> ListingKey:
    kind, parts = decode(value, argument)
    if kind != LISTING or len(parts) != 2:
        raise malformed(value, argument)
    return ListingKey(*parts)


def booking_id(value: str, argument: str = "id") -> UUID:
    return _uuid(BOOKING, value, argument)


def api_key_id(value: str, argument: str = "id") -> UUID:
    return _uuid(API_KEY, value, argument)


def vehicle_id(value: str, argument: str = "id") -> UUID:
    return _uuid(VEHICLE, value, argument)


def yard_id(value: str, argument: str = "id") -> UUID:
    return _uuid(YARD, value, argument)


def yard_quote_id(value: str, argument: str = "id") -> UUID:
    return _uuid(YARD_QUOTE, value, argument)


def yard_booking_id(value: str, argument: str = "id") -> UUID:
    return _uuid(YARD_BOOKING, value, argument)


def yard_block_id(value: str, argument: str = "id") -> UUID:
    return _uuid(YARD_BLOCK, value, argument)


def yard_permit_id(value: str, argument: str = "id") -> UUID:
    return _uuid(YARD_PERMIT, value, argument)


def gate_id(value: str, argument: str = "id") -> UUID:
    return _uuid(GATE, value, argument)


def passage_id(value: str, argument: str = "id") -> UUID:
    return _uuid(PASSAGE, value, argument)


def session_id(value: str, argument: str = "id") -> UUID:
    return _uuid(SESSION, value, argument)


def gate_right_id(value: str, argument: str = "id") -> UUID:
    return _uuid(GATE_RIGHT, value, argument)


def gate_case_id(value: str, argument: str = "id") -> UUID:
    return _uuid(GATE_CASE, value, argument)


def yard_space_id(value: str, argument: str = "id") -> int:
    """A space's key in the database."""
    kind, parts = decode(value, argument)
    if kind != YARD_SPACE or len(parts) != 1 or not re.fullmatch(r"[1-9][0-9]{0,17}", parts[0]):
        raise malformed(value, argument)
    return int(parts[0])


def _uuid(wanted: str, value: str, argument: str) -> UUID:
    kind, parts = decode(value, argument)
    if kind != wanted or len(parts) != 1:
        raise malformed(value, argument)
    try:
        return UUID(hex=parts[0])
    except ValueError:
        raise malformed(value, argument) from None


def malformed(value: str, argument: str = "id") -> BadUserInputError:
    return BadUserInputError(f"{argument}: {value[:60]!r} is not an id of this kind; pass an id as this API gave it")
