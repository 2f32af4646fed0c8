"""Bookings of yards in GraphQL, for each who may and may not."""

from collections.abc import AsyncIterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.db.engine import Database
from parkgraph.settings import Settings
from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.repository import YardRepository
from tests.signed_in import subject_of
from tests.yards.reservations.stage import HOUR, spaces
from tests.yards.serving import Api, serving
from tests.yards.yards import RATES, yard

DRIVER, OTHER = ("dora", Role.DRIVER), ("emil", Role.DRIVER)
OWNER, STRANGER, OPERATOR = ("olga", Role.OWNER), ("otto", Role.OWNER), ("root", Role.OPERATOR)
TOMORROW: Final = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)

BOOKING: Final = """
__typename
... on YardBooking {
  id status space version plate stay { arrive leave } total { amount currency } paid { amount } refund { amount }
  lines { amount { amount } } cancellation { freeHours refundPercent } yard { name }
}
"""
REFUSED: Final = "... on YardRefused { reason text }"
FULL: Final = "... on YardFull { text }"
QUOTE: Final = """
mutation ($yard: ID!, $stay: StayInput!, $vehicle: VehicleInput) {
  quoteYard(yardId: $yard, stay: $stay, vehicle: $vehicle) {
    __typename
    ... on YardQuote { id vacant validUntil needsApproval total { amount currency } lines { label } }
    ... on YardFull { text }
    ... on YardRefused { reason text }
  }
}
"""
BOOK: Final = f"""
mutation ($quote: ID!, $key: String!, $plate: String!) {{
  bookYard(quoteId: $quote, idempotencyKey: $key, plate: $plate) {{ {BOOKING} {FULL} {REFUSED} }}
}}
"""
EXTEND: Final = f"""
mutation ($id: ID!, $version: Int!, $leave: DateTime!) {{
  extendYardBooking(bookingId: $id, version: $version, leave: $leave) {{
    {BOOKING} {FULL} {REFUSED}
    ... on YardBookingConflict {{ text current {{ version }} }}
  }}
}}
"""
CHANGE: Final = f"""
mutation ($id: ID!, $version: Int!, $stay: StayInput, $plate: String) {{
  changeYardBooking(bookingId: $id, version: $version, stay: $stay, plate: $plate) {{ {BOOKING} {REFUSED} }}
}}
"""
PRICE: Final = """
query ($id: ID!, $stay: StayInput!) {
  node(id: $id) { ... on YardBooking { priceFor(stay: $stay) {
    ... on YardBookingPrice { total { amount } due { amount } refund { amount } } ... on YardRefused { reason } } } }
}
"""
NODE: Final = f"query ($id: ID!) {{ node(id: $id) {{ {BOOKING} }} }}"
MINE: Final = """
query ($first: Int!, $after: String) {
  viewer { yardBookings(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }
}
"""
OF_YARD: Final = """
query ($yard: ID!, $from: DateTime!, $to: DateTime!, $first: Int! = 20, $after: String) {
  yardBookings(yardId: $yard, from: $from, to: $to, first: $first, after: $after) {
    nodes { id plate } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""
BLOCK: Final = """
mutation ($yard: ID!, $begins: DateTime!, $ends: DateTime!, $space: ID, $note: String) {
  blockYard(yardId: $yard, idempotencyKey: "1", begins: $begins, ends: $ends, spaceId: $space, note: $note) {
    __typename ... on YardBlock { id spaceId note } ... on YardSpaceTaken { space spans { begins } }
    ... on YardRefused { reason }
  }
}
"""
PERMIT: Final = """
mutation ($yard: ID!, $hours: YardPermitHoursInput!, $plate: String) {
  grantYardPermit(yardId: $yard, idempotencyKey: "1", hours: $hours, holder: "Ms Example", plate: $plate) {
    __typename ... on YardPermit { id space start end days first last holder plate } ... on YardRefused { reason }
  }
}
"""


def one(field: str) -> str:
    """A mutation of one booking."""
    return f"mutation ($id: ID!) {{ {field}(bookingId: $id) {{ {BOOKING} {REFUSED} }} }}"


@pytest.fixture
async def api(settings: Settings, tmp_path: Path) -> AsyncIterator[Api]:
    assert settings.database.url
    async with serving(settings.database.url.get_secret_value(), tmp_path) as api:
        yield api


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    assert settings.database.url
    database = Database(settings.database.url.get_secret_value())
    yield database
    await database.close()


async def opened(database: Database, **facts: Any) -> str:
    """The id of a new yard of OWNER's."""
    new = yard(**{"owner": subject_of(OWNER[0]), "rates": RATES, **facts})
    await YardRepository(database).add(new)
    return ids.encode(ids.YARD, new.id.hex)


