"""What owners see of their yards' calendar and money, over HTTP; and what others do not."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from parkgraph.accounts.principal import Role
from parkgraph.api.payment_webhook import HEADER, MAX_BYTES
from parkgraph.db.engine import Database
from parkgraph.yards.money.events import sign
from tests.conftest import execute, with_database
from tests.yards.serving import Api, serving
from tests.yards.test_api import ANNA, BERTA, DORA, OLGA, PIA, publish

SECRET: Final = "a secret that is shared with the gateway"
EMIL: Final = ("emil", Role.DRIVER)
PLATE: Final = "S-GH 4711"

QUOTE = """mutation ($yard: ID!, $stay: StayInput!) {
  quoteYard(yardId: $yard, stay: $stay) { __typename ... on YardQuote { id } } }"""
BOOK = """mutation ($quote: ID!, $key: String!, $plate: String!) {
  bookYard(quoteId: $quote, idempotencyKey: $key, plate: $plate) { __typename ... on YardBooking { id version } } }"""
CALENDAR = """query ($id: ID!, $from: DateTime!, $to: DateTime!, $first: Int, $after: String) {
  yard(id: $id) { calendar(from: $from, to: $to, first: $first, after: $after) {
    nodes { label ranges { from to state } } pageInfo { hasNextPage endCursor } } } }"""
STATEMENT = """query ($id: ID!, $month: String!) { yard(id: $id) { statement(month: $month) { month totals {
  bookings gross { amount currency } refunds { amount } fees { amount } tax { amount } payout { amount } } } } }"""
LINKS = "query ($id: ID!, $days: Int) { yard(id: $id) { links(days: $days) { ics csv svg expiresAt } } }"
REVOKE = "mutation ($id: ID!) { revokeYardLinks(yardId: $id) { __typename ... on YardNotFound { text } } }"

TUESDAY: Final = (datetime.now(UTC) + timedelta(days=8 - datetime.now(UTC).weekday())).replace(
    hour=9, minute=0, second=0, microsecond=0
)
"""Of next week, when the yard is open."""

HOUR: Final = timedelta(hours=1)


@pytest.fixture
async def paying(database_url: str, migrated_template: str, tmp_path: Path) -> AsyncIterator[tuple[Api, Database]]:
    """A server that gateways may tell something, and its database."""
    name = f"served_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    url = with_database(database_url, name)
    database = Database(url)
    async with serving(url, tmp_path, PARKGRAPH_YARDS_WEBHOOK_SECRET=SECRET, PARKGRAPH_YARDS_TAX_PERCENT="19") as api:
        yield api, database
    await database.close()
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")


async def open_yard(api: Api, **facts: Any) -> str:
    """Anna's, with four spaces, at 1.20 an hour."""
    return str((await publish(api, **facts))["id"])


async def book(api: Api, yard: str, first: float, last: float, who: tuple[str, Role] = DORA) -> str:
    stay = {"arrive": (TUESDAY + first * HOUR).isoformat(), "leave": (TUESDAY + last * HOUR).isoformat()}
    quote = await api.ask(who, QUOTE, yard=yard, stay=stay)
    assert quote["__typename"] == "YardQuote", quote
    booking = await api.ask(who, BOOK, quote=quote["id"], key=uuid4().hex, plate=PLATE)
    assert booking["__typename"] == "YardBooking", booking
    return str(booking["id"])


def day(**more: Any) -> dict[str, Any]:
    return {"from": TUESDAY.isoformat(), "to": (TUESDAY + 24 * HOUR).isoformat(), **more}


def this_month() -> str:
    return f"{datetime.now(UTC):%Y-%m}"


async def test_the_calendar_shows_each_space_in_ranges(api: Api) -> None:
    yard = await open_yard(api)
    await book(api, yard, 2, 5)
    calendar = (await api.ask(ANNA, CALENDAR, id=yard, **day()))["calendar"]
    assert len(calendar["nodes"]) == 4
    busy = [node for node in calendar["nodes"] if len(node["ranges"]) == 3]
    assert [each["state"] for each in busy[0]["ranges"]] == ["FREE", "BOOKED", "FREE"]
    booked = busy[0]["ranges"][1]
    assert datetime.fromisoformat(booked["from"]) == TUESDAY + 2 * HOUR
    assert datetime.fromisoformat(booked["to"]) == TUESDAY + 5 * HOUR


