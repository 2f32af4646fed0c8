"""One place in an answer: how far it is, what it costs, whether it passes the filter, and where it is sorted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Final, overload

from parkgraph.domain.hours import open_to_leave
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.place import Place
from parkgraph.graph import cursors
from parkgraph.graph.hours import parse_hours
from parkgraph.graph.index import Found
from parkgraph.graph.lazily import lazily
from parkgraph.graph.offers import Exclusion, Offer, zone_of
from parkgraph.graph.pages import Moment
from parkgraph.graph.priced import Priced
from parkgraph.graph.question import PlaceFilter, PlaceSort, Question

KEY: Final = attrgetter("key")


@dataclass(frozen=True, slots=True)
class Asked:
    """What all hits of one search have in common. `price`: what a place costs for the stay of the question."""

    question: Question
    moment: Moment
    price: Callable[[Place], Priced]


class Hit:
    """One place in the answer to one question. It is priced once, when that is first looked at."""

    place: Place
    is_kept = False

    def __init__(self, place: Place, from_centre_m: float, asked: Asked) -> None:
        self.place = place
        self._from_centre_m = from_centre_m
        self._asked = asked

    def but(self, priced: Priced) -> "Hit":
        """The same with other offers."""
        other = Hit(self.place, self._from_centre_m, self._asked)
        other.priced = priced
        return other

    @lazily
    def priced(self) -> Priced:
        return self._asked.price(self.place)

    @property
    def until(self) -> datetime:
        """From when on something else may be in the way."""
        return self.priced.until

    @property
    def kept(self) -> "Hit | None":
        """Itself, where its page was found again."""
        return self if self.is_kept else None

    @property
    def again(self) -> Priced | None:
        """The place for this stay, where another search found it too."""
        priced = self.priced
        return priced if priced.was_found_again else None

    @property
    def distance_m(self) -> int | None:
        return round(self._from_centre_m) if self._asked.question.near else None

    @lazily
    def offers(self) -> tuple[Offer, ...]:
        return self.priced.offers

    @property
    def cheapest(self) -> Offer | None:
        return self.priced.cheapest

    @property
    def total(self) -> Money | None:
        """Of the cheapest offer."""
        return self.cheapest.total if self.cheapest else None

    @property
    def is_barred(self) -> bool:
        """Whether something is in the way whatever it costs."""
        return bool(self.priced.barred)

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        return self.priced.excluded

    @lazily
    def cursor(self) -> str:
        return cursors.encode(self._asked.question.fingerprint, self.key)

    @lazily
    def key(self) -> cursors.Key:
        """What the answer is sorted by; unique, since it ends in the place's id."""
        last = (self._from_centre_m, self.place.id.hex)
        match self._asked.question.sort:
            case PlaceSort.DISTANCE:
                return last
            case PlaceSort.PRICE:
                return (*self._asked.moment.rates.sort_key(self.total), *last)
            case PlaceSort.VACANCY:
                vacant = self.place.occupancy.vacant if self.place.occupancy else None
                return (1, 0, *last) if vacant is None else (0, -vacant, *last)

    def passes(self, wanted: PlaceFilter) -> bool:
        """Whether every part of the filter holds; what costs least is asked first."""
        place = self.place
        return (
            (wanted.networks is None or any(key.network in wanted.networks for key, _ in place.listings))
            and (wanted.kinds is None or place.kind in wanted.kinds)
            and (wanted.features is None or wanted.features <= place.features)
            and (wanted.vacant is None or self._is_vacant() is wanted.vacant)
            and (wanted.open_during_stay is None or self._is_open() is wanted.open_during_stay)
            and (not wanted.fits or not self.excluded)
            and (wanted.bookable is None or any(o.bookable for o in self.offers) is wanted.bookable)
            and (wanted.max_price is None or self._costs_at_most(wanted.max_price))
        )

    def _is_vacant(self) -> bool | None:
        occupancy = self.place.occupancy
        if occupancy is None or (occupancy.level is OccupancyLevel.UNKNOWN and occupancy.vacant is None):
            return None
        return occupancy.vacant != 0 and occupancy.level not in (OccupancyLevel.FULL, OccupancyLevel.CLOSED)

    def _is_open(self) -> bool | None:
        """Open at both ends of the stay, or now where no stay is asked; None is unknown."""
        if self.place.opening_hours is None:
            return None
        moment, stay = self._asked.moment, self._asked.question.stay
        hours = parse_hours(self.place.opening_hours, self.place.location, zone_of(self.place, moment.infos))
        if hours is None:
            return None
        states = {hours.is_open(stay.arrive), open_to_leave(hours, stay)} if stay else {hours.is_open(moment.now)}
        return False if False in states else None if None in states else True

    def _costs_at_most(self, limit: Money) -> bool:
        total = self.total
        if total is None or total.currency == limit.currency:
            return total is not None and total.amount <= limit.amount
        rates = self._asked.moment.rates
        one, other = rates.convert(total), rates.convert(limit)
        return one is not None and other is not None and one.amount <= other.amount


class Nearest(Sequence[Hit]):
    """A hit of each place that was found, in their order; made anew whenever it is looked at, as only a page is."""

    def __init__(self, found: Sequence[Found], asked: Asked) -> None:
        self._found = found
        self._asked = asked

    @property
    def places(self) -> list[Place]:
        """Of the hits, none of which is made for that."""
        return [place for _, _, place in self._found]

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> "Nearest": ...
    def __getitem__(self, at: int | slice) -> "Hit | Nearest":
        if isinstance(at, slice):
            return Nearest(self._found[at], self._asked)
        metres, _, place = self._found[at]
        return Hit(place, metres, self._asked)

    def __iter__(self) -> Iterator[Hit]:
        asked = self._asked
        return iter([Hit(place, metres, asked) for metres, _, place in self._found])


def key_shape(sort: PlaceSort) -> cursors.Key:
    """A key of this sort, by whose types a cursor is read."""
    match sort:
        case PlaceSort.DISTANCE:
            return (0.0, "")
        case PlaceSort.PRICE:
            return (0, "", Decimal(0), 0.0, "")
        case PlaceSort.VACANCY:
            return (0, 0, 0.0, "")
