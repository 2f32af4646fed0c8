"""Prices that came with searches, by listing: so that a place says what the search said that showed it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.memory import Memory, OfQuotes
from parkgraph.sdk.batch import Batch

Ready = tuple[ListingOffer, ...]


class Found:
    """Offers of single listings as the searches of one network brought them, for as long as they hold."""

    def __init__(self, max_age: timedelta, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: Memory[Ready] = Memory(OfQuotes(), max_age, clock, may_stand_in=False)

    def note(self, batch: Batch[Listing], stay: Stay, vehicle: Vehicle) -> None:
        """A search for this stay was answered."""
        now = self._clock()
        for listing in batch.items:
            self._kept.keep((listing.local_id, stay, vehicle), listing.offers, now)

    def find(self, local_id: str, stay: Stay, vehicle: Vehicle) -> Ready | None:
        """The offers, be they none; None where no search says."""
        kept = self._kept.find((local_id, stay, vehicle))
        return kept.value if kept else None