async def test_the_calendar_has_pages_of_spaces(api: Api) -> None:
    yard = await open_yard(api)
    seen, after = [], None
    for _ in range(2):
        page = (await api.ask(ANNA, CALENDAR, id=yard, **day(first=3, after=after)))["calendar"]
        seen.append(len(page["nodes"]))
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [3, 1]


async def test_a_calendar_that_cannot_be_says_which_argument_is_wrong(api: Api) -> None:
    yard = await open_yard(api)
    for given, words in (
        ({"to": TUESDAY.isoformat()}, "to: must be after from"),
        ({"to": (TUESDAY + timedelta(days=101)).isoformat()}, "to: must be at most 100 days after from"),
        ({"first": 0}, "first:"),
        ({"first": 101}, "first:"),
        ({"after": "x"}, "after:"),
    ):
        assert (await api.refusal(ANNA, CALENDAR, id=yard, **day(**given))).startswith(f"BAD_USER_INPUT {words}")


async def test_a_statement_is_of_a_month(paying: tuple[Api, Database]) -> None:
    api, _ = paying
    yard = await open_yard(api)
    await book(api, yard, 2, 5)
    cancelled = await book(api, yard, 2, 6)
    await api.ask(DORA, "mutation ($id: ID!) { cancelYardBooking(bookingId: $id) { __typename } }", id=cancelled)
    statement = (await api.ask(ANNA, STATEMENT, id=yard, month=this_month()))["statement"]
    (totals,) = statement["totals"]
    assert (totals["bookings"], totals["gross"]) == (2, {"amount": "8.40", "currency": "EUR"})
    assert (totals["refunds"]["amount"], totals["payout"]["amount"]) == ("4.80", "3.60")
    assert (await api.ask(ANNA, STATEMENT, id=yard, month="2001-01"))["statement"] == {"month": "2001-01", "totals": []}


async def test_the_platform_keeps_its_part_and_the_tax_on_it(paying: tuple[Api, Database]) -> None:
    api, database = paying
    yard = await open_yard(api)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE yards SET owner_percent = 50")
    await book(api, yard, 2, 5)
    (totals,) = (await api.ask(ANNA, STATEMENT, id=yard, month=this_month()))["statement"]["totals"]
    assert {name: totals[name]["amount"] for name in ("payout", "fees", "tax")} == {
        "payout": "1.80",
        "fees": "1.51",
        "tax": "0.29",
    }


async def test_a_month_that_is_none_is_bad_input(api: Api) -> None:
    yard = await open_yard(api)
    assert (await api.refusal(ANNA, STATEMENT, id=yard, month="november")).startswith("BAD_USER_INPUT month: ")


async def test_for_others_the_owners_fields_are_null(api: Api) -> None:
    yard = await open_yard(api)
    await book(api, yard, 2, 5, EMIL)
    for who in (None, DORA, EMIL, BERTA, PIA):
        assert await api.ask(who, CALENDAR, id=yard, **day()) == {"calendar": None}
        assert await api.ask(who, STATEMENT, id=yard, month=this_month()) == {"statement": None}
        assert await api.ask(who, LINKS, id=yard) == {"links": None}


async def test_an_operator_sees_them_all(api: Api) -> None:
    yard = await open_yard(api)
    assert (await api.ask(OLGA, CALENDAR, id=yard, **day()))["calendar"]
    assert (await api.ask(OLGA, STATEMENT, id=yard, month=this_month()))["statement"]
    assert (await api.ask(OLGA, LINKS, id=yard))["links"]


async def links(api: Api, yard: str) -> dict[str, str]:
    found: dict[str, str] = (await api.ask(ANNA, LINKS, id=yard))["links"]
    return found


async def test_a_link_needs_no_account(api: Api) -> None:
    yard = await open_yard(api)
    await book(api, yard, 2, 5)
    given = await links(api, yard)
    for export, kind, shown in (
        ("ics", "text/calendar; charset=utf-8", "SUMMARY:Booked"),
        ("csv", "text/csv; charset=utf-8; header=present", "CAPTURE"),
        ("svg", "image/svg+xml", "<svg "),
    ):
        answer = await api.http.get(given[export])
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert shown in answer.text
        assert PLATE not in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_link_that_was_changed_opens_nothing(api: Api) -> None:
    link = (await links(api, await open_yard(api)))["csv"]
    for changed in (link.replace("statement.csv", "chart.svg"), link + "A", re.sub(r"expires=\d", "expires=9", link)):
        answer = await api.http.get(changed)
        assert (answer.status_code, answer.text) == (404, "This link is not valid.\n")


