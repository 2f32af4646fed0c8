"""Plates are forgotten when nobody needs them, shown to whom they are of, and are nowhere but where they belong."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

import parkgraph
from parkgraph.db.engine import Database
from parkgraph.db.table import Table
from parkgraph.gates.retention import DISPUTES, STRANGERS
from parkgraph.gates.subjects import BY_ACCOUNT, BY_PLATE, OF_OWNERS, Subject
from tests.gates.lines import OPERATOR, OWNER, Site, utc_now
from tests.gates.stage import IN, OUT, PLATE, Line, at_noon
from tests.yards.reservations.stage import HOUR, VAULT, hours_from

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = timedelta(days=1)
EVENTS = "SELECT count(*) FROM gate_events WHERE gate_id = :gate AND sealed IS NOT NULL"
PASSAGES = "SELECT count(*) FROM gate_passages WHERE gate_id = :gate AND plate IS NOT NULL"


async def kept(line: Line, sql: str) -> int:
    ((number,),) = await line.rows(sql, gate=line.gate.key)
    return int(number)


async def received(line: Line, ago: timedelta) -> None:
    """All that was sent came so long ago."""
    update = "UPDATE gate_events SET received_at = :at WHERE gate_id = :gate"
    await line.rows(update, at=line.now - ago, gate=line.gate.key)


async def test_a_read_that_matched_nothing_is_forgotten_after_a_day(line: Line) -> None:
    await line.grant()
    await line.request("KA-XY 99")
    await line.request(PLATE)
    await line.house.retention.forget()
    assert (await kept(line, EVENTS), await kept(line, PASSAGES)) == (2, 2)
    line.stage.clock.pass_by(STRANGERS + HOUR)
    await received(line, STRANGERS + HOUR)
    await line.house.retention.forget()
    assert (await kept(line, EVENTS), await kept(line, PASSAGES)) == (1, 1)
    assert await line.count("gate_events") == 2


async def test_a_closed_sessions_plate_becomes_a_digest_by_another_key_and_its_money_stays(line: Line) -> None:
    at_noon(line, -1)
    await line.stage.booked(line.yard, hours_from(0, 2))
    at_noon(line)
    await line.request(PLATE, IN)
    at_noon(line, 3.5)
    await line.request(PLATE, OUT)
    before = await line.session()
    line.stage.clock.pass_by(DISPUTES + DAY)
    await received(line, DISPUTES + DAY)
    await line.house.retention.forget()
    after = await line.session()
    assert (after.plate, after.total, after.charged) == (None, before.total, before.charged)
    assert after.digest not in (before.digest, VAULT.digest(PLATE))
    assert (await kept(line, EVENTS), await kept(line, PASSAGES)) == (0, 0)


async def test_a_vehicle_that_is_inside_is_not_forgotten(line: Line) -> None:
    await line.grant(begins=-1, ends=2000)
    await line.request(PLATE, IN)
    line.stage.clock.pass_by(DISPUTES + DAY)
    await received(line, DISPUTES + DAY)
    await line.house.retention.forget()
    assert (await line.session()).plate == "SAB123"
    assert await kept(line, PASSAGES) == 1


def tables_with(*columns: str) -> set[str]:
    core = Path(parkgraph.__file__).parent
    for tables in core.rglob("tables.py"):
        import_module(".".join(("parkgraph", *tables.relative_to(core).with_suffix("").parts)))
    return {name for name, table in Table.metadata.tables.items() if any(each in table.columns for each in columns)}


async def test_every_table_that_has_a_plate_or_an_account_is_reached() -> None:
    assert tables_with("plate_digest", "plate") == set(BY_PLATE)
    assert tables_with("principal", "account") == set(BY_ACCOUNT) | OF_OWNERS


async def test_what_is_erased_is_nowhere_any_more_and_what_was_exported_was_all(line: Line) -> None:
    at_noon(line, -1)
    booking = await line.stage.booked(line.yard, hours_from(0, 2))
    at_noon(line)
    await line.grant()
    await line.request(PLATE, IN)
    await line.request("MZ-Z 1")
    subject = Subject(plate="s ab 123")
    exported = orjson.loads(await line.house.subjects.export(subject))
    assert {"gate_events", "gate_passages", "gate_sessions", "gate_rights", "yard_bookings"} <= set(exported)
    assert exported["gate_events"][-1]["read"]["plate"] == PLATE
    assert exported["yard_bookings"][-1]["plate"] == PLATE
    erased = await line.house.subjects.erase(subject)
    assert all(erased[table] for table in exported)
    assert orjson.loads(await line.house.subjects.export(subject)) == {}
    found = await line.stage.reservations.find(booking.id)
    assert found is not None
    assert (found.plate, found.total) == (None, booking.total)
    assert (await line.request(PLATE)).command is None


async def test_an_account_is_forgotten_with_its_bookings(line: Line) -> None:
    at_noon(line, -1)
    await line.stage.booked(line.yard, hours_from(0, 2), who="somebody to forget")
    at_noon(line)
    await line.request(PLATE, IN)
    subject = Subject(account="somebody to forget")
    exported = orjson.loads(await line.house.subjects.export(subject))
    assert {"gate_sessions", "yard_bookings"} <= set(exported)
    await line.house.subjects.erase(subject)
    assert orjson.loads(await line.house.subjects.export(subject)) == {}


EXPORT = "query ($subject: SubjectInput!) { exportSubject(subject: $subject) }"
ERASE = "mutation ($subject: SubjectInput!) { eraseSubject(subject: $subject) { table rows } }"


async def test_operators_export_and_erase_and_nobody_else(site: Site) -> None:
    await site.line.request("S-OP 1")
    subject = {"plate": "S-OP 1"}
    assert (await site.api.refusal(OWNER, EXPORT, subject=subject)).startswith("FORBIDDEN")
    assert (await site.api.refusal(OWNER, ERASE, subject=subject)).startswith("FORBIDDEN")
    assert "S-OP 1" in await site.api.ask(OPERATOR, EXPORT, subject=subject)
    erased = await site.api.ask(OPERATOR, ERASE, subject=subject)
    assert {each["table"]: each["rows"] for each in erased} == {"gate_events": 1, "gate_passages": 1}
    assert await site.api.ask(OPERATOR, EXPORT, subject=subject) == "{}"
    assert (await site.api.refusal(OPERATOR, EXPORT, subject={})).startswith("BAD_USER_INPUT subject")


async def test_a_plate_is_in_no_log_no_metric_no_refusal_and_no_row(
    site: Site, capfd: pytest.CaptureFixture[str], gates_url: str
) -> None:
    """Planted wherever a plate goes in; then looked for wherever it must not come out."""
    planted = "PLANT4711"
    await site.grant(planted)
    await site.book("PLANT 4711")
    read = site.line.read(planted, candidates=[{"plate": planted}])
    answers: list[Any] = [
        await site.line.send(read),
        await site.line.record(read, site.line.past(planted, utc_now() - HOUR), {**read, "eventId": "PLANT4711"}),
        await site.line.post("query { a }"),
        await site.api.http.get("/metrics"),
    ]
    answers[1] = [{**each, "eventId": ""} for each in answers[1]["results"]]
    shown = [str(answer) for answer in answers[:3]] + [answers[3].text]
    output = capfd.readouterr()
    rows = await _everything(gates_url)
    for where in (*shown, output.out, output.err, rows):
        assert planted not in where.upper().replace(" ", "").replace("-", "")


async def _everything(url: str) -> str:
    """Every row of every table, as text and as the bytes that they are."""
    database, found = Database(url), []
    async with database.engine.connect() as connection:
        for table in Table.metadata.tables:
            rows = await connection.execute(text(f"SELECT * FROM {table}"))
            found += [repr(tuple(row)) for row in rows.all()]
    await database.close()
    return "\n".join(found)
