"""Operators decide which listings are one place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.api.access import For, own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode
from parkgraph.api.places import Place
from parkgraph.domain.place import ListingKey
from parkgraph.graph import pins
from parkgraph.graph.match_pins import Contradiction, PinsUnavailable

MAX_LISTINGS: Final = 10
"""Of one decision."""

OPERATORS: Final = For(Role.OPERATOR)


@own
@strawberry.type(description="What an operator decided of two listings, for ever.")
class MatchPin:
    listing_ids: list[strawberry.ID] = strawberry.field(description="Two; they need not be listed now.")
    same: bool = strawberry.field(description="Whether they are one place.")
    pinned_at: datetime

    @staticmethod
    def of(pin: pins.Pin) -> "MatchPin":
        listings = [strawberry.ID(ids.encode(ids.LISTING, *key)) for key in pin.pair]
        return MatchPin(listing_ids=listings, same=pin.same, pinned_at=pin.at)


@own
@strawberry.type(description="The pins that were made or taken back, and the places of these listings now.")
class MatchChanged:
    pins: list[MatchPin]
    places: list[Place]


@own
@strawberry.type(description="Nothing was pinned: `pin` holds two listings apart that others hold together.")
class MatchContradiction:
    text: str
    pin: MatchPin


PinMatchResult = Annotated[MatchChanged | MatchContradiction, strawberry.union("PinMatchResult")]

ListingIds = Annotated[
    list[strawberry.ID],
    strawberry.argument(description=f"Two to {MAX_LISTINGS}; it is decided of every two of them."),
]


@strawberry.type
class MatchMutation:
    @strawberry.field(
        description="Decide for ever whether these listings are one place. A later word replaces an earlier one.",
        extensions=[OPERATORS],
    )
    async def pin_match(self, info: Info, listing_ids: ListingIds, same: bool) -> PinMatchResult:
        keys = _keys(listing_ids)
        try:
            pinned = await info.context.graph.pin(keys, same=same, by=info.context.principal.subject)
        except ValueError as wrong:
            raise BadUserInputError(f"listingIds: {wrong}") from None
        except PinsUnavailable:
            raise _unavailable() from None
        if isinstance(pinned, Contradiction):
            text = "Other pins hold together what this one holds apart; take one of them back first."
            return MatchContradiction(text=text, pin=MatchPin.of(pinned.pin))
        return _changed(info, pinned, keys)

    @strawberry.field(
        description="Take back what was pinned of every two of these listings: matching decides again.",
        extensions=[OPERATORS],
    )
    async def unpin_match(self, info: Info, listing_ids: ListingIds) -> MatchChanged:
        keys = _keys(listing_ids)
        try:
            return _changed(info, await info.context.graph.unpin(keys), keys)
        except PinsUnavailable:
            raise _unavailable() from None


def _keys(given: Sequence[strawberry.ID]) -> list[ListingKey]:
    keys = sorted({ids.listing_key(each, "listingIds") for each in given})
    if not 2 <= len(keys) <= MAX_LISTINGS:
        raise BadUserInputError(f"listingIds: must be 2 to {MAX_LISTINGS} listings, each once")
    return keys


def _changed(info: Info, changed: Sequence[pins.Pin], keys: Sequence[ListingKey]) -> MatchChanged:
    places = {place.id: place for key in keys if (place := info.context.graph.place_of(key))}
    return MatchChanged(pins=[MatchPin.of(pin) for pin in changed], places=[Place.of(each) for each in places.values()])


def _unavailable() -> CodedError:
    return CodedError(ErrorCode.UNAVAILABLE, "Pins cannot be read or changed right now. Try again in a moment.")
