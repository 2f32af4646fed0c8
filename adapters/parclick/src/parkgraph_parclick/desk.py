"""Where bookings are made, found and cancelled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from parkgraph.domain.money import Money
from parkgraph.sdk import (
    BookingRequest,
    Malformed,
    NetworkFault,
    Refusal,
    RefusalReason,
    Refused,
    Reservation,
    ReservationStatus,
    Response,
)
from parkgraph_parclick.api import Api
from parkgraph_parclick.booking import Booked, Booking, Voucher
from parkgraph_parclick.driver import marked, missing, to_form
from parkgraph_parclick.parking import Parking
from parkgraph_parclick.question import VEHICLE_TYPES, Clock
from parkgraph_parclick.row import Row
from parkgraph_parclick.stock import LOCALE, Stock
from parkgraph_parclick.zones import CENTRAL

R = TypeVar("R", bound=Row)

ONE_HOUR_LEFT: Final = 2
"""The `cancellation_type` of a booking that can be cancelled up to an hour before it begins."""


class Desk:
    """`currency`: of a price that comes without one."""

    def __init__(self, api: Api, stock: Stock, currency: str) -> None:
        self._api = api
        self._stock = stock
        self._currency = currency

    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        """Book the best pass of now, if it is the one that was offered and costs no more than agreed."""
        vehicle_type = VEHICLE_TYPES.get(request.vehicle.kind)
        if vehicle_type is None:
            return Refusal(RefusalReason.REFUSED, "Parclick has no places for this kind of vehicle.")
        parking = await self._stock.details(request.local_id)
        requested = parking.requested if parking else ()
        if lacks := missing(request.driver, requested):
            return Refusal(RefusalReason.DRIVER_INCOMPLETE, f"This booking also needs {', '.join(lacks)}.")
        clock = Clock.of(request.stay, parking.zone if parking else CENTRAL)
        products = await self._stock.products(request.local_id, vehicle_type, clock)
        if not products:
            return Refusal(RefusalReason.SOLD_OUT, "Nothing is sold here for this stay any more.")
        product = next((product for product in products if product.id == request.offer_ref), None)
        total = product.total(self._currency) if product else None
        if product is None or product.token is None or total is None:
            return Refusal(RefusalReason.OFFER_EXPIRED, "This offer is not sold any more: ask for a new one.")
        if _is_dearer(total, request.total):
            return Refusal(RefusalReason.PRICE_CHANGED, f"It costs {total.amount} {total.currency} now.")
        form = {
            **to_form(request.driver, request.client_reference, requested),
            **clock.parameters,
            "group": "detail",
            "product": product.id,
            "token": product.token,
        }
        try:
            booked = _read(Booked, (await self._api.post("/v1/booking/new", form)).json(exact=True))
        except Refused:
            return Refusal(RefusalReason.REFUSED, "The network did not accept the booking.")
        return await self._settled(booked, booked.total or total, request, parking)

    async def find(self, client_reference: str) -> Reservation | None:
        """The booking whose last name ends in our reference; one that stands rather than one that was cancelled."""
        mark = marked(client_reference).casefold()
        bookings = await self._list(
            {"lastName": client_reference}, lambda row: str(row.get("last_name")).casefold().endswith(mark)
        )
        standing = [booking for booking in bookings if booking.status is not ReservationStatus.CANCELLED]
        found = next(iter(standing or bookings), None)
        return await self._reservation(found) if found else None

    async def status(self, reference: str) -> Reservation | None:
        """`reference` is the voucher's code."""
        booking = await self._booking(reference)
        return await self._reservation(booking) if booking else None

    async def cancel(self, reference: str) -> Reservation | Refusal:
        """What the network's list says afterwards is what holds, unless it answered that it cancelled."""
        booking = await self._booking(reference)
        if booking is None:
            return Refusal(RefusalReason.UNKNOWN_BOOKING, "The network knows of no such booking.")
        cancelled = Reservation(reference, ReservationStatus.CANCELLED)
        if booking.status is ReservationStatus.CANCELLED:
            return cancelled
        try:
            answer = await self._api.post(f"/v1/booking/{booking.id}/cancelex", {"locale": LOCALE})
            if _is_success(answer):
                return cancelled
        except Refused:
            pass  # too late, not allowed, or cancelled meanwhile: the list tells
        after = await self._booking(reference)
        if after and after.status is ReservationStatus.CANCELLED:
            return cancelled
        return Refusal(RefusalReason.NOT_CANCELLABLE, "The network does not let this booking be cancelled now.")

    async def _settled(
        self, booked: Booked, total: Money, request: BookingRequest, parking: Parking | None
    ) -> Reservation | Refusal:
        """The booking made; undone where it turned out dearer than agreed and the network lets it go."""
        if _is_dearer(total, request.total) and isinstance(await self.cancel(booked.voucher_code), Reservation):
            return Refusal(RefusalReason.PRICE_CHANGED, f"It costs {total.amount} {total.currency} now.")
        until = parking is not None and parking.cancellation_type == ONE_HOUR_LEFT
        return Reservation(
            booked.voucher_code,
            ReservationStatus.CONFIRMED,
            total,
            (await self._voucher(booked.voucher_id)).instructions,
            cancellable_until=request.stay.arrive - timedelta(hours=1) if until else None,
        )

    async def _reservation(self, booking: Booking) -> Reservation:
        if booking.status is None:
            raise Malformed("a booking is in a state that the network does not document")
        voucher = await self._voucher(booking.voucher_id)
        return Reservation(booking.booking_code, booking.status, voucher.total, voucher.instructions)

    async def _booking(self, reference: str) -> Booking | None:
        bookings = await self._list({"voucher_code": reference}, lambda row: row.get("booking_code") == reference)
        return next(iter(bookings), None)

    async def _list(self, filters: dict[str, str], is_meant: Callable[[dict[str, Any]], bool]) -> list[Booking]:
        """The bookings that are meant, whatever the network makes of the filters. Raises Malformed for a long list."""
        found: list[Booking] = []
        ended = False
        async for page in self._api.pages("/v1/booking/list", {"group": "list", **filters}):
            found += [_read(Booking, row) for row in page.items if isinstance(row, dict) and is_meant(row)]
            ended = page.is_last
        if not found and not ended:
            raise Malformed("the list of bookings does not end")
        return found

    async def _voucher(self, voucher_id: str | None) -> Voucher:
        """A booking stands whether or not its voucher can be read now: without one, less is known."""
        if voucher_id is None:
            return Voucher()
        try:
            params = {"group": "detail", "locale": LOCALE}
            return _read(Voucher, await self._api.get(f"/v1/voucher/{voucher_id}/details", params))
        except NetworkFault:
            return Voucher()


def _is_dearer(total: Money, agreed: Money) -> bool:
    return total.currency != agreed.currency or total.amount > agreed.amount


def _is_success(answer: Response) -> bool:
    try:
        document = answer.json()
    except Malformed:
        return False
    return isinstance(document, dict) and document.get("message") == "success"


def _read(kind: type[R], document: Any) -> R:
    try:
        return kind.model_validate(document)
    except ValidationError:
        raise Malformed("a booking is not what the network promises") from None
