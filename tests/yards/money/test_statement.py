"""A statement is what the ledger says, for a month of the yard's clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.events import read
from parkgraph.yards.money.month import Month
from parkgraph.yards.money.payment import Invoices
from parkgraph.yards.money.settlement import Applied, Settlement
from parkgraph.yards.money.statement import Entry, Statement, Statements
from tests.yards.money.test_events import body
from tests.yards.money.till import NOON, TAX, Till, euros, open_till

BERLIN = ZoneInfo("Europe/Berlin")
NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
MIDNIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)
"""The first instant of December in Berlin."""

SECOND = timedelta(seconds=1)


async def statement(till: Till, month: Month = NOVEMBER) -> Statement:
    return await Statements(till.database).month(till.yard, month, BERLIN)


async def entries(till: Till, month: Month = NOVEMBER) -> Sequence[Entry]:
    return await Statements(till.database).entries(till.yard, month, BERLIN)


async def test_a_month_without_movements_is_empty(till: Till) -> None:
    assert await statement(till) == Statement(NOVEMBER, ())


async def test_gross_less_refunds_is_fees_tax_and_payout(till: Till) -> None:
    one, two = uuid4(), uuid4()
    await till.paid(one, "11.90")
    await till.paid(one, "1.10")
    await till.paid(two, "5.00")
    await till.refund(two, "2.50")
    (totals,) = (await statement(till)).totals
    assert (totals.bookings, totals.gross, totals.refunds) == (2, euros("18.00"), euros("2.50"))
    assert totals.fees.amount + totals.tax.amount + totals.payout.amount == Decimal("15.50")
    assert totals.payout == euros(Decimal("10.12") + Decimal("0.94") + Decimal("2.13"))


async def test_it_equals_the_ledger_to_the_cent(till: Till) -> None:
    for cents in range(101, 160, 7):
        booking = uuid4()
        await till.paid(booking, f"{Decimal(cents) / 100}")
        if cents % 2:
            await till.refund(booking, f"{Decimal(cents // 3) / 100}")
    (totals,) = (await statement(till)).totals
    sums = [sum(column) for column in zip(*(row[1:] for row in await till.ledger()), strict=True)]
    owed = totals.gross.amount - totals.refunds.amount
    assert [owed, -totals.payout.amount, -totals.fees.amount, -totals.tax.amount, Decimal(0)] == sums
    assert totals.gross == euros(sum(row.driver_receivable for row in await till.ledger() if row.movement == "CAPTURE"))


async def test_a_month_begins_and_ends_by_the_yards_clock(till: Till) -> None:
    await till.paid(uuid4(), "1", MIDNIGHT - SECOND)
    await till.paid(uuid4(), "2", MIDNIGHT)
    assert [totals.gross for totals in (await statement(till)).totals] == [euros("1")]
    assert [totals.gross for totals in (await statement(till, DECEMBER)).totals] == [euros("2")]


async def test_a_refund_belongs_to_the_month_in_which_it_is_made(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10", NOON)
    await till.refund(booking, "10", MIDNIGHT)
    (totals,) = (await statement(till, DECEMBER)).totals
    assert (totals.bookings, totals.gross, totals.refunds) == (0, euros("0"), euros("10"))
    assert totals.payout == euros("-8.50")


async def test_that_a_driver_has_paid_changes_no_statement(till: Till) -> None:
    await till.paid(uuid4(), "10")
    before = await statement(till)
    (payment,) = [row.uuid for row in await till.payments()]

    async def settle(_booking: UUID, _authorised: bool) -> None:
        raise AssertionError

    told = Settlement(till.database, {"invoice"}, settle, clock=lambda: NOON)
    event = read(body(payment=str(payment), amount="10.00"))
    assert await told.apply("invoice", event) is Applied.APPLIED
    assert await statement(till) == before


async def test_each_currency_has_its_own_totals(till: Till) -> None:
    await till.paid(uuid4(), "10")
    charge = replace(till.charge(uuid4(), "7", NOON), amount=Money(Decimal(7), "CHF"))
    async with till.database.session() as session:
        await till.billing.authorise(session, charge)
        await till.billing.capture(session, charge)
        await session.commit()
    assert [(totals.gross.currency, totals.bookings) for totals in (await statement(till)).totals] == [
        ("CHF", 1),
        ("EUR", 1),
    ]


async def test_another_yards_money_is_not_in_it(till: Till) -> None:
    other = await open_till(till.database, Billing(Invoices(), TAX))
    await other.paid(uuid4(), "10")
    assert (await statement(till)).totals == ()
    assert await entries(till) == []


async def test_its_entries_add_up_to_it(till: Till) -> None:
    booking = uuid4()
    await till.paid(booking, "10")
    await till.refund(booking, "3.33")
    (totals,), found = (await statement(till)).totals, await entries(till)
    assert [entry.movement for entry in found] == ["CAPTURE", "REFUND"]
    assert sum(entry.amount for entry in found) == totals.gross.amount - totals.refunds.amount
    assert sum(entry.owner for entry in found) == totals.payout.amount
    assert sum(entry.fee for entry in found) == totals.fees.amount
    assert sum(entry.tax for entry in found) == totals.tax.amount


async def test_income_is_the_owners_part_by_the_yards_days(till: Till) -> None:
    await till.paid(uuid4(), "10", MIDNIGHT - SECOND)
    await till.paid(uuid4(), "20", NOON)
    assert await Statements(till.database).income(till.yard, NOVEMBER, BERLIN) == {
        "EUR": {date(2026, 11, 24): Decimal("17.00"), date(2026, 11, 30): Decimal("8.50")}
    }


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_is_in_its_month_and_in_no_other(day: date) -> None:
    month = Month(day.year, day.month)
    assert day in month.days
    assert Month.parse(str(month)) == month
    assert len({each.month for each in month.days}) == 1
    begins, ends = month.bounds(BERLIN)
    assert begins.astimezone(BERLIN).date() == month.days[0]
    assert (ends - SECOND).astimezone(BERLIN).date() == month.days[-1]


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1", "2026-13", "2026-00", "1999-12", "26-11", "2026-11-01", "２０２６-11"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)