def stay(first: float, last: float) -> dict[str, str]:
    return {"arrive": (TOMORROW + first * HOUR).isoformat(), "leave": (TOMORROW + last * HOUR).isoformat()}


async def booked(api: Api, of: str, first: float, last: float, who: tuple[str, Role] = DRIVER) -> dict[str, Any]:
    quote = await api.ask(who, QUOTE, yard=of, stay=stay(first, last))
    found: dict[str, Any] = await api.ask(who, BOOK, quote=quote["id"], key=uuid4().hex, plate="S-AB 123")
    assert found["__typename"] == "YardBooking", found
    return found


async def test_from_quote_to_booking_to_its_end(api: Api, database: Database) -> None:
    of = await opened(database)
    quote = await api.ask(DRIVER, QUOTE, yard=of, stay=stay(0, 2))
    assert (quote["total"], quote["vacant"]) == ({"amount": "2.40", "currency": "EUR"}, 1)
    key = uuid4().hex
    first = await api.ask(DRIVER, BOOK, quote=quote["id"], key=key, plate=" S-AB 123 ")
    assert first == await api.ask(DRIVER, BOOK, quote=quote["id"], key=key, plate="S-AB 123")
    assert (first["status"], first["plate"], first["version"]) == ("CONFIRMED", "S-AB 123", 1)
    assert (first["yard"]["name"], first["refund"]["amount"]) == ("Hof Beispiel", "2.40")
    price = await api.ask(DRIVER, PRICE, id=first["id"], stay=stay(0, 4))
    assert price["priceFor"] == {"total": {"amount": "4.80"}, "due": {"amount": "2.40"}, "refund": {"amount": "0.00"}}
    longer = await api.ask(DRIVER, EXTEND, id=first["id"], version=1, leave=stay(0, 4)["leave"])
    assert (longer["paid"]["amount"], longer["version"]) == ("4.80", 2)
    stale = await api.ask(DRIVER, EXTEND, id=first["id"], version=1, leave=stay(0, 5)["leave"])
    assert (stale["__typename"], stale["current"]["version"]) == ("YardBookingConflict", 2)
    other = await api.ask(DRIVER, CHANGE, id=first["id"], version=2, plate="B-C 1")
    assert other["plate"] == "B-C 1"
    cancelled = await api.ask(DRIVER, one("cancelYardBooking"), id=first["id"])
    assert (cancelled["status"], cancelled["paid"]["amount"]) == ("CANCELLED", "0.00")
    assert await api.ask(DRIVER, NODE, id=first["id"]) == cancelled


