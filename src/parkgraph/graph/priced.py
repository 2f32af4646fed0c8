"""What a place costs for one stay, and what is in the way: worked out once, and kept for as long as it is the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from parkgraph.domain.place import Place
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.availability import Ready
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.lazily import lazily
from parkgraph.graph.offers import Exclusion, Offer, Quoted, agreed_by_all, compared, exclusions, offers, same_until
from parkgraph.graph.quotes import Quotes, asked
from parkgraph.sdk.contract import NetworkInfo

KEPT_PLACES: Final = 20_000
"""Of all questions together; of the question that was asked longest ago, what came first goes first."""

NOT_READY: Final[Ready] = MappingProxyType({})

Infos = Mapping[str, NetworkInfo]


class Priced:
    """One place for one stay, or none, and one vehicle. Everything is worked out when it is first looked at.

    `was_found_again`: whether another search for the same stay found it, so that it is likely to be found once more.
    """

    def __init__(
        self,
        place: Place,
        stay: Stay | None,
        vehicle: Vehicle,
        infos: Infos,
        now: datetime,
        exchange: Exchange,
        quoted: Quoted,
        ready: Ready,
        *,
        several_currencies: bool = False,
        like: "Priced | None" = None,
    ) -> None:
        self._like = like
        self.place = place
        self.was_found_again = False
        self._stay = stay
        self._vehicle = vehicle
        self.infos = infos
        self.now = now
        self._exchange = exchange
        self._quoted = quoted
        self.ready = ready
        self._several = several_currencies

    def besides(self, ready: Ready) -> "Priced":
        """The same with these ready offers besides; itself where none is of this place."""
        own = {key: ready[key] for key, _ in self.place.listings if key in ready}
        return self.but({**self.ready, **own}) if own else self

    def is_like(self, other: "Priced", ready: Ready) -> bool:
        """Whether it is the other one besides these very ready offers."""
        if self._like is not other:
            return False
        return all(self.ready.get(key) is ready.get(key) for key, _ in self.place.listings)

    def but(self, ready: Ready, *, several_currencies: bool = False) -> "Priced":
        """The same with other ready offers: what else is in the way is in the way of those too."""
        return Priced(
            self.place,
            self._stay,
            self._vehicle,
            self.infos,
            self.now,
            self._exchange,
            self._quoted,
            ready,
            several_currencies=several_currencies,
            like=self,
        )

    @lazily
    def until(self) -> datetime:
        """From `now` until this instant, exclusively, all of it is the same."""
        if self._like:
            return self._like.until
        return same_until(self.place, self._stay, self.infos, self.now)

    @lazily
    def barred(self) -> tuple[Exclusion, ...]:
        if self._like:
            return self._like.barred
        return exclusions(self.place, self._stay, self._vehicle, self.infos, self.now)

    @lazily
    def offers(self) -> tuple[Offer, ...]:
        if self._stay is None:
            return ()
        found = offers(self.place, self._stay, self._vehicle, self.barred, self.infos, self.ready, self._quoted)
        return compared(found, self._exchange, several_currencies=self._several)

    @lazily
    def cheapest(self) -> Offer | None:
        return next((offer for offer in self.offers if offer.payable), None)

    @lazily
    def excluded(self) -> tuple[Exclusion, ...]:
        agreed = None if self.barred else agreed_by_all(self.offers)
        return (*self.barred, agreed) if agreed else self.barred


class _Kept:
    """Of one question: what was worked out under these infos and rates, by the place's identity.

    `told`: the same with the offers that networks said last, and `again` as far as these are the very ones of `ready`.
    `is_forgotten`: only searches that began before have it.
    """

    __slots__ = ("again", "exchange", "infos", "is_forgotten", "places", "ready", "told")

    def __init__(self, infos: Infos, exchange: Exchange) -> None:
        self.infos = infos
        self.exchange = exchange
        self.is_forgotten = False
        self.places: OrderedDict[int, Priced] = OrderedDict()
        self.told: dict[int, Priced] = {}
        self.again: dict[int, Priced] = {}
        self.ready: Ready = NOT_READY

    def forget_first(self) -> None:
        """The place that came first."""
        which, _ = self.places.popitem(last=False)
        self.told.pop(which, None)
        self.again.pop(which, None)


class Prices:
    """Keeps what was worked out. A place that changed is another object, so nothing kept is ever out of date."""

    def __init__(self, limit: int = KEPT_PLACES) -> None:
        self._quotes = Quotes()
        self._limit = limit
        self._number = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    @property
    def quoted(self) -> Quoted:
        """Prices a rate table, or knows its price already."""
        return self._quotes.of

    def __len__(self) -> int:
        return self._number

    def of(
        self,
        stay: Stay | None,
        vehicle: Vehicle,
        infos: Infos,
        now: datetime,
        exchange: Exchange,
        ready: Ready = NOT_READY,
    ) -> Callable[[Place], Priced]:
        """Prices places for this stay, with the ready offers that networks said for it."""
        question = asked(stay, vehicle)
        kept = self._kept.get(question)
        if kept is None or kept.exchange is not exchange or kept.infos != infos:
            self._forget(question)
            kept = self._kept[question] = _Kept(infos, exchange)
        self._kept.move_to_end(question)
        if ready and kept.ready is not ready:
            kept.ready, kept.again = ready, {}
        places, told, again = kept.places, kept.told, kept.again

        def unprompted(place: Place) -> Priced:
            known = places.get(id(place))
            if known is None or known.until <= now:
                if known is None:
                    self._count_one_more(kept)
                known = places[id(place)] = Priced(
                    place, stay, vehicle, infos, now, exchange, self._quotes.of, NOT_READY
                )
            else:
                known.was_found_again = True
            return known

        def priced(place: Place) -> Priced:
            last = again.get(id(place))
            if last is not None and last.until > now:
                last.was_found_again = True
                return last
            known, last = unprompted(place), told.get(id(place))
            if last is None or not last.is_like(known, ready):
                last = known.besides(ready)
                if last is not known:
                    told[id(place)] = last
            else:
                last.was_found_again = True
            again[id(place)] = last
            return last

        return priced if ready else unprompted

    def _count_one_more(self, of: _Kept) -> None:
        """One goes for it where there are enough: all of a question at once would keep everybody waiting."""
        while self._number >= self._limit and self._kept:
            question, oldest = next(iter(self._kept.items()))
            if oldest.places:
                oldest.forget_first()
                self._number -= 1
            else:
                self._forget(question)
        self._number += not of.is_forgotten

    def _forget(self, question: Hashable) -> None:
        if gone := self._kept.pop(question, None):
            self._number -= len(gone.places)
            gone.is_forgotten = True
            gone.places.clear()
            gone.told.clear()
            gone.again.clear()
