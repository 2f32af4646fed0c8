"""One purchase option: a price for the stay that was asked."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from parkgraph.domain.money import Money
from parkgraph.domain.place import Feature, ListingOffer
from parkgraph.domain.pricing import OfferReason, OfferStatus, PriceLine
from parkgraph.domain.stay import Stay, parse_instant
from parkgraph.sdk import Row
from parkgraph_parkwhiz.row import Id, Text

_AMOUNT: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?")
_SITE: Final = "https://www.parkwhiz.com"

FEATURES: Final = {
    "indoor": Feature.COVERED,
    "covered": Feature.COVERED,
    "handicap": Feature.ACCESSIBLE,
    "vehicle_charging": Feature.EV_CHARGING,
    "attended": Feature.GUARDED,
    "security": Feature.GUARDED,
    "restroom": Feature.TOILETS,
}


def _exact(value: object) -> object:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ValueError("a price is a string of digits")
    return Decimal(value)


def _instant(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a time is a string")  # noqa: TRY004  (pydantic reports a ValueError as a bad field)
    return parse_instant(value)


Instant = Annotated[datetime, BeforeValidator(_instant)]
Prices = dict[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], Annotated[Decimal, BeforeValidator(_exact)]]
"""Amounts by currency: `{"USD": "21.00"}`."""


class Availability(Row):
    status: Text | None = None
    spaces_remaining: int | None = None

    @property
    def is_none_left(self) -> bool:
        return self.status == "unavailable" or self.spaces_remaining == 0


class Amenity(Row):
    key: Text | None = None
    enabled: bool = False


class Link(Row):
    href: Annotated[str, Field(max_length=1000)] | None = None


class Links(Row):
    purchase: Link = Field(default=Link(), alias="site:purchase")


class Option(Row):
    """`price` is what is paid, `base_price` the part without fees. It holds from `min_start` to `max_end`."""

    id: Id
    price: Prices = Field(default_factory=dict)
    base_price: Prices = Field(default_factory=dict)
    min_start: Instant | None = None
    max_end: Instant | None = None
    space_availability: Availability = Availability()
    amenities: tuple[Amenity, ...] = Field(default=(), strict=False, max_length=200)
    links: Links = Field(default=Links(), alias="_links")

    @property
    def features(self) -> frozenset[Feature]:
        keys = (amenity.key for amenity in self.amenities if amenity.enabled)
        return frozenset(FEATURES[key] for key in keys if key in FEATURES)

    def to_offer(self, stay: Stay, currency: str | None) -> ListingOffer:
        """`currency`: the location's own, taken where there are prices in several."""
        url = web_address(self.links.purchase.href)
        if self.space_availability.is_none_left:
            text = "No space is left for this stay."
            return _unavailable(self.id, OfferReason.FULL, text, url)
        if (self.min_start and stay.arrive < self.min_start) or (self.max_end and stay.leave > self.max_end):
            return _unavailable(self.id, OfferReason.BEYOND_MAX_STAY, "This price is for other hours.", url)
        total = _amount(self.price, currency)
        if total is None:
            text = "The network names no price for this stay."
            return ListingOffer(
                self.id, OfferStatus.NOT_COMPUTABLE, reason=OfferReason.NO_STRUCTURE, reason_text=text, url=url
            )
        status = OfferStatus.PRICED if total.amount else OfferStatus.FREE
        base = self.base_price.get(total.currency)
        return ListingOffer(self.id, status, total, _lines(total, base, stay), url=url)


def sold_out(location_id: str) -> ListingOffer:
    """The offer of a location without any purchase option."""
    return _unavailable(location_id, OfferReason.FULL, "Nothing is sold here for this stay.", None)


def web_address(href: str | None) -> str | None:
    """A link of the network, which may leave its own site out; None where it leads elsewhere."""
    if href is None or not href.isprintable() or " " in href:
        return None
    address = _SITE + href if href.startswith("/") else href
    return address if address.startswith(_SITE + "/") else None


def _amount(prices: Mapping[str, Decimal], currency: str | None) -> Money | None:
    chosen = currency if currency in prices else next(iter(prices), None)
    if chosen is None:
        return None
    return Money(prices[chosen], chosen).rounded()


def _lines(total: Money, base: Decimal | None, stay: Stay) -> tuple[PriceLine, ...]:
    """What adds up to the total, or nothing."""
    if base is None or base > total.amount:
        return ()
    parts = [("Parking", Money(base, total.currency).rounded())]
    if fees := total.amount - parts[0][1].amount:
        parts.append(("Fees", Money(fees, total.currency)))
    return tuple(PriceLine(label, stay.arrive, stay.leave, 1, amount, amount) for label, amount in parts)


def _unavailable(ref: str, reason: OfferReason, text: str, url: str | None) -> ListingOffer:
    return ListingOffer(ref, OfferStatus.UNAVAILABLE, reason=reason, reason_text=text, url=url)