async def test_what_cannot_be_had_is_data(api: Api, database: Database) -> None:
    of = await opened(database)
    quotes = [await api.ask(who, QUOTE, yard=of, stay=stay(0, 2)) for who in (DRIVER, DRIVER, OTHER)]
    await api.ask(DRIVER, BOOK, quote=quotes[0]["id"], key="1", plate="A")
    kinds = [
        await api.ask(DRIVER, BOOK, quote=quotes[1]["id"], key="2", plate="A"),
        await api.ask(DRIVER, BOOK, quote=quotes[2]["id"], key="3", plate="A"),
        await api.ask(DRIVER, BOOK, quote=quotes[1]["id"], key="1", plate="A"),
        await api.ask(DRIVER, QUOTE, yard=of, stay=stay(0, 2)),
        await api.ask(DRIVER, QUOTE, yard=of, stay=stay(2, 3), vehicle={"heightCm": 210}),
        await api.ask(DRIVER, QUOTE, yard=ids.encode(ids.YARD, uuid4().hex), stay=stay(2, 3)),
    ]
    assert [kind["__typename"] for kind in kinds] == [
        "YardFull",
        "QuoteExpired",
        "IdempotencyConflict",
        "YardFull",
        "YardQuote",
        "YardRefused",
    ]


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"stay": stay(2, 1)}, "stay: leave"),
        ({"stay": stay(-100, 1)}, "stay.arrive"),
        ({"stay": stay(24 * 366, 24 * 367)}, "stay.arrive"),
        ({"yard": "nonsense"}, "yardId"),
        ({"stay": {"arrive": "2026-11-24T09:00:00", "leave": "2026-11-24T10:00:00Z"}}, "offset"),
        ({"vehicle": {"heightCm": -1}}, "vehicle"),
    ],
)
async def test_bad_input_is_named(api: Api, database: Database, variables: dict[str, Any], field: str) -> None:
    good = {"yard": await opened(database), "stay": stay(0, 1)}
    refusal = await api.refusal(DRIVER, QUOTE, **{**good, **variables})
    assert refusal.startswith("BAD_USER_INPUT")
    assert field in refusal


@pytest.mark.parametrize("plate", ["", " ", "---", "A" * 21, "A\nB", "A\x00"])
async def test_a_plate_that_is_none_is_refused_and_not_repeated(api: Api, database: Database, plate: str) -> None:
    quote = await api.ask(DRIVER, QUOTE, yard=await opened(database), stay=stay(0, 1))
    refusal = await api.refusal(DRIVER, BOOK, quote=quote["id"], key="1", plate=plate)
    assert refusal == "BAD_USER_INPUT plate: letters and digits, at most 20 characters"


async def test_a_change_to_nothing_and_one_into_the_past_are_refused(api: Api, database: Database) -> None:
    found = await booked(api, await opened(database), 0, 2)
    assert "stay" in await api.refusal(DRIVER, CHANGE, id=found["id"], version=1)
    early = (TOMORROW - 300 * HOUR).isoformat()
    assert "leave: must be after arrive" in await api.refusal(DRIVER, EXTEND, id=found["id"], version=1, leave=early)
    late = (TOMORROW + 367 * 24 * HOUR).isoformat()
    assert "leave: must be at most 366 days" in await api.refusal(DRIVER, EXTEND, id=found["id"], version=1, leave=late)


async def test_a_booking_is_its_drivers_and_the_yards_owners(api: Api, database: Database) -> None:
    of = await opened(database, spaces=spaces(3))
    mine, others = await booked(api, of, 0, 2), await booked(api, of, 0, 2, OTHER)
    for who, sees in (
        (DRIVER, True),
        (OWNER, True),
        (OPERATOR, True),
        (OTHER, False),
        (STRANGER, False),
        (None, False),
    ):
        assert (await api.ask(who, NODE, id=mine["id"]) is not None) is sees, who
    page = await api.ask(DRIVER, MINE, first=1)
    assert page["yardBookings"]["nodes"] == [{"id": mine["id"]}]
    assert page["yardBookings"]["pageInfo"]["hasNextPage"] is False
    span = {"from": stay(0, 1)["arrive"], "to": stay(0, 1)["leave"]}
    listed = await api.ask(OWNER, OF_YARD, yard=of, **span)
    assert {each["id"] for each in listed["nodes"]} == {mine["id"], others["id"]}
    assert (await api.ask(STRANGER, OF_YARD, yard=of, **span))["nodes"] == []
    assert (await api.refusal(DRIVER, OF_YARD, yard=of, **span)).startswith("FORBIDDEN")
    assert (await api.refusal(None, OF_YARD, yard=of, **span)).startswith("UNAUTHENTICATED")
    for who in (OTHER, STRANGER):
        refused = await api.ask(who, one("cancelYardBooking"), id=mine["id"])
        assert refused["reason"] == "UNKNOWN"
    assert (await api.refusal(None, QUOTE, yard=of, stay=stay(0, 1))).startswith("UNAUTHENTICATED")


