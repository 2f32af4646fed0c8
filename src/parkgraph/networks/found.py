"""Prices that came with searches, by listing: so that a place says what the search said that showed it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.memory import CAPACITY, fresh_until
from parkgraph.sdk.batch import Batch

Ready = tuple[ListingOffer, ...]


@dataclass(slots=True)
class _Noted:
    """A batch, and when it came last."""

    batch: Batch[Listing]
    at: datetime


@dataclass(slots=True)
class _Said:
    """Of one stay and vehicle, `asked`: of each listing what was said of it last, and the batch that came last."""

    asked: tuple[Stay, Vehicle]
    by_id: dict[str, tuple[Ready, _Noted]] = field(default_factory=dict)
    last: _Noted | None = None


class Found:
    """Offers of single listings as the searches of one network brought them, for as long as they hold.

    At most `capacity` listings; those of the stay that was searched for longest ago are forgotten first.
    """

    def __init__(self, max_age: timedelta, clock: Callable[[], datetime], capacity: int = CAPACITY) -> None:
        self._max_age = max_age
        self._clock = clock
        self._capacity = capacity
        self._said: OrderedDict[tuple[Stay, Vehicle], _Said] = OrderedDict()
        self._latest: _Said | None = None
        self._number = 0

    def note(self, batch: Batch[Listing], stay: Stay, vehicle: Vehicle) -> None:
        """A search for this stay was answered."""
        now, said = self._clock(), self._of((stay, vehicle))
        if said.last and said.last.batch is batch:
            said.last.at = now
            return
        noted = said.last = _Noted(batch, now)
        before = len(said.by_id)
        said.by_id.update({listing.local_id: (listing.offers, noted) for listing in batch.items})
        self._number += len(said.by_id) - before
        while self._number > self._capacity:
            _, forgotten = self._said.popitem(last=False)
            self._number -= len(forgotten.by_id)
            if forgotten is said:
                self._latest = None

    def _of(self, asked: tuple[Stay, Vehicle]) -> _Said:
        """What was said of this question, which is the latest now."""
        if self._latest is None or self._latest.asked != asked:
            self._latest = self._said.setdefault(asked, _Said(asked))
            self._said.move_to_end(asked)
        return self._latest

    def find(self, local_id: str, stay: Stay, vehicle: Vehicle) -> Ready | None:
        """The offers, be they none; None where no search says."""
        of_stay = self._said.get((stay, vehicle))
        said = of_stay.by_id.get(local_id) if of_stay else None
        if said is None:
            return None
        offers, noted = said
        return offers if self._clock() < fresh_until(offers, noted.at, self._max_age) else None
