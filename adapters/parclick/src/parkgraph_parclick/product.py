"""One product ("pass"): a price for the stay that was asked."""

from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingOffer
from parkgraph.domain.pricing import OfferReason, OfferStatus, PriceLine
from parkgraph.domain.stay import Stay
from parkgraph.sdk import exact
from parkgraph_parclick.row import Amount, Id, Row, Text

ON_REQUEST: Final = Decimal(-127)
"""The price of a product whose price `GET /v1/pass/details` alone knows."""


def _price(amount: Decimal) -> Decimal:
    if amount != ON_REQUEST and not 0 <= amount <= 100_000:
        raise ValueError("a price is between 0 and 100000, or -127")
    return amount


Price = Annotated[Decimal, BeforeValidator(exact), AfterValidator(_price)]


CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Currency(Row):
    code: CurrencyCode | None = None


class ParkingRef(Row):
    id: Id | None = None


class Product(Row):
    """`price` is without the administration fee; a search adds it in a field, a best pass names it apart.

    `token`: with it the product can be booked; only a best pass has one.
    """

    id: Id
    price: Price | None = None
    price_with_administration_fee: Amount | None = None
    administration_fee: Amount | None = None
    token: Text | None = None
    extra_info: Currency = Currency()
    parking: ParkingRef = ParkingRef()

    def total(self, currency: str) -> Money | None:
        """What is paid; None where the price is on request. `currency`: of a price that comes without one."""
        if self.price is None or self.price == ON_REQUEST:
            return None
        total = self.price_with_administration_fee
        if total is None:
            total = self.price + (self.administration_fee or 0)
        return Money(total, self.extra_info.code or currency).rounded()

    def to_offer(self, stay: Stay, currency: str) -> ListingOffer:
        """`stay` is on the car park's own clock."""
        total = self.total(currency)
        if total is None:
            text = "The network prices this car park on request: ask for a quote."
            return ListingOffer(self.id, OfferStatus.NOT_COMPUTABLE, reason=OfferReason.NO_STRUCTURE, reason_text=text)
        status = OfferStatus.PRICED if total.amount else OfferStatus.FREE
        return ListingOffer(self.id, status, total, self._lines(total, stay), bookable=True)

    def _lines(self, total: Money, stay: Stay) -> tuple[PriceLine, ...]:
        """What adds up to the total, or nothing."""
        base = Money(self.price or Decimal(0), total.currency).rounded()
        fee = Money(total.amount - base.amount, total.currency)
        if fee.amount < 0:
            return ()
        parts = (("Parking", base), ("Administration fee", fee)) if fee.amount else (("Parking", base),)
        return tuple(PriceLine(label, stay.arrive, stay.leave, 1, amount, amount) for label, amount in parts)


def unavailable(ref: str) -> ListingOffer:
    """The offer of a car park without a product for the stay."""
    text = "Nothing is sold here for this stay."
    return ListingOffer(ref, OfferStatus.UNAVAILABLE, reason=OfferReason.FULL, reason_text=text)
