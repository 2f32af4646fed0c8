"""What makes the demo's networks live: samples whose counts and prices move with the clock.

Both are functions of the listing and the instant alone, so that every process of a demo tells the same.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import sin, tau
from typing import Any, Final
from zlib import crc32

from parkgraph.domain.occupancy import Occupancy, OccupancyUpdate, level_of
from parkgraph.domain.place import Listing
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk import AdapterSettings, Batch, FeedAdapter, NetworkInfo

COUNTED_EVERY: Final = timedelta(seconds=3)
PRICED_EVERY: Final = timedelta(seconds=15)

TIDE: Final = timedelta(minutes=10)
"""In which a facility fills and empties again."""

SWAY: Final = 0.15
"""By how much of its spaces it is fuller or emptier than its sample."""

SURCHARGES: Final = (Decimal("1.0"), Decimal("1.1"), Decimal("1.2"), Decimal("1.1"))
"""What it takes in turn, for as long as PRICED_EVERY each."""

DIME: Final = Decimal("0.1")


def occupancy_at(local_id: str, sample: Occupancy, at: datetime) -> Occupancy:
    """As it is counted then; what the sample does not count stays unknown."""
    if sample.observed_at is None:
        return sample
    if not sample.vacant or not sample.capacity:
        return replace(sample, observed_at=at)
    turns = at.timestamp() / TIDE.total_seconds() + _phase(local_id)
    moved = sample.vacant + round(SWAY * sample.capacity * sin(tau * turns))
    vacant = min(sample.capacity, max(0, moved))
    return Occupancy(vacant, sample.capacity, level_of(vacant, sample.capacity), at)


def rates_at(sample: RateTable, at: datetime) -> RateTable:
    """What it takes then, in whole dimes."""
    factor = SURCHARGES[int(at.timestamp() / PRICED_EVERY.total_seconds()) % len(SURCHARGES)]

    def dearer(amount: Decimal) -> Decimal:
        return amount if factor == 1 else (amount * factor).quantize(DIME, ROUND_HALF_UP)

    return replace(
        sample,
        collections=tuple(
            replace(
                collection,
                lines=tuple(replace(line, value=dearer(line.value)) for line in collection.lines),
                caps=tuple(replace(cap, amount=dearer(cap.amount)) for cap in collection.caps),
            )
            for collection in sample.collections
        ),
    )


class Moving(FeedAdapter[AdapterSettings]):
    """A feed that replays samples, moved to now."""

    Settings = AdapterSettings

    def __init__(self, samples: FeedAdapter[Any], clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(samples.settings, samples.client)
        self._samples = samples
        self._clock = clock

    @property
    def info(self) -> NetworkInfo:
        info = self._samples.info
        return replace(info, refresh_every=PRICED_EVERY, occupancies_every=info.occupancies_every and COUNTED_EVERY)

    async def listings(self) -> Batch[Listing]:
        batch, at = await self._samples.listings(), self._clock()
        return replace(batch, items=tuple(_listing_at(listing, at) for listing in batch.items), as_of=at)

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        batch, at = await self._samples.occupancies(), self._clock()
        return replace(batch, items=tuple(_update_at(update, at) for update in batch.items), as_of=at)


def _listing_at(listing: Listing, at: datetime) -> Listing:
    """Words about its prices would tell those of the sample."""
    occupancy = listing.occupancy and occupancy_at(listing.local_id, listing.occupancy, at)
    if listing.rates is None:
        return replace(listing, occupancy=occupancy)
    return replace(listing, occupancy=occupancy, rates=rates_at(listing.rates, at), tariff_text=None)


def _update_at(update: OccupancyUpdate, at: datetime) -> OccupancyUpdate:
    """Audiences that have all the spaces move along."""
    before, now = update.occupancy, occupancy_at(update.local_id, update.occupancy, at)
    audiences = (
        replace(each, vacant=now.vacant) if before.vacant is not None and each.vacant == before.vacant else each
        for each in update.audiences
    )
    return replace(update, occupancy=now, audiences=tuple(audiences))


def _phase(local_id: str) -> float:
    """From 0 to 1, other for each."""
    return crc32(local_id.encode()) / 2**32
