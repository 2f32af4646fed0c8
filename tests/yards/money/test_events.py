"""What a gateway tells: signed, read strictly, applied once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.db.engine import Database
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.events import TOLERANCE, BadEvent, is_signed, read, sign
from parkgraph.yards.money.payment import PaymentState
from parkgraph.yards.money.settlement import Applied, Settlement
from parkgraph.yards.reservations.reservations import ReservationsUnavailable
from tests.yards.money.till import NOON, TAX, Terminal, Till, open_till

SECRET = b"a secret of the gateway and this server"
PAYMENT = UUID("0b6f3c52-4c39-4f0e-8d8e-1f2a3b4c5d6e")
SECOND = timedelta(seconds=1)


def body(**members: Any) -> bytes:
    usual = {"id": "evt_1", "payment": str(PAYMENT), "state": "CAPTURED", "amount": "10.00", "currency": "EUR"}
    return orjson.dumps({key: value for key, value in {**usual, **members}.items() if value is not None})


def test_what_the_holder_of_the_secret_signs_just_now_is_believed() -> None:
    assert is_signed(SECRET, sign(SECRET, body(), NOON), body(), NOON + TOLERANCE)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_signature_belongs_to_one_body(signed: bytes, sent: bytes) -> None:
    assert is_signed(SECRET, sign(SECRET, signed, NOON), sent, NOON) == (signed == sent)


@pytest.mark.parametrize("late", [TOLERANCE + SECOND, -TOLERANCE - SECOND])
def test_a_copy_of_an_old_signature_is_not_believed(late: timedelta) -> None:
    assert not is_signed(SECRET, sign(SECRET, body(), NOON), body(), NOON + late)


def test_the_time_of_a_signature_cannot_be_changed() -> None:
    old = sign(SECRET, body(), NOON - timedelta(days=1))
    now = old.replace(old.split(",")[0], sign(SECRET, body(), NOON).split(",")[0])
    assert not is_signed(SECRET, now, body(), NOON)


def test_one_of_two_signatures_is_enough_while_the_secret_changes() -> None:
    ours, theirs = sign(SECRET, body(), NOON), sign(b"the next secret", body(), NOON)
    assert is_signed(SECRET, f"{theirs},{ours.split(',')[1]}", body(), NOON)


@given(st.text(max_size=120))
def test_no_other_text_is_a_signature(text: str) -> None:
    assert not is_signed(SECRET, text, body(), NOON)


def test_an_event_says_what_happened_to_which_payment() -> None:
    event = read(body())
    assert (event.id, event.payment, event.state) == ("evt_1", PAYMENT, PaymentState.CAPTURED)
    assert event.amount is not None
    assert (event.amount.amount, event.amount.currency) == (Decimal("10.00"), "EUR")


def test_a_promise_needs_no_amount() -> None:
    assert read(body(state="AUTHORISED", amount=None, currency=None)).amount is None


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "x" * 201}, "id"),
        ({"payment": "x"}, "payment"),
        ({"payment": None}, "payment"),
        ({"state": "RELEASED"}, "state"),
        ({"state": ["CAPTURED"]}, "state"),
        ({"amount": 10}, "amount"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "٣"}, "amount"),
        ({"amount": None}, "amount"),
        ({"currency": "euro"}, "currency"),
        ({"currency": None}, "currency"),
    ],
)
def test_a_wrong_member_is_named(members: dict[str, Any], member: str) -> None:
    with pytest.raises(BadEvent, match=f"^{member}: "):
        read(body(**members))


@given(st.binary(max_size=100) | st.sampled_from([b"[]", b"null", b"1", b'"x"', b"{}"]))
def test_whatever_else_is_sent_is_no_event(sent: bytes) -> None:
    with pytest.raises(BadEvent):
        read(sent)


class Told:
    """What a booking was told; `fault` is what it raises."""

    def __init__(self) -> None:
        self.bookings: list[tuple[UUID, bool]] = []
        self.fault: Exception | None = None

    async def __call__(self, booking: UUID, authorised: bool) -> None:
        if self.fault:
            raise self.fault
        self.bookings.append((booking, authorised))


@pytest.fixture
def told() -> Told:
    return Told()


Apply = Callable[..., Any]


@pytest.fixture
async def pending(database: Database) -> Till:
    """At a gateway that has to ask somebody."""
    return await open_till(database, Billing(Terminal(), TAX))


def settlement(till: Till, told: Told, gateway: str) -> Apply:
    told_to = Settlement(till.database, {gateway}, told, clock=lambda: NOON)

    async def apply(state: str, *, event: str = "evt_1", amount: str | None = None, currency: str = "EUR") -> Applied:
        (payment,) = [row.uuid for row in await till.payments()]
        sent = body(id=event, payment=str(payment), state=state, amount=amount, currency=amount and currency)
        return await told_to.apply(gateway, read(sent))

    return apply


async def test_a_promised_payment_is_told_to_its_booking(pending: Till, told: Told) -> None:
    booking = uuid4()
    await pending.authorise(booking, "10")
    assert await settlement(pending, told, "terminal")("AUTHORISED") is Applied.APPLIED
    assert told.bookings == [(booking, True)]
    assert [row.state for row in await pending.payments()] == ["AUTHORISED"]


async def test_a_declined_payment_is_told_to_its_booking(pending: Till, told: Told) -> None:
    booking = uuid4()
    await pending.authorise(booking, "10")
    assert await settlement(pending, told, "terminal")("FAILED") is Applied.APPLIED
    assert told.bookings == [(booking, False)]
    assert [row.state for row in await pending.payments()] == ["FAILED"]


async def test_an_event_that_is_told_three_times_is_applied_once(till: Till, told: Told) -> None:
    apply = settlement(till, told, "invoice")
    await till.paid(uuid4(), "10")
    outcomes = [await apply("CAPTURED", amount="10") for _ in range(3)]
    assert outcomes == [Applied.APPLIED, Applied.REPEATED, Applied.REPEATED]
    assert [row.received for row in await till.payments()] == [10]
    assert [row.gateway_clearing for row in await till.ledger()] == [0, 10]


async def test_an_id_that_says_something_else_the_second_time_is_refused(till: Till, told: Told) -> None:
    apply = settlement(till, told, "invoice")
    await till.paid(uuid4(), "10")
    assert await apply("CAPTURED", amount="4") is Applied.APPLIED
    assert await apply("CAPTURED", amount="5") is Applied.CONFLICT
    assert [row.received for row in await till.payments()] == [4]


async def test_a_booking_that_could_not_be_told_is_told_when_the_event_comes_again(pending: Till, told: Told) -> None:
    apply, booking = settlement(pending, told, "terminal"), uuid4()
    await pending.authorise(booking, "10")
    told.fault = ReservationsUnavailable()
    with pytest.raises(ReservationsUnavailable):
        await apply("AUTHORISED")
    told.fault = None
    assert await apply("AUTHORISED") is Applied.APPLIED
    assert told.bookings == [(booking, True)]
    assert await apply("AUTHORISED") is Applied.REPEATED


@pytest.mark.parametrize(
    ("state", "amount", "currency"),
    [("CAPTURED", "10.01", "EUR"), ("CAPTURED", "1", "CHF"), ("REFUNDED", "1", "EUR")],
)
async def test_money_that_nobody_expects_changes_nothing_and_may_be_told_again(
    till: Till, told: Told, state: str, amount: str, currency: str
) -> None:
    apply = settlement(till, told, "invoice")
    await till.paid(uuid4(), "10")
    assert await apply(state, amount=amount, currency=currency) is Applied.NOT_YET
    assert len(await till.ledger()) == 1
    assert await till.rows("SELECT 1 FROM yard_payment_events") == []


async def test_money_goes_back_as_far_as_it_came_and_was_refunded(till: Till, told: Told) -> None:
    apply, booking = settlement(till, told, "invoice"), uuid4()
    await till.paid(booking, "10")
    await apply("CAPTURED", event="in", amount="10")
    await till.refund(booking, "4")
    assert await apply("REFUNDED", event="out", amount="4.01") is Applied.NOT_YET
    assert await apply("REFUNDED", event="out", amount="4") is Applied.APPLIED
    assert [(row.movement, row.driver_receivable, row.gateway_clearing) for row in await till.ledger()] == [
        ("CAPTURE", 10, 0),
        ("RECEIPT", -10, 10),
        ("REFUND", -4, 0),
        ("PAYBACK", 4, -4),
    ]


async def test_a_promise_for_what_was_given_up_takes_nothing_and_tells_nobody(pending: Till, told: Told) -> None:
    booking = uuid4()
    await pending.authorise(booking, "10")
    await pending.release(booking, "10")
    assert await settlement(pending, told, "terminal")("AUTHORISED") is Applied.APPLIED
    assert told.bookings == []
    assert [row.state for row in await pending.payments()] == ["RELEASED"]


async def test_a_promise_after_a_refusal_is_no_promise(pending: Till, told: Told) -> None:
    apply, booking = settlement(pending, told, "terminal"), uuid4()
    await pending.authorise(booking, "10")
    await apply("FAILED", event="one")
    await apply("AUTHORISED", event="two")
    assert told.bookings == [(booking, False), (booking, False)]
    assert [row.state for row in await pending.payments()] == ["FAILED"]


async def test_what_is_promised_does_not_fail_any_more(till: Till, told: Told) -> None:
    await till.authorise(uuid4(), "10")
    assert await settlement(till, told, "invoice")("FAILED") is Applied.NOT_YET
    assert [row.state for row in await till.payments()] == ["AUTHORISED"]


async def test_a_payment_of_another_gateway_is_unknown(till: Till, told: Told) -> None:
    await till.paid(uuid4(), "10")
    assert await settlement(till, told, "terminal")("CAPTURED", amount="10") is Applied.UNKNOWN_PAYMENT
