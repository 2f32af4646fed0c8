"""The workload: `nearby` of 50 places, 12 fields each, with 2 offers of 6 fields for a stay of 24 hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.networks.network import Network
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, NetworkInfo
from parkgraph.sdk.replay import ReplayClient

PLACES: Final = 50

CROWD: Final = 5_000

QUERY: Final = """
query Bench($near: CoordinatesInput!, $stay: StayInput!) {
  nearby(near: $near, radius: 5000, stay: $stay, first: 50) {
    edges {
      node {
        id name kind address operator capacity openingHours maxHeightCm
        location { latitude longitude }
        occupancy { vacant level }
      }
      offers { status bookable tariffText url total { amount currency } }
    }
  }
}
"""
STAY: Final = {"arrive": "2026-11-24T09:00:00+01:00", "leave": "2026-11-25T09:00:00+01:00"}
VARIABLES: Final = {"near": {"latitude": 48.78, "longitude": 9.18}, "stay": STAY}


def spot(number: int) -> Coordinates:
    """Where this facility is: some 150 m from the next."""
    row, column = divmod(number, 10)
    return Coordinates(48.77 + row * 0.004, 9.17 + column * 0.002)


class Invented(FeedAdapter[AdapterSettings]):
    """50 facilities, each some 150 m from the next, at the same spots in every network."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, name: str, price: str) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path()))
        self._name = name
        self._price = price

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(self._name, ZoneInfo("Europe/Berlin"), frozenset({Capability.LISTINGS, Capability.PRICES}))

    async def listings(self) -> Batch[Listing]:
        return Batch(tuple(self.listing(number) for number in range(PLACES)))

    def listing(self, number: int) -> Listing:
        hour = RateLine(RateLineKind.INCREMENTING, Decimal(self._price), timedelta(hours=1))
        return Listing(
            local_id=f"facility-{number}",
            name=f"Parkhaus Beispielstraße {number}",
            location=spot(number),
            kind=PlaceKind.GARAGE,
            address=f"Beispielstraße {number}, 70173 Stuttgart",
            operator="Beispiel GmbH",
            capacity=100 + number,
            occupancy=Occupancy(40 + number, 100 + number, OccupancyLevel.VACANT, datetime.now(UTC)),
            opening_hours="24/7",
            max_height_cm=200,
            rates=RateTable("EUR", (RateLineCollection((hour,), caps=(Cap(Decimal(15)),)),)),
            tariff_text="EUR 1.50 per started hour, at most EUR 15.00 a day",
            url="https://parking.example/facility",
        )


class Crowd(Invented):
    """As many as a map may have in view, all over a city."""

    async def listings(self) -> Batch[Listing]:
        return Batch(tuple(replace(self.listing(number), location=_in_town(number)) for number in range(CROWD)))


def _in_town(number: int) -> Coordinates:
    row, column = divmod(number, 100)
    return Coordinates(48.744 + row * 0.0016, 9.118 + column * 0.0013)


def networks() -> list[Network]:
    return [Network("one", Invented("One", "1.50")), Network("two", Invented("Two", "1.80"))]
