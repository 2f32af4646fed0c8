"""Whoever has a link gets what it leads to, until it expires or is revoked; and never a plate."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from parkgraph.db.engine import Database
from parkgraph.yards.exports.feed import AHEAD, BACK
from parkgraph.yards.exports.library import Document
from parkgraph.yards.exports.links import LONGEST, LinkExpired, LinkInvalid
from parkgraph.yards.reservations.booking import YardBooking
from parkgraph.yards.yard import Yard
from tests.yards.billed import MONTH, Office, office_on
from tests.yards.exports.test_ics import properties
from tests.yards.money.till import Terminal
from tests.yards.reservations.stage import HOUR, hours_from, spaces

PLATE = "S-AB 123"


@pytest.fixture
def office(database: Database) -> Office:
    return office_on(database)


async def booked(office: Office, of: Yard, first: float, last: float) -> YardBooking:
    return await office.stage.booked(of, hours_from(first, last))


async def fetch(office: Office, path: str) -> Document:
    parts = urlsplit(path)
    _, _, yard, export = parts.path.split("/")
    return await office.library.fetch(yard, export, dict(parse_qsl(parts.query)))


def values(feed: Document, name: str) -> list[str]:
    return [value for each, value in properties(feed.text) if each == name]


async def test_the_feed_has_an_event_for_each_booking(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(2), address="Hof 1, 70173 Stuttgart")
    booking = await booked(office, of, 2, 5)
    await booked(office, of, 2, 6)
    feed = await fetch(office, await office.link(of.id, "calendar"))
    assert feed.media_type.startswith("text/calendar")
    assert values(feed, "SUMMARY") == ["Booked: 1", "Booked: 2"]
    assert values(feed, "DTSTART") == ["20261124T130000Z"] * 2
    assert values(feed, "LOCATION") == ["Hof 1\\, 70173 Stuttgart"] * 2
    assert values(feed, "UID")[0] == f"{booking.id.hex}@parkgraph"


async def test_an_event_stays_itself_when_its_booking_is_changed(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    booking = await booked(office, of, 2, 5)
    link = await office.link(of.id, "calendar")
    before = await fetch(office, link)
    changed = await office.stage.reservations.change("a driver", booking.id, booking.version, stay=hours_from(3, 9))
    assert isinstance(changed, YardBooking)
    after = await fetch(office, link)
    assert values(before, "UID") == values(after, "UID")
    assert values(before, "DTSTART") != values(after, "DTSTART")


async def test_what_waits_for_its_payment_is_tentative(database: Database) -> None:
    office = office_on(database, Terminal())
    of = await office.stage.open(spaces=spaces(1))
    await booked(office, of, 2, 5)
    feed = await fetch(office, await office.link(of.id, "calendar"))
    assert (values(feed, "SUMMARY"), values(feed, "STATUS")) == (["Held: 1"], ["TENTATIVE"])


async def test_the_feed_looks_a_week_back_and_three_months_ahead(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    booking = await booked(office, of, 2, 5)
    link = (await office.library.links(of.id, LONGEST)).ics
    now = office.stage.clock.now
    for passed, count in (
        (booking.stay.arrive - AHEAD - now, 0),
        (HOUR, 1),
        (booking.stay.leave + BACK - HOUR - (booking.stay.arrive - AHEAD + HOUR), 1),
        (HOUR, 0),
    ):
        office.stage.clock.pass_by(passed)
        assert len(values(await fetch(office, link), "UID")) == count


async def test_the_statement_is_a_table_that_adds_up(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1), owner_percent=Decimal(85))
    booking = await booked(office, of, 2, 5)
    await office.stage.reservations.cancel("a driver", booking.id)
    sheet = await fetch(office, await office.link(of.id, "statement"))
    assert (sheet.media_type, sheet.name) == ("text/csv; charset=utf-8; header=present", "statement-2026-11.csv")
    rows = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert [row["movement"] for row in rows] == ["CAPTURE", "REFUND"]
    assert [Decimal(row["amount"]) for row in rows] == [Decimal("3.60"), Decimal("-3.60")]
    for row in rows:
        assert Decimal(row["amount"]) == Decimal(row["owner"]) + Decimal(row["fee"]) + Decimal(row["tax"])
    assert {row["booking"] for row in rows} == {str(booking.id)}
    assert {row["arrive"] for row in rows} == {"2026-11-24T14:00:00+01:00"}
    assert {row["space"] for row in rows} == {"1"}


async def test_a_space_that_is_called_like_a_formula_is_text(office: Office) -> None:
    of = await office.stage.open()
    await office.rows("UPDATE yard_spaces SET label = '=HYPERLINK(1)'")
    await booked(office, of, 2, 5)
    sheet = await fetch(office, await office.link(of.id, "statement"))
    (row,) = csv.DictReader(io.StringIO(sheet.text, newline=""))
    assert row["space"] == "'=HYPERLINK(1)"


async def test_another_month_is_asked_for_behind_the_same_link(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    await booked(office, of, 2, 5)
    link = await office.link(of.id, "statement")
    assert len((await fetch(office, link)).text.splitlines()) == 2
    december = await fetch(office, f"{link}&month=2026-12")
    assert (december.name, len(december.text.splitlines())) == ("statement-2026-12.csv", 1)
    with pytest.raises(ValueError, match="2026-11"):
        await fetch(office, f"{link}&month=last")


async def test_the_chart_shows_how_busy_the_days_were_and_what_came_in(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(2), name="Hof <b>", owner_percent=Decimal(85))
    await booked(office, of, 0, 12)
    chart = await fetch(office, await office.link(of.id, "chart"))
    assert chart.media_type == "image/svg+xml"
    assert "<title>2026-11-24: 25.0 %</title>" in chart.text
    assert "<title>2026-11-21: 12.24 EUR</title>" in chart.text
    assert "Hof &lt;b&gt;, 2026-11" in chart.text


async def test_no_plate_and_nobodys_name_is_in_any_of_them(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    await office.stage.book(await office.stage.quoted(of, hours_from(2, 5), "driver-anna"), plate=PLATE)
    for export in ("calendar", "statement", "chart"):
        found = (await fetch(office, await office.link(of.id, export))).text
        assert "driver-anna" not in found
        assert PLATE not in found
        assert "SAB123" not in found


async def test_a_link_expires(office: Office) -> None:
    of = await office.stage.open()
    link = await office.link(of.id, "chart")
    office.stage.clock.pass_by(MONTH - timedelta(seconds=1))
    assert (await fetch(office, link)).text
    office.stage.clock.pass_by(timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        await fetch(office, link)


async def test_links_that_are_revoked_lead_nowhere_and_new_ones_do(office: Office) -> None:
    of, other = await office.stage.open(), await office.stage.open()
    old, others = await office.link(of.id, "chart"), await office.link(other.id, "chart")
    for _ in range(2):
        await office.library.revoke(of.id)
        with pytest.raises(LinkExpired):
            await fetch(office, old)
        old = await office.link(of.id, "chart")
        assert (await fetch(office, old)).text
    assert (await fetch(office, others)).text


async def test_a_link_of_one_yard_opens_no_other(office: Office) -> None:
    of, other = await office.stage.open(), await office.stage.open()
    link = await office.link(of.id, "statement")
    with pytest.raises(LinkInvalid):
        await fetch(office, link.replace(of.id.hex, other.id.hex))


@pytest.mark.parametrize("lifetime", [timedelta(), LONGEST + timedelta(days=1), -MONTH])
async def test_no_link_lives_for_ever(office: Office, lifetime: timedelta) -> None:
    of = await office.stage.open()
    with pytest.raises(ValueError, match="400 days"):
        await office.library.links(of.id, lifetime)