async def test_revoked_links_are_gone(api: Api) -> None:
    yard = await open_yard(api)
    link = (await links(api, yard))["svg"]
    assert (await api.ask(BERTA, REVOKE, id=yard))["__typename"] == "YardNotFound"
    assert (await api.http.get(link)).status_code == 200
    assert (await api.ask(ANNA, REVOKE, id=yard))["__typename"] == "Yard"
    assert (await api.http.get(link)).status_code == 410
    assert (await api.http.get((await links(api, yard))["svg"])).status_code == 200


async def test_a_month_that_is_none_is_said_by_the_export_too(api: Api) -> None:
    link = (await links(api, await open_yard(api)))["csv"]
    answer = await api.http.get(f"{link}&month=2026-13")
    assert (answer.status_code, answer.text) == (400, "month: a month is between 2000-01 and 2199-12.\n")


async def test_links_have_a_lifetime(api: Api) -> None:
    yard = await open_yard(api)
    for days in (0, 401, -1):
        assert (await api.refusal(ANNA, LINKS, id=yard, days=days)).startswith("BAD_USER_INPUT days: ")


async def test_links_of_before_still_open_after_a_restart(
    database_url: str, migrated_template: str, tmp_path: Path
) -> None:
    name = f"served_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    async with serving(with_database(database_url, name), tmp_path) as api:
        link = (await links(api, await open_yard(api)))["svg"]
    async with serving(with_database(database_url, name), tmp_path) as again:
        assert (await again.http.get(link)).status_code == 200
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")


async def tell(api: Api, secret: str = SECRET, gateway: str = "invoice", **members: Any) -> httpx.Response:
    body = json.dumps(members).encode()
    signature = sign(secret.encode(), body, datetime.now(UTC))
    return await api.http.post(f"/webhooks/payments/{gateway}", content=body, headers={HEADER: signature})


async def payment_of(api: Api, database: Database) -> str:
    await book(api, await open_yard(api), 2, 5)
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT uuid FROM yard_payments")
        return str(found.scalar_one())


async def test_a_gateway_tells_that_money_has_come_once(paying: tuple[Api, Database]) -> None:
    api, database = paying
    payment = await payment_of(api, database)
    told = {"id": "1", "payment": payment, "state": "CAPTURED", "amount": "3.60", "currency": "EUR"}
    outcomes = [await tell(api, **told) for _ in range(3)]
    assert [outcome.status_code for outcome in outcomes] == [200, 200, 200]
    assert [outcome.json()["outcome"] for outcome in outcomes] == ["APPLIED", "REPEATED", "REPEATED"]
    assert (await tell(api, **{**told, "amount": "0.10"})).status_code == 409
    async with database.engine.connect() as connection:
        sums = "SELECT sum(gateway_clearing) AS clearing, sum(driver_receivable) AS owed FROM yard_ledger"
        found = (await connection.exec_driver_sql(sums)).one()
    assert (str(found.clearing), found.owed) == ("3.60", 0)


async def test_a_webhook_without_the_secret_is_refused(paying: tuple[Api, Database]) -> None:
    api, _ = paying
    assert (await tell(api, "another secret", id="1")).status_code == 401
    assert (await api.http.post("/webhooks/payments/invoice", content=b"{}")).status_code == 401


async def test_a_webhook_says_what_is_wrong(paying: tuple[Api, Database]) -> None:
    api, _ = paying
    wrong = await tell(api, id="1", payment="x", state="CAPTURED")
    assert (wrong.status_code, wrong.json()) == (400, {"error": "payment: must be the payment's UUID."})
    assert (await tell(api, id="1", payment=str(uuid4()), state="FAILED")).status_code == 404
    assert (await tell(api, gateway="another", id="1")).status_code == 404
    assert (await tell(api, id="x" * MAX_BYTES)).status_code == 413
    assert (await api.http.get("/webhooks/payments/invoice")).status_code == 405


async def test_without_a_secret_nobody_may_tell_anything(api: Api) -> None:
    assert (await tell(api, id="1")).status_code == 404
