"""Bookings as the network has them."""

import re
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from parkgraph.domain.money import Money
from parkgraph.sdk import ReservationStatus
from parkgraph_parclick.product import Currency, CurrencyCode
from parkgraph_parclick.row import Amount, Id, Row, Text

STATES: Final = {
    "CONFIRMED": ReservationStatus.CONFIRMED,
    "NOT_MODIFIED": ReservationStatus.CONFIRMED,
    "PENDING": ReservationStatus.PENDING,
    "CANCELED": ReservationStatus.CANCELLED,
    "CANCELLED": ReservationStatus.CANCELLED,
}
"""A cancelled booking is spelt in both ways."""

Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
"""The voucher's code, which drivers show and support asks for: our reference of a booking."""

_TAG: Final = re.compile(r"<[^<>]*>")
_LONGEST_INSTRUCTIONS: Final = 2_000


class Booked(Row):
    """The answer of `POST /v1/booking/new`."""

    voucher_code: Code
    voucher_id: Id | None = None
    total_price: Amount | None = None
    currency: Currency = Currency()

    @property
    def total(self) -> Money | None:
        return _money(self.total_price, self.currency.code)


class Booking(Row):
    """A row of `GET /v1/booking/list`."""

    id: Id
    booking_code: Code
    voucher_id: Id | None = None
    state: Text

    @property
    def status(self) -> ReservationStatus | None:
        """None for a state that is not documented."""
        return STATES.get(self.state.upper())


Line = Annotated[str, Field(max_length=20_000)]


def _lines(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class VoucherText(Row):
    lines: Annotated[tuple[Line, ...], BeforeValidator(_lines)] = Field(
        default=(), strict=False, max_length=200, alias="voucher_description"
    )


class VoucherBooking(Row):
    total: Amount | None = None


class VoucherData(Row):
    booking: VoucherBooking = VoucherBooking()
    voucher: VoucherText = VoucherText()
    currency: CurrencyCode | None = None


class Voucher(Row):
    """The answer of `GET /v1/voucher/{voucher_id}/details`."""

    data: VoucherData = VoucherData()

    @property
    def total(self) -> Money | None:
        return _money(self.data.booking.total, self.data.currency)

    @property
    def instructions(self) -> str | None:
        """How to get in, as plain text on one line."""
        text = _TAG.sub(" ", " ".join(self.data.voucher.lines))
        printable = "".join(sign if sign.isprintable() else " " for sign in text)
        return " ".join(printable.split())[:_LONGEST_INSTRUCTIONS] or None


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return Money(amount, currency).rounded() if amount is not None and currency else None
