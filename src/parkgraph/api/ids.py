"""Global ids: opaque to clients, and checkable without a look-up."""

import base64
from uuid import UUID

from parkgraph.api.errors import BadUserInputError
from parkgraph.domain.place import ListingKey

PLACE, LISTING, OFFER = "Place", "Listing", "Offer"


def encode(kind: str, *parts: str) -> str:
    return base64.urlsafe_b64encode("\n".join((kind, *parts)).encode()).decode().rstrip("=")


def decode(value: str) -> tuple[str, tuple[str, ...]]:
    """The kind and the parts of an id. Raises BadUserInputError for anything that `encode` does not make."""
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise malformed(value) from None
    kind, *parts = raw.split("\n")
    if not parts or encode(kind, *parts) != value:
        raise malformed(value)
    return kind, tuple(parts)


def place_id(value: str) -> UUID:
    kind, parts = decode(value)
    if kind != PLACE or len(parts) != 1:
        raise malformed(value)
    try:
        return UUID(hex=parts[0])
    except ValueError:
        raise malformed(value) from None


def listing_key(value: str) -> ListingKey:
    kind, parts = decode(value)
    if kind != LISTING or len(parts) != 2:
        raise malformed(value)
    return ListingKey(*parts)


def malformed(value: str) -> BadUserInputError:
    return BadUserInputError(f"id: {value[:60]!r} is not an id of this kind; pass an id as this API gave it")
