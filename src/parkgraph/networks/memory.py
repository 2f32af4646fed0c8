"""Answers that answer the same question again, for as long as they hold. Bounded, and in this process only."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.networks.reports import Code
from parkgraph.sdk.batch import Batch

T = TypeVar("T")

OFFERS: Final = attrgetter("offers")
VALID_UNTIL: Final = attrgetter("valid_until")

LONGEST: Final = timedelta(hours=1)
"""However long offers say that they hold: what else is in an answer does not."""

STALE_TIMES: Final = 5
"""So many times its network's `search_max_age` after it held, an answer is still better than none."""

SWEEP_EVERY: Final = timedelta(seconds=1)
"""So often is what is over forgotten."""

CAPACITY: Final = 10_000
"""Listings and offers of one network that are remembered."""


class Kind(Protocol[T]):
    """What is to be known of an answer that is remembered."""

    def offers(self, value: T) -> Iterable[ListingOffer]:
        """All offers in it."""
        ...

    def valid(self, value: T, now: datetime) -> T:
        """The same without offers that are over."""
        ...

    def is_whole(self, value: T) -> bool:
        """Whether asking again would bring nothing more."""
        ...

    def size(self, value: T) -> int:
        """How many listings and offers it holds."""
        ...


class OfSearches(Kind[Batch[Listing]]):
    """Answers to searches."""

    def offers(self, value: Batch[Listing]) -> Iterable[ListingOffer]:
        return chain.from_iterable(map(OFFERS, value.items))

    def valid(self, value: Batch[Listing], now: datetime) -> Batch[Listing]:
        return replace(value, items=tuple(replace(item, offers=_valid(item.offers, now)) for item in value.items))

    def is_whole(self, value: Batch[Listing]) -> bool:
        return value.complete

    def size(self, value: Batch[Listing]) -> int:
        return len(value.items) + sum(map(len, map(OFFERS, value.items)))


class OfQuotes(Kind[tuple[ListingOffer, ...]]):
    """Answers to quotes."""

    def offers(self, value: tuple[ListingOffer, ...]) -> Iterable[ListingOffer]:
        return value

    def valid(self, value: tuple[ListingOffer, ...], now: datetime) -> tuple[ListingOffer, ...]:
        return _valid(value, now)

    def is_whole(self, value: tuple[ListingOffer, ...]) -> bool:
        return True

    def size(self, value: tuple[ListingOffer, ...]) -> int:
        return len(value)


class Kept(NamedTuple, Generic[T]):
    """An answer of `at`. Until `fresh_until` nobody need be asked, until `stale_until` it may stand in.

    `size`: of the answer. `code`: why the last attempt to have a newer one failed, if one did.
    """

    value: T
    at: datetime
    fresh_until: datetime
    stale_until: datetime
    size: int
    code: Code | None = None


def fresh_until(offers: Iterable[ListingOffer], at: datetime, max_age: timedelta) -> datetime:
    """Until the first of the offers is over: at its `valid_until`, or after `max_age` where it says none.

    An answer without offers is over after `max_age`. None holds longer than LONGEST.
    """
    return _until(set(map(VALID_UNTIL, offers)), at, max_age)


def _until(said: Collection[datetime | None], at: datetime, max_age: timedelta) -> datetime:
    """`said`: each `valid_until` of the offers."""
    return min([at + LONGEST, *(until or at + max_age for until in said)]) if said else at + max_age


class Memory(Generic[T]):
    """The answers of one network to one kind of question, by exactly what was asked."""

    def __init__(
        self,
        kind: Kind[T],
        max_age: timedelta,
        clock: Callable[[], datetime],
        *,
        may_stand_in: bool = True,
        capacity: int = CAPACITY,
    ) -> None:
        """`may_stand_in`: an answer that does not hold any more may stand in for a newer one."""
        self._kind = kind
        self._max_age = max_age
        self._stale_for = STALE_TIMES * max_age if may_stand_in else timedelta()
        self._clock = clock
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, Kept[T]] = OrderedDict()
        self._size = 0
        self._swept = clock()
        self._measured: tuple[T, int, Collection[datetime | None]] | None = None

    def find(self, question: Hashable) -> Kept[T] | None:
        """What is kept, be it fresh or stale."""
        kept = self._kept.get(question)
        if kept is None or kept.stale_until <= self._clock():
            return None
        self._kept.move_to_end(question)
        return kept

    def keep(self, question: Hashable, value: T, at: datetime) -> datetime | None:
        """In place of what was kept, unless a part of the answer is missing or it is too large.

        Gives the instant before which none of its offers is over, where it is kept.
        """
        self._forget(question)
        self._sweep(at)
        size, said = self._measure(value)
        if not self._kind.is_whole(value) or size > self._capacity:
            return None
        until = _until(said, at, self._max_age)
        self._kept[question] = Kept(value, at, until, until + self._stale_for, size)
        self._size += size
        while self._size > self._capacity:
            self._forget(next(iter(self._kept)))
        return until

    def _measure(self, value: T) -> tuple[int, Collection[datetime | None]]:
        """Its size, and each `valid_until` of its offers: of the very answer that was kept last, that is known."""
        if self._measured is None or self._measured[0] is not value:
            said = set(map(VALID_UNTIL, self._kind.offers(value)))
            self._measured = value, 1 + self._kind.size(value), said
        return self._measured[1:]

    def failed(self, question: Hashable, code: Code) -> None:
        """An attempt to have a newer one failed."""
        kept = self.find(question)
        if kept:
            self._kept[question] = kept._replace(code=code)

    def _sweep(self, now: datetime) -> None:
        """Forget what is over."""
        if now - self._swept >= SWEEP_EVERY:
            self._swept = now
            for question in [question for question, kept in self._kept.items() if kept.stale_until <= now]:
                self._forget(question)

    def _forget(self, question: Hashable) -> None:
        if kept := self._kept.pop(question, None):
            self._size -= kept.size

    def valid(self, value: T, now: datetime) -> T:
        """The answer without offers that are over."""
        return self._kind.valid(value, now) if self.has_ended(value, now) else value

    def has_ended(self, value: T, now: datetime) -> bool:
        """Whether any of its offers is over."""
        return any(until is not None and until <= now for until in set(map(VALID_UNTIL, self._kind.offers(value))))


def _is_over(offer: ListingOffer, now: datetime) -> bool:
    return offer.valid_until is not None and offer.valid_until <= now


def _valid(offers: Iterable[ListingOffer], now: datetime) -> tuple[ListingOffer, ...]:
    return tuple(offer for offer in offers if not _is_over(offer, now))