async def test_an_owner_approves_declines_and_reports(api: Api, database: Database) -> None:
    of = await opened(database, approval_required=True, spaces=spaces(2))
    first, second = await booked(api, of, 0, 2), await booked(api, of, 0, 2)
    assert (first["status"], first["paid"]["amount"]) == ("REQUESTED", "0.00")
    approved = await api.ask(OWNER, one("approveYardBooking"), id=first["id"])
    assert (approved["status"], approved["paid"]["amount"]) == ("CONFIRMED", "2.40")
    declined = await api.ask(OWNER, one("declineYardBooking"), id=second["id"])
    assert declined["status"] == "DECLINED"
    early = await api.ask(OWNER, one("markYardNoShow"), id=first["id"])
    assert early["reason"] == "NOT_STARTED"
    taken_back = await api.ask(OWNER, one("cancelYardBooking"), id=first["id"])
    assert (taken_back["status"], taken_back["paid"]["amount"]) == ("CANCELLED", "0.00")


async def test_an_owner_blocks_and_gives_permits(api: Api, database: Database) -> None:
    of = await opened(database)
    span = {"begins": stay(0, 2)["arrive"], "ends": stay(0, 2)["leave"]}
    block = await api.ask(OWNER, BLOCK, yard=of, note="Repairs", **span)
    assert (block["__typename"], block["note"]) == ("YardBlock", "Repairs")
    assert (await api.ask(DRIVER, QUOTE, yard=of, stay=stay(1, 3)))["__typename"] == "YardFull"
    lift = "mutation ($id: ID!) { liftYardBlock(blockId: $id) { ... on YardBlock { liftedAt } } }"
    assert (await api.ask(OWNER, lift, id=block["id"]))["liftedAt"]
    listed = "query ($yard: ID!) { yardBlocks(yardId: $yard) { nodes { id } } }"
    assert (await api.ask(OWNER, listed, yard=of))["nodes"] == []
    day = TOMORROW.date().isoformat()
    hours = {"start": "00:00", "end": "00:00", "first": day, "last": day}
    permit = await api.ask(OWNER, PERMIT, yard=of, hours=hours, plate="S-XY 9")
    assert (permit["__typename"], permit["plate"], permit["holder"]) == ("YardPermit", "S-XY 9", "Ms Example")
    listed = "query ($yard: ID!) { yardPermits(yardId: $yard) { nodes { id } pageInfo { endCursor } } }"
    assert await api.ask(OWNER, listed, yard=of) == {
        "nodes": [{"id": permit["id"]}],
        "pageInfo": {"endCursor": permit["id"]},
    }
    revoke = "mutation ($id: ID!) { revokeYardPermit(permitId: $id) { ... on YardPermit { revokedAt } } }"
    assert (await api.ask(OWNER, revoke, id=permit["id"]))["revokedAt"]
    assert (await api.ask(STRANGER, revoke, id=permit["id"])) == {}


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"last": "2026-01-01"}, "hours.last"),
        ({"last": "2029-01-01"}, "hours.last"),
        ({"days": []}, "hours.days"),
        ({"start": "25:00"}, "hours.start"),
        ({"first": "2020-01-01", "last": "2020-02-01"}, "hours.last"),
    ],
)
async def test_hours_of_a_permit_that_cannot_be_are_named(
    api: Api, database: Database, hours: dict[str, Any], field: str
) -> None:
    good = {"start": "08:00", "end": "18:00", "first": "2026-12-01", "last": "2026-12-31"}
    refusal = await api.refusal(OWNER, PERMIT, yard=await opened(database), hours={**good, **hours})
    assert refusal.startswith(f"BAD_USER_INPUT {field}:")


