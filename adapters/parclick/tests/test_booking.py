"""Bookings over real HTTP: made, lost and found again, cancelled, and refused."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from adapters.parclick.tests.stand_in import CarPark, Parclick

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk import (
    BookingAdapter,
    BookingRequest,
    Denied,
    Driver,
    Malformed,
    Refusal,
    RefusalReason,
    Reservation,
    ReservationStatus,
    Unavailable,
)
from parkgraph_parclick import Adapter

NEW = "/v1/booking/new"
LIST = "/v1/booking/list"
START = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Europe/Madrid"))
ROW: dict[str, Any] = {"id": 852, "name": "Garaje Centro", "latitude": 40.41297, "longitude": -3.7033}
REQUEST = BookingRequest(
    client_reference="pg-0193a8",
    local_id="852",
    offer_ref="49166",
    stay=Stay(START, START + timedelta(hours=4)),
    vehicle=Vehicle(),
    total=Money(Decimal("14.09"), "EUR"),
    driver=Driver(plate="1234 BCD", name="Ana Pérez", email="ana@example.org", phone="+34 666 339 900"),
)
INSTRUCTIONS = "TO ENTER: take a ticket. TO LEAVE: show your voucher."


@pytest.fixture
def car_park(network: Parclick) -> CarPark:
    return network.add(ROW)


async def booked(adapter: Adapter, request: BookingRequest = REQUEST) -> Reservation:
    reservation = await adapter.reserve(request)
    assert isinstance(reservation, Reservation)
    return reservation


async def refused(adapter: Adapter, request: BookingRequest = REQUEST) -> Refusal:
    refusal = await adapter.reserve(request)
    assert isinstance(refusal, Refusal)
    return refusal


def test_the_adapter_takes_bookings() -> None:
    assert issubclass(Adapter, BookingAdapter)


async def test_a_booking_is_the_network_s_with_its_price_and_the_way_in(adapter: Adapter, car_park: CarPark) -> None:
    assert await booked(adapter) == Reservation(
        reference="L8K2WY0",
        status=ReservationStatus.CONFIRMED,
        total=Money(Decimal("14.09"), "EUR"),
        instructions=INSTRUCTIONS,
        cancellable_until=START - timedelta(hours=1),
    )


async def test_a_booking_says_who_parks_when_and_what(adapter: Adapter, network: Parclick, car_park: CarPark) -> None:
    await booked(adapter)
    assert network.of(NEW) == [
        {
            "firstName": "Ana", "lastName": "Pérez [pg-0193a8]", "email": "ana@example.org",
            "prefix": "34", "phone": "666339900", "licence_plate": "1234 BCD",
            "from": "2026-11-24 09:00", "to": "2026-11-24 13:00",
            "group": "detail", "product": "49166", "token": "checkout-49166-12.3",
        }
    ]  # fmt: skip


async def test_a_booking_is_on_the_car_parks_own_clock(adapter: Adapter, network: Parclick, car_park: CarPark) -> None:
    car_park.time_zone = "Europe/Lisbon"
    await booked(adapter)
    assert network.of(NEW)[0]["from"] == "2026-11-24 08:00"


@pytest.mark.parametrize("cancellation_type", [1, 3])
async def test_when_it_can_be_cancelled_is_known_of_one_kind_only(
    adapter: Adapter, car_park: CarPark, cancellation_type: int
) -> None:
    car_park.cancellation_type = cancellation_type
    assert (await booked(adapter)).cancellable_until is None


async def test_a_booking_stands_even_if_its_voucher_cannot_be_read(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.failures["/v1/voucher/935489/details"] = [500]
    reservation = await booked(adapter)
    assert (reservation.status, reservation.instructions) == (ReservationStatus.CONFIRMED, None)


@pytest.mark.parametrize("requested", [["license_plate"], ["passenger_email", "passenger_phone_number"]])
async def test_what_a_car_park_requests_besides_is_sent(
    adapter: Adapter, network: Parclick, car_park: CarPark, requested: list[str]
) -> None:
    car_park.requested = requested
    await booked(adapter)
    assert network.of(NEW)[0].keys() >= set(requested)


@pytest.mark.parametrize(
    ("driver", "requested", "text"),
    [
        (Driver(), [], "the driver's first and last name, the driver's e-mail address, the driver's phone number"),
        (replace(REQUEST.driver, plate=None), ["license_plate"], "This booking also needs the vehicle's plate."),
        (REQUEST.driver, ["brand", "model"], "This booking also needs the vehicle's make, the vehicle's model."),
    ],
)
async def test_a_driver_who_says_too_little_is_told_what_is_needed_and_nothing_is_booked(
    adapter: Adapter, network: Parclick, car_park: CarPark, driver: Driver, requested: list[str], text: str
) -> None:
    car_park.requested = requested
    refusal = await refused(adapter, replace(REQUEST, driver=driver))
    assert refusal.reason is RefusalReason.DRIVER_INCOMPLETE
    assert text in refusal.text
    assert network.of(NEW) == []


async def test_a_plate_that_is_not_requested_may_be_missing(adapter: Adapter, car_park: CarPark) -> None:
    await booked(adapter, replace(REQUEST, driver=replace(REQUEST.driver, plate=None)))


@pytest.mark.parametrize("agreed", [Money(Decimal("14.08"), "EUR"), Money(Decimal(99), "CHF")])
async def test_a_dearer_booking_is_refused_before_it_is_made(
    adapter: Adapter, network: Parclick, car_park: CarPark, agreed: Money
) -> None:
    refusal = await refused(adapter, replace(REQUEST, total=agreed))
    assert refusal == Refusal(RefusalReason.PRICE_CHANGED, "It costs 14.09 EUR now.")
    assert network.of(NEW) == []


async def test_a_cheaper_booking_is_made(adapter: Adapter, car_park: CarPark) -> None:
    reservation = await booked(adapter, replace(REQUEST, total=Money(Decimal(20), "EUR")))
    assert reservation.total == Money(Decimal("14.09"), "EUR")


async def test_a_booking_that_turns_out_dearer_is_undone(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.surcharge = 1.0
    assert (await refused(adapter)).reason is RefusalReason.PRICE_CHANGED
    assert [booking["state"] for booking in network.bookings] == ["CANCELED"]


async def test_a_dearer_booking_that_cannot_be_undone_is_told_with_its_price(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.surcharge = 1.0
    network.cancels = 400
    assert (await booked(adapter)).total == Money(Decimal("15.09"), "EUR")


async def test_what_is_sold_out_is_refused(adapter: Adapter, car_park: CarPark) -> None:
    car_park.price = None
    assert (await refused(adapter)).reason is RefusalReason.SOLD_OUT


async def test_another_product_than_was_offered_is_not_booked(adapter: Adapter, car_park: CarPark) -> None:
    car_park.product = 50000
    assert (await refused(adapter)).reason is RefusalReason.OFFER_EXPIRED


async def test_a_price_on_request_is_not_booked(adapter: Adapter, car_park: CarPark) -> None:
    car_park.price = -127
    assert (await refused(adapter)).reason is RefusalReason.OFFER_EXPIRED


async def test_a_booking_that_the_network_does_not_accept_is_refused(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.failures[NEW] = [400]
    assert (await refused(adapter)).reason is RefusalReason.REFUSED


async def test_a_bicycle_is_refused(adapter: Adapter, network: Parclick, car_park: CarPark) -> None:
    refusal = await refused(adapter, replace(REQUEST, vehicle=Vehicle(VehicleKind.BICYCLE)))
    assert refusal.reason is RefusalReason.REFUSED
    assert network.asked == []


async def test_a_token_that_expires_before_the_booking_is_replaced_and_one_booking_made(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.failures[NEW] = [401]
    await booked(adapter)
    assert (len(network.bookings), network.logins) == (1, 2)


async def test_a_network_that_refuses_to_book_for_us_denies(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.failures[NEW] = [403, 403]
    with pytest.raises(Denied):
        await adapter.reserve(REQUEST)
    assert network.bookings == []


async def test_a_booking_whose_reply_was_lost_is_found_by_our_reference(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.failures[NEW] = [0]
    with pytest.raises(Unavailable):
        await adapter.reserve(REQUEST)
    assert len(network.bookings) == 1
    assert await adapter.find("pg-0193a8") == Reservation(
        "L8K2WY0", ReservationStatus.CONFIRMED, Money(Decimal("14.09"), "EUR"), INSTRUCTIONS
    )


async def test_a_reply_that_makes_no_sense_leaves_a_booking_to_be_found(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    await booked(adapter)
    network.answers[NEW] = {"booking_id": 1}
    with pytest.raises(Malformed):
        await adapter.reserve(REQUEST)
    assert await adapter.find("pg-0193a8") is not None


async def test_a_booking_that_was_never_made_is_not_found(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    network.failures[NEW] = [500]
    with pytest.raises(Unavailable):
        await adapter.reserve(REQUEST)
    assert await adapter.find("pg-0193a8") is None


async def test_a_reference_is_found_whole_and_whatever_the_network_makes_of_the_filter(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    await booked(adapter)
    assert await adapter.find("pg-0193a") is None
    network.answers[LIST] = {"items": network.bookings, "pages": 1}
    assert await adapter.find("another") is None
    assert await adapter.find("PG-0193A8") is not None


async def test_a_booking_is_found_on_whatever_page_it_is(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    for number in range(401):
        await network.book(
            {
                "firstName": "A", "lastName": f"B [pg-{number}-x]", "email": "a@b", "phone": "1", "prefix": "34",
                "product": "49166", "token": "checkout-49166-12.3", "group": "detail",
                "from": "2026-11-24 09:00", "to": "2026-11-24 13:00",
            }
        )  # fmt: skip
    found = await adapter.find("pg-400-x")
    assert found is not None
    assert found.reference == "L8K2WY400"


async def test_of_two_bookings_with_our_reference_the_one_that_stands_is_found(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    await adapter.cancel((await booked(adapter)).reference)
    await booked(adapter)
    found = await adapter.find("pg-0193a8")
    assert found is not None
    assert (found.reference, found.status) == ("L8K2WY1", ReservationStatus.CONFIRMED)


async def test_a_list_that_does_not_end_is_malformed_rather_than_no_booking(
    adapter: Adapter, network: Parclick
) -> None:
    network.answers[LIST] = {"items": [{"id": 1}], "pages": 10**6}
    with pytest.raises(Malformed):
        await adapter.find("pg-0193a8")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("CONFIRMED", ReservationStatus.CONFIRMED),
        ("PENDING", ReservationStatus.PENDING),
        ("CANCELED", ReservationStatus.CANCELLED),
        ("CANCELLED", ReservationStatus.CANCELLED),
    ],
)
async def test_the_state_of_a_booking_is_asked_by_its_voucher_code(
    adapter: Adapter, network: Parclick, car_park: CarPark, state: str, status: ReservationStatus
) -> None:
    reference = (await booked(adapter)).reference
    network.bookings[0]["state"] = state
    assert await adapter.status(reference) == Reservation(
        reference, status, Money(Decimal("14.09"), "EUR"), INSTRUCTIONS
    )


async def test_a_state_that_is_not_documented_is_not_guessed(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    reference = (await booked(adapter)).reference
    network.bookings[0]["state"] = "ARCHIVED"
    with pytest.raises(Malformed):
        await adapter.status(reference)


async def test_an_unknown_booking_has_no_status_and_is_not_cancelled(adapter: Adapter) -> None:
    assert await adapter.status("L000000") is None
    refusal = await adapter.cancel("L000000")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.UNKNOWN_BOOKING


async def test_a_booking_is_cancelled_and_cancelled_again_is_cancelled(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    reference = (await booked(adapter)).reference
    for _ in range(2):
        assert await adapter.cancel(reference) == Reservation(reference, ReservationStatus.CANCELLED)
    assert len(network.of("/v1/booking/1055164/cancelex")) == 1


async def test_a_cancellation_that_crosses_another_is_cancelled(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    reference = (await booked(adapter)).reference
    both = await asyncio.gather(adapter.cancel(reference), adapter.cancel(reference))
    assert set(both) == {Reservation(reference, ReservationStatus.CANCELLED)}


async def test_a_cancellation_without_a_refund_is_a_cancellation(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    reference = (await booked(adapter)).reference
    network.cancels = "ERROR_REFUND"
    assert await adapter.cancel(reference) == Reservation(reference, ReservationStatus.CANCELLED)


async def test_a_booking_that_cannot_be_cancelled_is_refused(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    reference = (await booked(adapter)).reference
    network.cancels = 400
    refusal = await adapter.cancel(reference)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.NOT_CANCELLABLE


async def test_a_cancellation_that_fails_says_nothing_of_the_booking(
    adapter: Adapter, network: Parclick, car_park: CarPark
) -> None:
    reference = (await booked(adapter)).reference
    network.failures["/v1/booking/1055164/cancelex"] = [0]
    with pytest.raises(Unavailable):
        await adapter.cancel(reference)
    assert await adapter.cancel(reference) == Reservation(reference, ReservationStatus.CANCELLED)
