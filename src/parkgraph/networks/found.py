"""Prices that came with searches, by listing: so that a place says what the search said that showed it."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.memory import CAPACITY, fresh_until
from parkgraph.sdk.batch import Batch

Ready = tuple[ListingOffer, ...]


class Found:
    """Offers of single listings as the searches of one network brought them, for as long as they hold.

    At most `capacity` listings; those of the stay that was searched for longest ago are forgotten first.
    """

    def __init__(self, max_age: timedelta, clock: Callable[[], datetime], capacity: int = CAPACITY) -> None:
        self._max_age = max_age
        self._clock = clock
        self._capacity = capacity
        self._said: OrderedDict[tuple[Stay, Vehicle], dict[str, tuple[Ready, datetime]]] = OrderedDict()
        self._number = 0

    def note(self, batch: Batch[Listing], stay: Stay, vehicle: Vehicle) -> None:
        """A search for this stay was answered."""
        now, question = self._clock(), (stay, vehicle)
        said = self._said.setdefault(question, {})
        self._said.move_to_end(question)
        before = len(said)
        said.update({listing.local_id: (listing.offers, now) for listing in batch.items})
        self._number += len(said) - before
        while self._number > self._capacity:
            _, forgotten = self._said.popitem(last=False)
            self._number -= len(forgotten)

    def find(self, local_id: str, stay: Stay, vehicle: Vehicle) -> Ready | None:
        """The offers, be they none; None where no search says."""
        said = self._said.get((stay, vehicle), {}).get(local_id)
        if said is None:
            return None
        offers, at = said
        return offers if self._clock() < fresh_until(offers, at, self._max_age) else None