async def test_a_block_that_ends_before_it_begins_is_named(api: Api, database: Database) -> None:
    span = {"begins": stay(0, 2)["leave"], "ends": stay(0, 2)["arrive"]}
    assert (await api.refusal(OWNER, BLOCK, yard=await opened(database), **span)).startswith("BAD_USER_INPUT ends:")


async def test_an_owner_lists_bookings_page_by_page(api: Api, database: Database) -> None:
    of = await opened(database)
    made = [(await booked(api, of, n, n + 1))["id"] for n in range(3)]
    span = {"from": stay(0, 1)["arrive"], "to": stay(0, 9)["leave"]}
    page = await api.ask(OWNER, OF_YARD, yard=of, first=2, **span)
    assert [each["id"] for each in page["nodes"]] == made[:2]
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "endCursor": made[1]}
    page = await api.ask(OWNER, OF_YARD, yard=of, first=2, after=made[1], **span)
    assert [each["id"] for each in page["nodes"]] == made[2:]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "endCursor": made[2]}
    backwards = {"from": span["to"], "to": span["from"]}
    refusal = await api.refusal(OWNER, OF_YARD, yard=of, **backwards)
    assert refusal == "BAD_USER_INPUT to: must be after from"


ENTRIES: Final = "{ viewer { yardBookings { nodes { yard { name status entry { code instructions } } } } } }"
WITHDRAW: Final = "mutation ($yard: ID!) { withdrawYard(yardId: $yard, version: 1) { ... on Yard { status } } }"


async def test_whoever_has_a_booking_gets_in_where_the_yard_was_withdrawn_since(api: Api, database: Database) -> None:
    facts = {"access": Access(AccessMethod.CODE, "4711"), "instructions": "The second gate."}
    soon = (datetime.now(UTC) - TOMORROW) / HOUR + 0.5
    of = await opened(database, **facts)
    await booked(api, of, soon, soon + 1)
    assert (await api.ask(OWNER, WITHDRAW, yard=of))["status"] == "WITHDRAWN"
    (mine,) = (await api.ask(DRIVER, ENTRIES))["yardBookings"]["nodes"]
    entry = {"code": "4711", "instructions": "The second gate."}
    assert mine["yard"] == {"name": "Hof Beispiel", "status": "WITHDRAWN", "entry": entry}
    assert await api.ask(DRIVER, "query ($id: ID!) { yard(id: $id) { name } }", id=of) is None


async def test_a_page_of_bookings_asks_the_database_as_often_as_one_booking_does(
    api: Api, database: Database, request: pytest.FixtureRequest
) -> None:
    """Each says what its yard is called, and how to get in."""
    said: ContextVar[list[str] | None] = ContextVar("said", default=None)

    def hear(*statement: Any) -> None:
        if (mine := said.get()) is not None:  # what else the server does is not this request's
            mine.append(statement[2])

    event.listen(Engine, "before_cursor_execute", hear)
    request.addfinalizer(lambda: event.remove(Engine, "before_cursor_execute", hear))

    async def statements() -> int:
        mine: list[str] = []
        said.set(mine)
        assert len((await api.ask(DRIVER, ENTRIES))["yardBookings"]["nodes"]) > 0
        said.set(None)
        return len(mine)

    await booked(api, await opened(database), 0, 1)
    once = await statements()
    for _ in range(4):
        await booked(api, await opened(database), 0, 1)
    assert await statements() == once > 0
