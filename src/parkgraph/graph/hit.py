"""One place in an answer: how far it is, what it costs, whether it passes the filter, and where it is sorted."""

from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Final

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.hours import open_to_leave
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.graph import cursors
from parkgraph.graph.hours import parse_hours
from parkgraph.graph.lazily import lazily
from parkgraph.graph.offers import Exclusion, Offer, zone_of
from parkgraph.graph.pages import Moment
from parkgraph.graph.priced import Priced
from parkgraph.graph.question import PlaceFilter, PlaceSort, Question

KEY: Final = attrgetter("key")


class Hit:
    """One place in the answer to one question. Offers are priced once, when they are first looked at."""

    def __init__(self, priced: Priced, question: Question, centre: Coordinates, moment: Moment) -> None:
        self.place = priced.place
        self.priced = priced
        self.is_kept = False
        self._question = question
        self._centre = centre
        self._moment = moment
        self._from_centre = centre.distance_m(self.place.location)

    def but(self, priced: Priced) -> "Hit":
        """The same with other offers."""
        return Hit(priced, self._question, self._centre, self._moment)

    @property
    def distance_m(self) -> int | None:
        return round(self._from_centre) if self._question.near else None

    @property
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

    @cached_property
    def cursor(self) -> str:
        return cursors.encode(self._question.fingerprint, self.key)

    @lazily
    def key(self) -> cursors.Key:
        """What the answer is sorted by; unique, since it ends in the place's id."""
        last = (self._from_centre, self.place.id.hex)
        match self._question.sort:
            case PlaceSort.DISTANCE:
                return last
            case PlaceSort.PRICE:
                return (*self._moment.rates.sort_key(self.total), *last)
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
        hours = parse_hours(self.place.opening_hours, self.place.location, zone_of(self.place, self._moment.infos))
        if hours is None:
            return None
        stay = self._question.stay
        states = {hours.is_open(stay.arrive), open_to_leave(hours, stay)} if stay else {hours.is_open(self._moment.now)}
        return False if False in states else None if None in states else True

    def _costs_at_most(self, limit: Money) -> bool:
        total = self.total
        if total is None or total.currency == limit.currency:
            return total is not None and total.amount <= limit.amount
        one, other = self._moment.rates.convert(total), self._moment.rates.convert(limit)
        return one is not None and other is not None and one.amount <= other.amount


def key_shape(sort: PlaceSort) -> cursors.Key:
    """A key of this sort, by whose types a cursor is read."""
    match sort:
        case PlaceSort.DISTANCE:
            return (0.0, "")
        case PlaceSort.PRICE:
            return (0, "", Decimal(0), 0.0, "")
        case PlaceSort.VACANCY:
            return (0, 0, 0.0, "")
