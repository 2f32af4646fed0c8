"""Booking a space: quotes, keys, money, and what its driver may do with it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from parkgraph.db.engine import Database
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.stay import MAX_STAY, Stay
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.reservations.booking import HOLD, Status, YardBooking
from parkgraph.yards.reservations.outcome import NOT_CONFIRMED, Full, KeyConflict, QuoteExpired, Reason, Refused, Stale
from parkgraph.yards.reservations.payments import Authorisation
from parkgraph.yards.reservations.permits import Span
from parkgraph.yards.reservations.quoting import VALID_FOR, YardQuote
from parkgraph.yards.reservations.reservations import ReservationsUnavailable, Wish
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.yard import Space
from tests.yards.reservations.stage import (
    EDITOR,
    HOUR,
    NOON,
    OPERATOR,
    STRANGER,
    Stage,
    hours_from,
    spaces,
    stage_on,
)
from tests.yards.yards import RATES, change

BERLIN = ZoneInfo("Europe/Berlin")


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def hourly(price: str) -> RateTable:
    return RateTable("EUR", (RateLineCollection((RateLine(RateLineKind.INCREMENTING, Decimal(price), HOUR),)),))


async def test_a_quote_says_the_price_its_lines_and_how_long_it_holds(stage: Stage) -> None:
    quote = await stage.quoted(await stage.open(spaces=spaces(3)), hours_from(0, 3.5))
    assert (quote.total, quote.vacant) == (euros("4.80"), 3)
    assert sum(line.amount.amount for line in quote.lines) == quote.total.amount
    assert quote.valid_until == stage.clock() + VALID_FOR


async def test_what_is_quoted_is_booked_at_that_price_whatever_the_rates_become(stage: Stage) -> None:
    yard = await stage.open()
    quote = await stage.quoted(yard, hours_from(0, 2))
    await change(stage.database, yard.id, "rates", "NULL")
    booking = await stage.book(quote)
    assert (booking.status, booking.total, booking.paid) == (Status.CONFIRMED, euros("2.40"), euros("2.40"))
    assert booking.lines == quote.lines


async def test_a_quote_expires(stage: Stage) -> None:
    quote = await stage.quoted(await stage.open(), hours_from(0, 2))
    stage.clock.pass_by(VALID_FOR - timedelta(microseconds=1))
    again = await stage.quoted(await stage.open(), hours_from(0, 2))
    stage.clock.pass_by(timedelta(microseconds=1))
    assert await stage.book(quote) == QuoteExpired()
    assert isinstance(await stage.book(again), YardBooking)


async def test_a_quote_is_booked_once_and_by_whoever_asked_for_it(stage: Stage) -> None:
    quote = await stage.quoted(await stage.open(spaces=spaces(2)), hours_from(0, 2))
    assert await stage.book(quote, who="another driver") == QuoteExpired()
    assert isinstance(await stage.book(quote), YardBooking)
    assert await stage.book(quote) == QuoteExpired()


async def test_one_key_books_once_however_often_it_is_sent(stage: Stage) -> None:
    quote = await stage.quoted(await stage.open(spaces=spaces(3)), hours_from(0, 2))
    answers = await asyncio.gather(*(stage.book(quote, key="mine") for _ in range(5)))
    assert {answer.id for answer in answers} == {answers[0].id}
    assert len(await stage.occupied()) == 1


async def test_a_key_for_another_wish_is_a_conflict_also_at_another_yard(stage: Stage) -> None:
    first = await stage.quoted(await stage.open(), hours_from(0, 2))
    second = await stage.quoted(await stage.open(), hours_from(0, 2))
    answers = await asyncio.gather(stage.book(first, key="mine"), stage.book(second, key="mine"))
    assert sorted(type(answer).__name__ for answer in answers) == ["KeyConflict", "YardBooking"]
    winner = first if isinstance(answers[0], YardBooking) else second
    assert await stage.book(winner, key="mine", plate="S-AB 124") == KeyConflict()


async def test_two_drivers_may_use_the_same_key(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    for who in ("one", "two"):
        assert isinstance(await stage.book(await stage.quoted(yard, hours_from(0, 2), who), key="1"), YardBooking)


async def test_a_yard_that_is_full_for_a_part_of_the_stay_is_full(stage: Stage) -> None:
    yard = await stage.open()
    late = await stage.quoted(yard, hours_from(1, 4))
    await stage.booked(yard, hours_from(0, 2))
    assert await stage.book(late) == Full()
    assert await stage.quote(yard, hours_from(1, 4)) == Full()


async def test_a_stay_may_begin_as_another_ends(stage: Stage) -> None:
    yard = await stage.open()
    for n in (1, 0, 2):
        await stage.booked(yard, hours_from(n, n + 1))
    assert len(await stage.occupied()) == 3


async def test_the_smallest_space_that_fits_is_taken(stage: Stage) -> None:
    yard = await stage.open(spaces=(Space("tall"), Space("low", max_height_cm=180), Space("middle", max_height_cm=210)))
    car = Vehicle(height_cm=190)
    assert [(await stage.booked(yard, hours_from(0, 2), vehicle=car)).space_label for _ in range(2)] == [
        "middle",
        "tall",
    ]
    assert await stage.quote(yard, hours_from(0, 2), vehicle=car) == Full()


@pytest.mark.parametrize(
    ("facts", "vehicle", "reason"),
    [
        ({"published_at": None}, Vehicle(), Reason.NOT_PUBLISHED),
        ({"withdrawn_at": NOON}, Vehicle(), Reason.NOT_PUBLISHED),
        ({"opening_hours": "Mo-Fr 13:00-20:00"}, Vehicle(), Reason.CLOSED),
        ({"opening_hours": "Mo-Fr 07:00-13:30"}, Vehicle(), Reason.CLOSED),
        ({"max_height_cm": 200}, Vehicle(height_cm=201), Reason.TOO_BIG),
        ({"max_weight_kg": 2000}, Vehicle(weight_kg=2001), Reason.TOO_BIG),
        ({"spaces": spaces(2, max_length_cm=400)}, Vehicle(length_cm=401), Reason.TOO_BIG),
        ({"spaces": spaces(2, audience=Audience.DISABLED)}, Vehicle(), Reason.TOO_BIG),
        ({"spaces": spaces(2, audience=Audience.RESIDENTS)}, Vehicle(), Reason.TOO_BIG),
        ({"rates": None}, Vehicle(), Reason.NO_RATES),
        ({"rates": replace(RATES, collections=(replace(RATES.collections[0], max_time=HOUR),))}, Vehicle(),
         Reason.BEYOND_MAX_STAY),
    ],
)  # fmt: skip
async def test_a_yard_refuses_with_a_reason(
    stage: Stage, facts: dict[str, Any], vehicle: Vehicle, reason: Reason
) -> None:
    refusal = await stage.quote(await stage.open(**facts), hours_from(0, 2), vehicle=vehicle)
    assert isinstance(refusal, Refused)
    assert refusal.reason is reason


async def test_a_stay_may_end_as_the_yard_closes(stage: Stage) -> None:
    yard = await stage.open(opening_hours="Mo-Fr 07:00-14:00")
    await stage.quoted(yard, hours_from(0, 2))


@pytest.mark.parametrize(
    "stay", [hours_from(-73, -70), hours_from(-72.3, -70), Stay(NOON + 366 * 24 * HOUR, NOON + 367 * 24 * HOUR)]
)
async def test_a_stay_begins_now_or_within_a_year(stage: Stage, stay: Stay) -> None:
    with pytest.raises(ValueError, match="arrive"):
        await stage.quote(await stage.open(), stay)


async def test_a_whole_leap_year_can_be_booked(stage: Stage) -> None:
    stay = Stay(NOON, NOON + timedelta(days=366))
    booking = await stage.booked(await stage.open(), stay)
    assert booking.total == euros("10540.80")


@pytest.mark.parametrize(
    ("arrive", "hours", "total"),
    [(datetime(2026, 10, 25, tzinfo=BERLIN), 25, "30.00"), (datetime(2027, 3, 28, tzinfo=BERLIN), 23, "27.60")],
)
async def test_a_day_on_which_the_clock_changes_has_its_own_length(
    database: Database, arrive: datetime, hours: int, total: str
) -> None:
    stage = stage_on(database)
    stage.clock.now = arrive.astimezone(UTC) - timedelta(days=3)
    yard = await stage.open()
    booking = await stage.booked(yard, Stay(arrive, arrive + timedelta(days=1)))
    assert (booking.stay.duration, booking.total) == (hours * HOUR, euros(total))
    await stage.quoted(yard, Stay(arrive + timedelta(days=1), arrive + timedelta(days=2)))
    ((_, begins, ends, _),) = await stage.occupied()
    assert ends - begins == hours * HOUR


async def test_a_free_yard_asks_nobody_for_money(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(rates=hourly("0")), hours_from(0, 2))
    assert (booking.status, booking.total, stage.till.told) == (Status.CONFIRMED, euros("0"), [])


async def test_a_payment_that_is_declined_books_nothing(stage: Stage) -> None:
    stage.till.answer = Authorisation.DECLINED
    refusal = await stage.book(await stage.quoted(await stage.open(), hours_from(0, 2)))
    assert refusal.reason is Reason.PAYMENT_DECLINED
    assert await stage.occupied() == []


async def test_a_space_is_held_while_a_payment_is_awaited(stage: Stage) -> None:
    yard = await stage.open()
    stage.till.answer = Authorisation.PENDING
    held = await stage.booked(yard, hours_from(0, 2))
    assert (held.status, held.paid) == (Status.HELD, euros("0"))
    assert await stage.quote(yard, hours_from(0, 2)) == Full()
    paid = await stage.reservations.payment_settled(held.id, authorised=True)
    assert isinstance(paid, YardBooking)
    assert (paid.status, paid.paid) == (Status.CONFIRMED, euros("2.40"))
    stage.clock.pass_by(HOLD)
    assert await stage.quote(yard, hours_from(0, 2)) == Full()


async def test_a_hold_whose_payment_does_not_come_gives_its_space_to_whoever_needs_it(stage: Stage) -> None:
    yard = await stage.open()
    stage.till.answer = Authorisation.PENDING
    held = await stage.booked(yard, hours_from(0, 2))
    stage.clock.pass_by(HOLD)
    stage.till.answer = Authorisation.AUTHORISED
    await stage.booked(yard, hours_from(1, 3))
    found = await stage.reservations.find(held.id)
    assert found is not None
    assert found.status is Status.EXPIRED
    assert stage.till.told[1] == ("release", Decimal("2.40"))
    late = await stage.reservations.payment_settled(held.id, authorised=True)
    assert isinstance(late, YardBooking)
    assert late.status is Status.EXPIRED, "its space is another's by now"


async def test_what_waited_too_long_expires_by_itself(stage: Stage) -> None:
    stage.till.answer = Authorisation.PENDING
    held = await stage.booked(await stage.open(), hours_from(0, 2))
    await stage.reservations.tidy(stage.clock() - timedelta(days=1))
    assert len(await stage.occupied()) == 1
    stage.clock.pass_by(HOLD)
    await stage.reservations.tidy(stage.clock() - timedelta(days=1))
    assert await stage.occupied() == []
    assert stage.till.told[-1] == ("release", held.total.amount)


async def test_old_quotes_are_removed_and_what_was_booked_with_them_stays(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    booked, quote = [await stage.quoted(yard, hours_from(0, 2)) for _ in range(2)]
    booking = await stage.book(booked, key="one")
    stage.clock.pass_by(timedelta(days=2))
    await stage.reservations.tidy(stage.clock() - timedelta(days=1))
    assert await stage.book(quote) == QuoteExpired()
    assert await stage.reservations.find(booking.id) == booking
    assert await stage.book(booked, key="one") == booking
    assert await stage.book(quote, key="one") == KeyConflict()


async def test_where_the_owner_has_to_approve_the_space_is_kept_and_no_money_taken(stage: Stage) -> None:
    yard = await stage.open(approval_required=True)
    requested = await stage.booked(yard, hours_from(0, 2))
    assert (requested.status, requested.paid) == (Status.REQUESTED, euros("0"))
    assert stage.till.told == [("authorise", Decimal("2.40"))]
    assert await stage.quote(yard, hours_from(0, 2)) == Full()
    approved = await stage.desk.approve(EDITOR, requested.id)
    assert isinstance(approved, YardBooking)
    assert (approved.status, approved.paid) == (Status.CONFIRMED, euros("2.40"))
    assert await stage.desk.approve(EDITOR, requested.id) == approved
    assert stage.till.told[1:] == [("capture", Decimal("2.40"))]


async def test_a_request_that_is_declined_gives_space_and_money_back(stage: Stage) -> None:
    yard = await stage.open(approval_required=True)
    requested = await stage.booked(yard, hours_from(0, 2))
    declined = await stage.desk.decline(EDITOR, requested.id)
    assert isinstance(declined, YardBooking)
    assert declined.status is Status.DECLINED
    assert stage.till.told[1:] == [("release", Decimal("2.40"))]
    await stage.quoted(yard, hours_from(0, 2))
    refusal = await stage.desk.approve(EDITOR, requested.id)
    assert isinstance(refusal, Refused)


async def test_what_is_not_confirmed_cannot_be_missed_and_what_is_not_paid_not_approved(stage: Stage) -> None:
    requested = await stage.booked(await stage.open(approval_required=True), hours_from(0, 2))
    assert await stage.desk.mark_no_show(EDITOR, requested.id) == NOT_CONFIRMED
    stage.till.answer = Authorisation.PENDING
    held = await stage.booked(await stage.open(approval_required=True), hours_from(0, 2))
    for decide in (stage.desk.approve, stage.desk.decline, stage.desk.mark_no_show):
        assert await decide(EDITOR, held.id) == NOT_CONFIRMED


async def test_a_request_that_nobody_answers_expires_before_arrival(stage: Stage) -> None:
    yard = await stage.open(approval_required=True)
    requested = await stage.booked(yard, hours_from(-70, -60))
    assert requested.waits_until == NOON - 70 * HOUR
    stage.clock.now = NOON - 70 * HOUR
    refusal = await stage.desk.approve(EDITOR, requested.id)
    assert isinstance(refusal, Refused)


@pytest.mark.parametrize(("hours_before", "refund"), [(72, "4.80"), (24, "4.80"), (23.999, "2.40"), (1, "2.40")])
async def test_cancelling_gives_back_what_the_rule_says(stage: Stage, hours_before: float, refund: str) -> None:
    yard = await stage.open(cancellation=CancellationRule(24 * HOUR, 50))
    booking = await stage.booked(yard, hours_from(0, 4))
    stage.clock.now = NOON - hours_before * HOUR
    assert booking.refund_at(stage.clock()) == euros(refund)
    cancelled = await stage.reservations.cancel("a driver", booking.id)
    assert isinstance(cancelled, YardBooking)
    assert (cancelled.status, cancelled.paid.amount) == (Status.CANCELLED, Decimal("4.80") - Decimal(refund))
    assert stage.till.told[-1] == ("refund", Decimal(refund))
    assert await stage.occupied() == []
    assert await stage.reservations.cancel("a driver", booking.id) == cancelled


async def test_the_rule_is_that_of_the_quote(stage: Stage) -> None:
    yard = await stage.open(cancellation=CancellationRule(HOUR, 100))
    booking = await stage.booked(yard, hours_from(0, 4))
    await change(stage.database, yard.id, "cancel_refund_percent", "0")
    stage.clock.now = NOON - HOUR / 2
    cancelled = await stage.reservations.cancel("a driver", booking.id)
    assert isinstance(cancelled, YardBooking)
    assert cancelled.paid.amount == 0


async def test_a_stay_that_has_begun_is_not_cancelled(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 4))
    stage.clock.now = NOON
    refusal = await stage.reservations.cancel("a driver", booking.id)
    assert isinstance(refusal, Refused)
    assert refusal.reason is Reason.STARTED
    owners = await stage.desk.cancel(EDITOR, booking.id)
    assert isinstance(owners, Refused)


async def test_an_owner_who_cancels_gives_everything_back(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 4))
    stage.clock.now = NOON - HOUR
    cancelled = await stage.desk.cancel(EDITOR, booking.id)
    assert isinstance(cancelled, YardBooking)
    assert (cancelled.status, stage.till.kept[booking.id]) == (Status.CANCELLED, Decimal(0))


async def test_extending_costs_the_whole_stay_less_what_is_paid(stage: Stage) -> None:
    capped = RateTable("EUR", (replace(hourly("2").collections[0], caps=()),))
    booking = await stage.booked(await stage.open(rates=capped), hours_from(0, 2))
    stage.clock.now = NOON + HOUR
    longer = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 5))
    assert isinstance(longer, YardBooking)
    assert (longer.total, longer.paid, longer.version) == (euros("10.00"), euros("10.00"), 2)
    assert stage.till.told[-2:] == [("authorise", Decimal("6.00")), ("capture", Decimal("6.00"))]


async def test_an_extension_is_priced_by_the_rates_of_the_quote(stage: Stage) -> None:
    yard = await stage.open()
    booking = await stage.booked(yard, hours_from(0, 2))
    dearer = (await stage.open(rates=hourly("9"))).id
    async with stage.database.engine.begin() as connection:
        copy = text("UPDATE yards SET rates = (SELECT rates FROM yards WHERE uuid = :dearer) WHERE uuid = :id")
        await connection.execute(copy, {"dearer": dearer, "id": yard.id})
    preview = await stage.reservations.price_of(booking, hours_from(0, 3))
    longer = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 3))
    assert isinstance(longer, YardBooking)
    assert not isinstance(preview, Refused)
    assert longer.total == preview.total == euros("3.60")


async def test_an_extension_that_is_sent_again_happens_once(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 2))
    answers = [await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 3)) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert stage.till.kept[booking.id] == Decimal("3.60")


async def test_of_two_changes_of_one_version_the_second_learns_what_the_first_made(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 2))
    first = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 3))
    assert isinstance(first, YardBooking)
    assert await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 4)) == Stale(first)


async def test_an_extension_into_another_booking_is_refused_and_changes_nothing(stage: Stage) -> None:
    yard = await stage.open()
    booking = await stage.booked(yard, hours_from(0, 2))
    await stage.booked(yard, hours_from(3, 4))
    assert await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 4)) == Full()
    assert await stage.reservations.find(booking.id) == booking
    assert isinstance(await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 3)), YardBooking)


async def test_before_arrival_an_extension_may_move_to_another_space_and_afterwards_not(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    booking = await stage.booked(yard, hours_from(0, 2))
    await stage.booked(yard, hours_from(2, 4))
    moved = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 3))
    assert isinstance(moved, YardBooking)
    assert (booking.space_label, moved.space_label) == ("1", "2")
    stage.clock.now = NOON
    await stage.booked(yard, hours_from(3, 5))
    assert isinstance(await stage.quote(yard, hours_from(4, 4.5)), YardQuote), "the other space is free"
    assert await stage.reservations.change("a driver", booking.id, 2, stay=hours_from(0, 3.5)) == Full()


async def test_a_shorter_stay_gives_back_what_the_rule_says_of_what_it_saves(stage: Stage) -> None:
    yard = await stage.open(cancellation=CancellationRule(HOUR, 50))
    booking = await stage.booked(yard, hours_from(0, 4))
    stage.clock.now = NOON + HOUR / 2
    shorter = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 1))
    assert isinstance(shorter, YardBooking)
    assert (shorter.total, shorter.paid) == (euros("1.20"), euros("3.00"))
    assert stage.till.told[-1] == ("refund", Decimal("1.80"))
    longer = await stage.reservations.change("a driver", booking.id, 2, stay=hours_from(0, 3))
    assert isinstance(longer, YardBooking)
    assert (longer.total, longer.paid) == (euros("3.60"), euros("3.60")), "what was kept counts towards it"
    assert stage.till.told[-1] == ("capture", Decimal("0.60"))


async def test_an_extension_whose_payment_is_not_had_at_once_changes_nothing(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 2))
    for answer in (Authorisation.DECLINED, Authorisation.PENDING):
        stage.till.answer = answer
        refusal = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 3))
        assert isinstance(refusal, Refused)
        assert refusal.reason is Reason.PAYMENT_DECLINED
    assert await stage.reservations.find(booking.id) == booking


async def test_a_withdrawn_yard_keeps_its_bookings_and_lengthens_none(stage: Stage) -> None:
    yard = await stage.open()
    booking = await stage.booked(yard, hours_from(0, 3))
    quote = await stage.quoted(yard, hours_from(5, 6))
    await change(stage.database, yard.id, "withdrawn_at", "now() + interval '10 years'")
    for refusal in (
        await stage.book(quote),
        await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 4)),
    ):
        assert isinstance(refusal, Refused)
        assert refusal.reason is Reason.NOT_PUBLISHED
    assert isinstance(await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 2)), YardBooking)


async def test_the_plate_can_be_changed_for_nothing(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 2))
    other = await stage.reservations.change("a driver", booking.id, 1, plate="B-C 1")
    assert isinstance(other, YardBooking)
    assert (other.plate, other.paid, len(stage.till.told)) == ("B-C 1", booking.paid, 2)
    assert await stage.reservations.find(booking.id) == other


async def test_nobody_else_sees_or_changes_a_booking(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 2))
    refusals = [
        await stage.reservations.change("another driver", booking.id, 1, plate="B-C 1"),
        await stage.reservations.cancel("another driver", booking.id),
        await stage.desk.cancel(STRANGER, booking.id),
        await stage.desk.approve(STRANGER, booking.id),
        await stage.desk.mark_no_show(STRANGER, booking.id),
    ]
    assert {refusal.reason for refusal in refusals if isinstance(refusal, Refused)} == {Reason.UNKNOWN}
    assert all(isinstance(refusal, Refused) for refusal in refusals)
    assert await stage.desk.find(STRANGER, booking.id) is None
    assert await stage.desk.find(EDITOR, booking.id) == await stage.desk.find(OPERATOR, booking.id) == booking
    assert await stage.reservations.list_of("another driver", None, 10) == []


async def test_whoever_does_not_come_pays_and_the_rest_of_the_stay_is_free_again(stage: Stage) -> None:
    yard = await stage.open()
    booking = await stage.booked(yard, hours_from(0, 4))
    early = await stage.desk.mark_no_show(EDITOR, booking.id)
    assert isinstance(early, Refused)
    stage.clock.now = NOON + HOUR
    missed = await stage.desk.mark_no_show(EDITOR, booking.id)
    assert isinstance(missed, YardBooking)
    assert (missed.status, missed.paid) == (Status.NO_SHOW, booking.paid)
    await stage.booked(yard, hours_from(1, 4))
    assert await stage.desk.mark_no_show(EDITOR, booking.id) == missed


async def test_a_stay_that_is_over_is_completed(stage: Stage) -> None:
    booking = await stage.booked(await stage.open(), hours_from(0, 4))
    assert booking.status_at(NOON + 4 * HOUR) is Status.COMPLETED
    stage.clock.now = NOON + 4 * HOUR
    refusal = await stage.reservations.change("a driver", booking.id, 1, stay=hours_from(0, 5))
    assert isinstance(refusal, Refused)
    assert refusal.reason is Reason.OVER


async def test_bookings_are_listed_the_latest_arrival_first_page_by_page(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    made = [await stage.booked(yard, hours_from(n, n + 1)) for n in (0, 2, 1, 2)]
    expected = [made[3], made[1], made[2], made[0]]
    assert await stage.reservations.list_of("a driver", None, 10) == expected
    assert await stage.reservations.list_of("a driver", expected[1].id, 10) == expected[2:]
    first, all_day = Span(NOON, NOON + HOUR), Span(NOON, NOON + 9 * HOUR)
    assert await stage.desk.list_of_yard(EDITOR, yard.id, first, None, 10) == [made[0]]
    assert await stage.desk.list_of_yard(EDITOR, yard.id, all_day, made[2].id, 1) == [made[1]]
    assert await stage.desk.list_of_yard(EDITOR, yard.id, all_day, made[1].id, 10) == [made[3]]
    assert await stage.desk.list_of_yard(STRANGER, yard.id, all_day, None, 10) == ()


async def test_a_stay_as_long_as_may_be_is_listed_on_its_last_day(stage: Stage) -> None:
    yard = await stage.open()
    booking = await stage.booked(yard, Stay(NOON, NOON + MAX_STAY))
    last = Span(NOON + MAX_STAY - HOUR, NOON + MAX_STAY)
    assert await stage.desk.list_of_yard(EDITOR, yard.id, last, None, 10) == [booking]
    over = Span(last.ends, last.ends + HOUR)
    assert await stage.desk.list_of_yard(EDITOR, yard.id, over, None, 10) == []


async def test_no_plate_and_no_key_is_readable_in_the_database(stage: Stage) -> None:
    quote = await stage.quoted(await stage.open(), hours_from(0, 2))
    await stage.book(quote, key="my secret key", plate="S-AB 123")
    async with stage.database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT b::text FROM yard_bookings b"))).scalars().all()
    assert len(rows) == 1
    for word in ("S-AB 123", "SAB123", "my secret key"):
        assert word not in rows[0]
        assert word.encode().hex() not in rows[0]


async def test_the_database_itself_lets_no_two_share_a_space(stage: Stage) -> None:
    await stage.booked(await stage.open(), hours_from(0, 2))
    twin = text(
        "WITH block AS (INSERT INTO yard_blocks (uuid, yard_id, principal, key_digest, fingerprint, begins, ends,"
        " created_at) SELECT gen_random_uuid(), yard_id, 'x', 'x', 'x', now(), now() + interval '1 hour', now()"
        " FROM yard_occupations RETURNING id)"
        " INSERT INTO yard_occupations (yard_id, space_id, during, kind, block_id)"
        " SELECT yard_id, space_id, tstzrange(upper(during) - interval '1 second', upper(during) + interval '1 hour'),"
        " 'BLOCK', block.id FROM yard_occupations, block"
    )
    with pytest.raises(IntegrityError, match="ex_yard_occupations_during"):
        async with stage.database.engine.begin() as connection:
            await connection.execute(twin)


async def test_without_its_database_nothing_is_kept_and_the_answer_says_so() -> None:
    stage = stage_on(Database("postgresql://127.0.0.1:9/parkgraph"))
    with pytest.raises(ReservationsUnavailable):
        await stage.reservations.find(a_wish().quote)
    with pytest.raises(ReservationsUnavailable):
        await stage.reservations.book(a_wish())


def a_wish() -> Wish:
    return Wish(Key("a driver", "1"), uuid4(), "S-AB 123")
