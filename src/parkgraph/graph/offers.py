"""What a stay at a place costs, network by network, and why a vehicle or a stay does not fit. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from parkgraph.domain.civil import Calendar
from parkgraph.domain.hours import open_to_leave
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, ListingKey, ListingOffer, Place
from parkgraph.domain.pricing import OfferReason, OfferStatus, PriceLine, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.calendars import calendar_of
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.hours import parse_hours
from parkgraph.sdk.contract import Capability, NetworkInfo

NOW_MEANS: Final = timedelta(minutes=30)
"""A count of vacant spaces speaks of arrivals within this time."""

CLOCKS_DIFFER: Final = timedelta(minutes=5)

PAYABLE: Final = frozenset({OfferStatus.PRICED, OfferStatus.FREE})

Quoted = Callable[[RateTable | None, Stay, tzinfo, Vehicle, Calendar | None], Quote]
"""Prices a rate table, as `pricing.price` does."""

_RANK: Final = {
    OfferStatus.PRICED: 0,
    OfferStatus.FREE: 0,
    OfferStatus.NOT_COMPUTABLE: 1,
    OfferStatus.UNAVAILABLE: 2,
}


class ExclusionCode(StrEnum):
    """Why this vehicle or this stay does not fit."""

    TOO_HIGH = "TOO_HIGH"
    CLOSED_AT_ARRIVAL = "CLOSED_AT_ARRIVAL"
    CLOSED_AT_DEPARTURE = "CLOSED_AT_DEPARTURE"
    FULL = "FULL"
    BEYOND_MAX_STAY = "BEYOND_MAX_STAY"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason, and a sentence for the driver."""

    code: ExclusionCode
    text: str


_OFFER_REASON: Final = {
    ExclusionCode.TOO_HIGH: OfferReason.TOO_HIGH,
    ExclusionCode.CLOSED_AT_ARRIVAL: OfferReason.CLOSED,
    ExclusionCode.CLOSED_AT_DEPARTURE: OfferReason.CLOSED,
    ExclusionCode.FULL: OfferReason.FULL,
    ExclusionCode.BEYOND_MAX_STAY: OfferReason.BEYOND_MAX_STAY,
}


