"""What bookings ask of money is in the ledger, exactly, and the database refuses whatever would not be."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from parkgraph.db.engine import Database
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.payment import PaymentState
from parkgraph.yards.reservations.payments import Authorisation
from tests.yards.money.till import TAX, Terminal, Till, open_till

POST = (
    "INSERT INTO yard_ledger (payment_id, yard_id, movement, reference, currency, driver_receivable, owner_payable,"
    " platform_fee, tax, gateway_clearing, at) SELECT id, yard_id, :movement, :reference, currency, :driver, :owner,"
    " :fee, 0, :clearing, now() FROM yard_payments"
)


async def post(
    till: Till, movement: str, driver: str, *, owner: str = "0", fee: str = "0", clearing: str = "0"
) -> None:
    """Past every rule but the database's own."""
    amounts = {
        name: Decimal(value) for name, value in locals().items() if name in {"driver", "owner", "fee", "clearing"}
    }
    await till.rows(POST, movement=movement, reference=uuid4().hex, **amounts)


async def test_what_is_authorised_moves_no_money(till: Till) -> None:
    assert await till.authorise(uuid4(), "10") is Authorisation.AUTHORISED
    assert [row.state for row in await till.payments()] == ["AUTHORISED"]
    assert await till.ledger() == []


async def test_what_is_captured_is_owed_by_the_driver_to_the_owner_the_platform_and_the_tax_office(till: Till) -> None:
    await till.paid(uuid4(), "11.90")
    assert [tuple(row) for row in await till.ledger()] == [
        ("CAPTURE", Decimal("11.90"), Decimal("-10.12"), Decimal("-1.50"), Decimal("-0.28"), 0)
    ]
    assert [row.state for row in await till.payments()] == ["CAPTURED"]


async def test_what_is_released_is_never_captured(till: Till) -> None:
    booking = uuid4()
    await till.authorise(booking, "10")
    await till.release(booking, "10")
    assert [row.state for row in await till.payments()] == ["RELEASED"]
    with pytest.raises(LookupError):
        await till.capture(booking, "10")
    assert await till.ledger() == []


async def test_to_release_what_nobody_authorised_is_nothing(till: Till) -> None:
    await till.release(uuid4(), "10")
    assert await till.payments() == []


async def test_a_refund_of_everything_leaves_every_account_as_it_was(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "3.33")
    await till.refund(booking, "1.11")
    await till.refund(booking, "2.22")
    rows = await till.ledger()
    assert [row.movement for row in rows] == ["CAPTURE", "REFUND", "REFUND"]
    assert [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)] == [0, 0, 0, 0, 0]
    assert [row.state for row in await till.payments()] == ["REFUNDED"]


async def test_a_refund_takes_what_an_extension_cost_before_what_the_booking_cost(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    await till.paid(booking, "4")
    await till.refund(booking, "6")
    assert [(row.amount, row.refunded, row.state) for row in await till.payments()] == [
        (10, 2, "CAPTURED"),
        (4, 4, "REFUNDED"),
    ]


async def test_more_than_was_captured_is_never_refunded(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    await till.refund(booking, "9")
    with pytest.raises(ValueError, match="refund"):
        await till.refund(booking, "1.01")
    assert [row.refunded for row in await till.payments()] == [9]


async def test_a_yard_whose_owner_gets_another_part_later_shares_what_was_sold_before_as_before(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    await till.rows("UPDATE yards SET owner_percent = 50")
    await till.refund(booking, "10")
    assert sum(row.owner_payable for row in await till.ledger()) == 0
    await till.paid(booking, "10")
    assert (await till.ledger())[-1].owner_payable == -5


async def test_the_same_charge_is_never_captured_twice(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    with pytest.raises(LookupError):
        await till.capture(booking, "10")
    till.versions.clear()
    with pytest.raises(IntegrityError, match="uq_yard_payments_booking_version"):
        await till.authorise(booking, "10")


async def test_a_gateway_is_told_what_happens_to_its_payment(database: Database) -> None:
    terminal = Terminal(answer=PaymentState.AUTHORISED)
    till = await open_till(database, Billing(terminal, TAX))
    booking = uuid4()
    await till.paid(booking, "10")
    await till.refund(booking, "4")
    (payment,) = [row.uuid for row in await till.payments()]
    assert terminal.asked == [("authorise", payment), ("capture", payment), ("refund 4", payment)]


@pytest.mark.parametrize(
    ("state", "answer"),
    [(PaymentState.PENDING, Authorisation.PENDING), (PaymentState.FAILED, Authorisation.DECLINED)],
)
async def test_what_a_gateway_does_not_promise_at_once_is_not_captured(
    database: Database, state: PaymentState, answer: Authorisation
) -> None:
    till = await open_till(database, Billing(Terminal(answer=state), TAX))
    booking = uuid4()
    assert await till.authorise(booking, "10") is answer
    with pytest.raises(LookupError):
        await till.capture(booking, "10")
    assert [row.state for row in await till.payments()] == [state]


async def test_two_refunds_at_once_never_give_back_more_than_was_captured(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    outcomes = await asyncio.gather(*(till.refund(booking, "6") for _ in range(4)), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(isinstance(outcome, ValueError) for outcome in outcomes if outcome is not None)
    assert [row.refunded for row in await till.payments()] == [6]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE yard_ledger SET at = now()",
        "DELETE FROM yard_ledger",
        "TRUNCATE yard_ledger",
        "DELETE FROM yard_payments",
    ],
)
async def test_nothing_in_the_ledger_is_ever_changed_or_removed(till: Till, change: str) -> None:
    await till.paid(uuid4(), "10")
    with pytest.raises(DBAPIError, match=r"append-only|fk_yard_ledger_payment_id"):
        await till.rows(change)
    assert len(await till.ledger()) == 1


async def test_the_database_refuses_a_row_that_does_not_sum_to_zero(till: Till) -> None:
    await till.authorise(uuid4(), "10")
    with pytest.raises(IntegrityError, match="ck_yard_ledger_balanced"):
        await post(till, "CAPTURE", "10", owner="-9", fee="-0.99")


async def test_the_database_refuses_to_capture_more_than_was_authorised(till: Till) -> None:
    await till.authorise(uuid4(), "10")
    with pytest.raises(IntegrityError, match="ck_yard_payments_captured"):
        await post(till, "CAPTURE", "10.01", owner="-10.01")


async def test_the_database_refuses_to_capture_what_was_not_authorised(database: Database) -> None:
    till = await open_till(database, Billing(Terminal(), TAX))
    await till.authorise(uuid4(), "10")
    with pytest.raises(IntegrityError, match="no such payment"):
        await post(till, "CAPTURE", "10", owner="-10")


async def test_the_database_refuses_to_refund_more_than_was_captured(till: Till) -> None:
    await till.paid(uuid4(), "10")
    with pytest.raises(IntegrityError, match="ck_yard_payments_refunded"):
        await post(till, "REFUND", "-10.01", owner="10.01")


async def test_the_database_refuses_money_that_nobody_owes(till: Till) -> None:
    await till.paid(uuid4(), "10")
    with pytest.raises(IntegrityError, match="ck_yard_payments_received"):
        await post(till, "RECEIPT", "-10.01", clearing="10.01")


async def test_the_database_refuses_to_pay_back_what_never_came(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    await till.refund(booking, "10")
    with pytest.raises(IntegrityError, match="ck_yard_payments_paid_back"):
        await post(till, "PAYBACK", "1", clearing="-1")
