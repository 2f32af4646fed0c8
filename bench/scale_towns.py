"""Towns of car parks as networks publish them, for measuring how size costs: the same whenever they are made.

Nothing is shared that a network would not share: names, addresses and times are each listing's own, and equal
hours, features and tariffs are other objects each time, as they come from reading an answer.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import cos, radians
from typing import Final

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable

IN_A_TOWN: Final = 40
LISTED_TWICE: Final = 10
"""Every tenth place has a listing of a second network, so that there are eleven listings to ten places."""

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVW"
_ENDS: Final = ("straße", "platz", "hof", "weg", "allee", "tor", "galerie", "ring", "damm")
_HOURS: Final = ("24/7", "Mo-Sa 07:00-22:00", "Mo-Fr 06:00-20:00; Sa 08:00-18:00", "Mo-Su,PH 05:30-01:00")
_FEATURES: Final = (
    frozenset({Feature.COVERED, Feature.LIT}),
    frozenset({Feature.LIT}),
    frozenset({Feature.COVERED, Feature.ELEVATOR, Feature.CARD_PAYMENT}),
    frozenset({Feature.EV_CHARGING, Feature.COVERED, Feature.TOILETS, Feature.CARD_PAYMENT}),
)
_SINCE: Final = datetime(2026, 11, 1, tzinfo=UTC)


def centre(town: int) -> Coordinates:
    """Towns stand some ten kilometres apart, in rows of two hundred."""
    return Coordinates(-50 + town // 200 * 0.1, -100 + town % 200 * 0.1)


def listings(town: int, *, second: bool, round_: int = 0) -> Iterator[Listing]:
    """What a network says of a town: of every car park, or, as the second one there, of some. Counts go with rounds."""
    at = centre(town)
    for nth in range(0, IN_A_TOWN, LISTED_TWICE) if second else range(IN_A_TOWN):
        yield _listing(town, nth, at, round_)


def _listing(town: int, nth: int, at: Coordinates, round_: int) -> Listing:
    number = town * IN_A_TOWN + nth
    chance = random.Random(number)
    row, column = divmod(nth, 7)
    street = f"{chance.choice(_LETTERS)}{chance.choice(_LETTERS).lower()}{chance.choice(_ENDS)}"
    capacity = 50 + number % 500
    vacant = (number * 7 + round_) % capacity
    seen = _SINCE + timedelta(seconds=number % 86_400 + 60 * round_)
    return Listing(
        local_id=f"DE-{town:05}-{nth:03}",
        name=f"Parkhaus {street} {number % 977}",
        location=Coordinates(
            at.latitude + (row - 3) * 0.002, at.longitude + (column - 3) * 0.002 / cos(radians(at.latitude))
        ),
        kind=PlaceKind.GARAGE,
        address=f"{street} {nth + 1}, {10_000 + town} Town {town}",
        operator=f"Parkbetriebe {chance.randrange(200)} GmbH",
        capacity=capacity,
        occupancy=Occupancy(vacant, capacity, OccupancyLevel.VACANT, seen),
        opening_hours="".join(chance.choice(_HOURS)),
        max_height_cm=190 + number % 3 * 10,
        features=frozenset(list(chance.choice(_FEATURES))),
        rates=_rates(chance.randrange(20)),
        updated_at=seen,
    )


def _rates(tariff: int) -> RateTable:
    hour = RateLine(RateLineKind.INCREMENTING, Decimal(100 + tariff * 10) / 100, timedelta(hours=1))
    return RateTable("EUR", (RateLineCollection((hour,), caps=(Cap(Decimal(10 + tariff)),)),))