_AGREED: Final = {
    OfferReason.BEYOND_MAX_STAY: ExclusionCode.BEYOND_MAX_STAY,
    OfferReason.FULL: ExclusionCode.FULL,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One network's price for one stay, and how to take it. `ref` is the network's own id of a ready offer.

    `converted`: the total in the currency in which offers are compared, where that is another one and has a rate.
    """

    key: ListingKey
    listing: Listing
    stay: Stay
    vehicle: Vehicle
    status: OfferStatus
    ref: str | None = None
    total: Money | None = None
    reason: OfferReason | None = None
    reason_text: str | None = None
    bookable: bool = False
    url: str | None = None
    valid_until: datetime | None = None
    converted: Money | None = None
    vacant: int | None = None
    priced_by: Quote | ListingOffer | None = field(default=None, repr=False, compare=False)

    @property
    def lines(self) -> tuple[PriceLine, ...]:
        """They explain the total; made when they are first asked for."""
        return self.priced_by.lines if self.priced_by else ()

    @property
    def payable(self) -> bool:
        return self.status in PAYABLE


def is_fresh(occupancy: Occupancy, info: NetworkInfo, now: datetime) -> bool:
    """Whether the count is young enough to be believed; one without a time, or from the future, is not."""
    return occupancy.observed_at is not None and -CLOCKS_DIFFER <= now - occupancy.observed_at <= info.max_age


def exclusions(
    place: Place, stay: Stay | None, vehicle: Vehicle, infos: Mapping[str, NetworkInfo], now: datetime
) -> tuple[Exclusion, ...]:
    """Everything known that keeps this vehicle out, or this stay from working; the maximum stay comes with offers."""
    found: list[Exclusion] = []
    if vehicle.height_cm and place.max_height_cm and vehicle.height_cm > place.max_height_cm:
        text = f"The vehicle is {vehicle.height_cm} cm high; at most {place.max_height_cm} cm fit."
        found.append(Exclusion(ExclusionCode.TOO_HIGH, text))
    if stay is not None:
        hours = place.opening_hours and parse_hours(place.opening_hours, place.location, zone_of(place, infos))
        if hours:
            if hours.is_open(stay.arrive) is False:
                found.append(Exclusion(ExclusionCode.CLOSED_AT_ARRIVAL, "It is closed at arrival."))
            if open_to_leave(hours, stay) is False:
                found.append(Exclusion(ExclusionCode.CLOSED_AT_DEPARTURE, "It is closed at departure."))
    soon = stay is None or stay.arrive <= now + NOW_MEANS
    match live_level(place, infos, now) if soon or out_of_service(place) else None:
        case OccupancyLevel.FULL:
            found.append(Exclusion(ExclusionCode.FULL, "It is full now."))
        case OccupancyLevel.CLOSED if not any(e.code is ExclusionCode.CLOSED_AT_ARRIVAL for e in found):
            found.append(Exclusion(ExclusionCode.CLOSED_AT_ARRIVAL, "The network reports it closed."))
    return tuple(found)


def same_until(place: Place, stay: Stay | None, infos: Mapping[str, NetworkInfo], now: datetime) -> datetime:
    """Until when, exclusively, `exclusions` finds what it finds at `now`: then the arrival gets near, or what the place
    says of its occupancy becomes credible or stops being so.
    """
    turns = [stay.arrive - NOW_MEANS] if stay else []
    if place.occupancy and place.occupancy.observed_at and place.occupancy_from:
        seen = place.occupancy.observed_at
        turns += [seen - CLOCKS_DIFFER, seen + infos[place.occupancy_from.network].max_age + datetime.resolution]
    return min((turn for turn in turns if turn > now), default=datetime.max.replace(tzinfo=UTC))


def offers(
    place: Place,
    stay: Stay,
    vehicle: Vehicle,
    excluded: Sequence[Exclusion],
    infos: Mapping[str, NetworkInfo],
    ready: Mapping[ListingKey, tuple[ListingOffer, ...]],
    quoted: Quoted = price,
) -> tuple[Offer, ...]:
    """Every network's offer for the stay, in the order of the listings. `quoted` prices rate tables."""
    barred = excluded[0] if excluded else None
    found: list[Offer] = []
    for key, listing in place.listings:
        if barred:
            reason = _OFFER_REASON[barred.code]
            found.append(
                Offer(key, listing, stay, vehicle, OfferStatus.UNAVAILABLE, reason=reason, reason_text=barred.text)
            )
        elif key in ready:
            takes_bookings = Capability.BOOKING in infos[key.network].capabilities
            found.extend(
                _ready_offer(key, listing, stay, vehicle, offer, takes_bookings=takes_bookings) for offer in ready[key]
            )
        else:
            zone, calendar = _zone_of_listing(key, listing, infos), calendar_of(infos[key.network].region)
            quote = quoted(listing.rates, stay, zone, vehicle, calendar)
            found.append(
                Offer(
                    key,
                    listing,
                    stay,
                    vehicle,
                    quote.status,
                    total=quote.total,
                    reason=quote.reason,
                    reason_text=quote.reason_text,
                    url=listing.url,
                    priced_by=quote,
                )
            )
    return tuple(found)


def compared(found: Sequence[Offer], exchange: Exchange, *, several_currencies: bool = False) -> tuple[Offer, ...]:
    """The cheapest first. Numbers of two currencies are never compared: what has no rate comes last and says so."""
    currencies = {offer.total.currency for offer in found if offer.total}
    several = several_currencies or len(currencies) > 1
    if currencies <= {exchange.currency}:
        return tuple(sorted(found, key=lambda offer: _cheapest_first(offer, exchange)))
    converted = (_converted(offer, exchange, several=several) for offer in found)
    return tuple(sorted(converted, key=lambda offer: _cheapest_first(offer, exchange)))


def agreed_by_all(found: Sequence[Offer]) -> Exclusion | None:
    """The exclusion that every offer agrees on: nobody sells so long a stay here, or nobody has room for it."""
    for reason, code in _AGREED.items():
        if found and all(offer.reason is reason for offer in found):
            return Exclusion(code, found[0].reason_text or "It cannot be had for this stay.")
    return None


def zone_of(place: Place, infos: Mapping[str, NetworkInfo]) -> ZoneInfo:
    """The place's own time zone, as its first listing has it."""
    return _zone_of_listing(*place.listings[0], infos)


def _zone_of_listing(key: ListingKey, listing: Listing, infos: Mapping[str, NetworkInfo]) -> ZoneInfo:
    return listing.timezone or infos[key.network].timezone


def live_level(place: Place, infos: Mapping[str, NetworkInfo], now: datetime) -> OccupancyLevel | None:
    """How full it is, where a network counted that lately; it may say CLOSED against published hours."""
    if place.occupancy is None or place.occupancy_from is None:
        return None
    if out_of_service(place):
        return OccupancyLevel.CLOSED
    if not is_fresh(place.occupancy, infos[place.occupancy_from.network], now):
        return None
    return OccupancyLevel.FULL if place.occupancy.vacant == 0 else place.occupancy.level


def out_of_service(place: Place) -> bool:
    """Whether a network's standing word is that it is closed."""
    return place.occupancy is not None and place.occupancy.out_of_service


def _ready_offer(
    key: ListingKey, listing: Listing, stay: Stay, vehicle: Vehicle, offer: ListingOffer, *, takes_bookings: bool
) -> Offer:
    payable = offer.status in PAYABLE and offer.total is not None
    return Offer(
        key,
        listing,
        stay,
        vehicle,
        offer.status,
        ref=offer.ref,
        total=offer.total,
        reason=offer.reason,
        reason_text=offer.reason_text,
        bookable=takes_bookings and offer.bookable and payable,
        url=offer.url or listing.url,
        valid_until=offer.valid_until,
        vacant=offer.vacant,
        priced_by=offer,
    )


def _converted(offer: Offer, exchange: Exchange, *, several: bool) -> Offer:
    total = offer.total
    if total is None or total.currency == exchange.currency:
        return offer
    if converted := exchange.convert(total):
        return replace(offer, converted=converted)
    if not several or not offer.payable:
        return offer
    text = f"No rate of {total.currency} to {exchange.currency} is known, so this price is not compared with others."
    return replace(offer, reason=OfferReason.NO_EXCHANGE_RATE, reason_text=text)


def _cheapest_first(offer: Offer, exchange: Exchange) -> tuple[int, tuple[int, str, Decimal], ListingKey, str]:
    return _RANK[offer.status], exchange.sort_key(offer.total), offer.key, offer.ref or ""
