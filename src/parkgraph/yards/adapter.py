"""The private yards as a network: what is published in the database, on the contract of every other network."""

from collections import Counter
from datetime import timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, NetworkInfo, Unavailable, read_feed
from parkgraph.yards.repository import StoredYard, YardRepository
from parkgraph.yards.yard import Yard

NETWORK: Final = "yards"
"""The network's id."""

INFO: Final = NetworkInfo(
    name="Private yards",
    timezone=ZoneInfo("Europe/Berlin"),  # of no yard: each has its own
    capabilities=frozenset({Capability.LISTINGS, Capability.PRICES}),
    may_shrink=True,  # owners withdraw their yards when they like
    may_store=False,  # the database has them already; a copy among the snapshots could only be older
    refresh_every=timedelta(seconds=30),
)


class YardsAdapter(FeedAdapter[AdapterSettings]):
    """Its source is the database, so it is made with neither settings nor a client."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, yards: YardRepository) -> None:
        self._yards = yards

    @property
    def info(self) -> NetworkInfo:
        return INFO

    async def listings(self) -> Batch[Listing]:
        try:
            stored = await self._yards.list_published()
        except DATABASE_FAULTS:
            raise Unavailable("the database does not answer") from None
        return await read_feed(stored, _read, lambda yard: str(yard.row.uuid))


def to_listing(yard: Yard) -> Listing:
    """The yard in the graph. Raises ValueError for one that is nowhere yet."""
    if yard.location is None:
        raise ValueError("a yard without a location cannot be listed")
    return Listing(
        local_id=str(yard.id),
        name=yard.name,
        location=yard.location,
        kind=PlaceKind.YARD,
        address=yard.address,
        capacity=len(yard.spaces) or None,
        audiences=_audiences(yard),
        opening_hours=yard.hours,
        max_height_cm=yard.highest_vehicle_cm,
        features=yard.features | _features_of_spaces(yard),
        rates=yard.rates,
        updated_at=yard.updated_at,
        timezone=yard.timezone,
    )


def _read(stored: StoredYard) -> Listing:
    return to_listing(stored.read())


def _audiences(yard: Yard) -> tuple[AudienceCapacity, ...]:
    """In the order of the enumeration."""
    counts = Counter(space.audience for space in yard.spaces)
    return tuple(AudienceCapacity(audience, counts[audience]) for audience in Audience if counts[audience])


def _features_of_spaces(yard: Yard) -> frozenset[Feature]:
    """What at least one space has."""
    has = {
        Feature.EV_CHARGING: any(space.ev for space in yard.spaces),
        Feature.COVERED: any(space.covered for space in yard.spaces),
        Feature.ACCESSIBLE: any(space.accessible for space in yard.spaces),
    }
    return frozenset(feature for feature, present in has.items() if present)
