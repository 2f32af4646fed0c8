"""Sessions of vehicles, as they follow from what crossed the line: stored, charged, and changed where history changes.

What a session's price becomes is appended (`gate_session_changes`), and what was taken of a driver is moved by the
difference, so that nothing that was told or paid is written over.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from pydantic import TypeAdapter

from parkgraph.db.statement import Statement
from parkgraph.domain.civil import Calendar
from parkgraph.domain.money import Money
from parkgraph.domain.pricing import PriceLine
from parkgraph.gates.charging import PriceHold, Tariff
from parkgraph.gates.decision import Direction
from parkgraph.gates.gate import Site
from parkgraph.gates.pairing import Crossing, History, crossed_since, pair
from parkgraph.gates.pairing import session_of as entered_by
from parkgraph.gates.rights import RightKind, Rights
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.session import Session, SessionStatus, change_reason, covered, differences, session_of
from parkgraph.privacy.vault import Vault
from parkgraph.yards import rates_form

CalendarOf = Callable[[str | None], Calendar | None]
_LINES: Final = TypeAdapter(tuple[PriceLine, ...])


# Each vehicle is looked up by itself and by its plate: OFFSET 0 keeps the look-ups apart, and `+ 0` keeps the planner
# from the index of the site, which it takes as long as it believes the table to be small.
SINCE: Final = Statement("""
SELECT v.digest, coalesce(entered_at, v.since - interval '100 years'), entry
FROM unnest(CAST(:digests AS bytea[]), CAST(:since AS timestamptz[])) AS v (digest, since) LEFT JOIN LATERAL (
    SELECT entered_at, entry FROM gate_sessions
    WHERE plate_digest = v.digest AND site_id + 0 = :site AND status = 'CLOSED' AND left_at < v.since
    ORDER BY entered_at DESC LIMIT 1
) s ON true
""")
CROSSED: Final = Statement("""
SELECT v.digest, uuid, direction, occurred_at, suspect
FROM unnest(CAST(:digests AS bytea[]), CAST(:since AS timestamptz[])) AS v (digest, since) CROSS JOIN LATERAL (
    SELECT uuid, direction, occurred_at, suspect FROM gate_passages
    WHERE site_id = :site AND plate_digest = v.digest AND crossed AND occurred_at >= v.since OFFSET 0
) p
""")
SELECT: Final = """
SELECT uuid, plate_digest, plate, entry, entered_at, status, exit, left_at, right_kind, right_id, principal, tariff_id,
    cover_begins, cover_ends, hold, total_amount, currency, charged_amount, CAST(lines AS text), version, id
FROM gate_sessions
"""
_VEHICLES: Final = "FROM unnest(CAST(:digests AS bytea[]), CAST(:since AS timestamptz[])) AS v (digest, since)"
_OF_VEHICLE: Final = "WHERE plate_digest = v.digest AND site_id + 0 = :site AND entered_at >= v.since OFFSET 0"
OF_VEHICLES: Final = Statement(f"SELECT s.* {_VEHICLES} CROSS JOIN LATERAL ({SELECT} {_OF_VEHICLE}) s")
OF_PASSAGE: Final = Statement(
    "SELECT uuid FROM gate_sessions WHERE (uuid = :entered OR exit = :passage) AND status <> 'VOID'"
)
OPEN: Final = Statement(SELECT + "WHERE site_id = :site AND status = 'OPEN'")
KEEP: Final = Statement("""
INSERT INTO gate_sessions (uuid, site_id, plate, plate_digest, entry, exit, entered_at, left_at, status, right_kind,
    right_id, principal, tariff_id, cover_begins, cover_ends, hold, total_amount, currency, charged_amount, lines,
    version, updated_at)
SELECT uuid, :site, plate, digest, entry, exit, entered, leaves, status, kind, right_id, principal, tariff, begins,
    ends, hold, total, currency, charged, CAST(lines AS jsonb), version, :now
FROM unnest(CAST(:uuids AS uuid[]), CAST(:plates AS bytea[]), CAST(:digests AS bytea[]), CAST(:entries AS uuid[]),
    CAST(:exits AS uuid[]), CAST(:entered AS timestamptz[]), CAST(:leaves AS timestamptz[]), CAST(:status AS text[]),
    CAST(:kinds AS text[]), CAST(:rights AS uuid[]), CAST(:principals AS text[]), CAST(:tariffs AS bigint[]),
    CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:holds AS text[]), CAST(:totals AS numeric[]),
    CAST(:currencies AS text[]), CAST(:charged AS numeric[]), CAST(:lines AS text[]), CAST(:versions AS integer[]))
    AS s (uuid, plate, digest, entry, exit, entered, leaves, status, kind, right_id, principal, tariff, begins, ends,
    hold, total, currency, charged, lines, version)
ORDER BY status = 'OPEN'
ON CONFLICT (uuid) DO UPDATE SET exit = EXCLUDED.exit, entered_at = EXCLUDED.entered_at, left_at = EXCLUDED.left_at,
    status = EXCLUDED.status, right_kind = EXCLUDED.right_kind, right_id = EXCLUDED.right_id,
    principal = EXCLUDED.principal, tariff_id = EXCLUDED.tariff_id, cover_begins = EXCLUDED.cover_begins,
    cover_ends = EXCLUDED.cover_ends, hold = EXCLUDED.hold, total_amount = EXCLUDED.total_amount,
    currency = EXCLUDED.currency, lines = EXCLUDED.lines, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at
RETURNING uuid, id
""")
CHANGED: Final = Statement("""
INSERT INTO gate_session_changes (session_id, version, at, reason, before, after, currency)
SELECT session, version, :now, reason, before, after, currency
FROM unnest(CAST(:sessions AS bigint[]), CAST(:versions AS integer[]), CAST(:reasons AS text[]),
    CAST(:before AS numeric[]), CAST(:after AS numeric[]), CAST(:currencies AS text[]))
    AS c (session, version, reason, before, after, currency)
""")
RATES: Final = Statement("SELECT CAST(rates AS text) FROM yards WHERE id = :yard")
TARIFF: Final = Statement("SELECT CAST(rates AS text) FROM yard_tariffs WHERE id = :tariff")
COUNTED: Final = Statement("UPDATE gate_sites SET changes = changes + 1 WHERE id = :site RETURNING changes")


@dataclass(frozen=True, slots=True)
class Vehicle:
    """`since`: the earliest instant of what is known of it now and was not, or not so."""

    plate: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of pairing anew. `changed`: (before, after). `orphans`: exits that no entry belongs to. `changes`: how
    many there were at the site, with this one; None: there was none.
    """

    changed: tuple[tuple[Session | None, Session], ...] = ()
    orphans: tuple[Crossing, ...] = ()
    paired: tuple[Crossing, ...] = ()
    changes: int | None = None


class Sessions:
    def __init__(self, vault: Vault, rights: RightsReader, calendar_of: CalendarOf) -> None:
        self._vault = vault
        self._rights = rights
        self._calendar_of = calendar_of

    async def open(self, connection: asyncpg.Connection, site: Site) -> list[Session]:
        """Those of vehicles that are inside."""
        return [self.read(row) for row in await OPEN.rows(connection, {"site": site.key})]

    async def of_passage(self, connection: asyncpg.Connection, passage: UUID) -> UUID | None:
        """The session that this passage began or ended."""
        values = {"entered": entered_by(passage), "passage": passage}
        found: UUID | None = await OF_PASSAGE.value(connection, values)
        return found

    async def settle(
        self,
        connection: asyncpg.Connection,
        site: Site,
        vehicles: Mapping[bytes, Vehicle],
        rights: Rights,
        now: datetime,
    ) -> Settled:
        """Pair what these vehicles, by their digests, have crossed, and store what is different.

        What was over before anything of it changed stays as it is, and is not looked at, but for the last of it.
        """
        if not vehicles:
            return Settled()
        since = [each.since for each in vehicles.values()]
        values: dict[str, Any] = {"site": site.key, "digests": list(vehicles), "since": since}
        begins = {bytes(digest): (at, entry) for digest, at, entry in await SINCE.rows(connection, values)}
        values["since"] = [begins[digest][0] for digest in vehicles]
        crossings: dict[bytes, list[Crossing]] = {digest: [] for digest in vehicles}
        for digest, uuid, direction, at, suspect in await CROSSED.rows(connection, values):
            crossings[bytes(digest)].append(Crossing(uuid, Direction(direction), at, suspect))
        crossings = {digest: crossed_since(begins[digest][1], each) for digest, each in crossings.items()}
        passages = {each.passage for some in crossings.values() for each in some}
        stored: dict[bytes, dict[UUID, Session]] = {digest: {} for digest in vehicles}
        for row in await OF_VEHICLES.rows(connection, values):
            session = self.read(row)
            if session.entered_at > begins[session.digest][0] or session.entry in passages:
                stored[session.digest][session.id] = session
        tariffs = Tariffs(connection, site, self._calendar_of)
        histories = {digest: pair(each) for digest, each in crossings.items()}
        changed: list[tuple[Session | None, Session]] = []
        for digest, history in histories.items():
            plate, before = vehicles[digest].plate, stored[digest]
            wanted = []
            for each in history.pairs:
                by = covered(plate, each.entry.at, rights, before.get(each.session))
                tariff = await tariffs.of(by.tariff) if each.exit else None
                wanted.append(session_of(each, digest, plate, by, tariff, before.get(each.session), now))
            changed += differences(before, wanted)
        kept, count = await self._keep(connection, site, changed, now)
        return Settled(
            kept,
            tuple(each for history in histories.values() for each in history.orphans),
            tuple(each for history in histories.values() for each in _paired(history)),
            count,
        )

    async def _keep(
        self,
        connection: asyncpg.Connection,
        site: Site,
        changed: Sequence[tuple[Session | None, Session]],
        now: datetime,
    ) -> tuple[tuple[tuple[Session | None, Session], ...], int | None]:
        """As they are stored, and the site's count of changes. Those that are open no more come first: of a vehicle one
        session is open at a time.
        """
        if not changed:
            return (), None
        keys: dict[UUID, int] = {}
        for opens in (False, True):
            some = [after for _, after in changed if (after.status is SessionStatus.OPEN) == opens]
            if some:
                keys.update((uuid, key) for uuid, key in await KEEP.rows(connection, self._values(site, some, now)))
        kept = tuple((before, replace(after, key=keys[after.id])) for before, after in changed)
        await CHANGED.rows(connection, {"now": now, **_changes(kept)})
        return kept, await COUNTED.value(connection, {"site": site.key})

    def _values(self, site: Site, sessions: Sequence[Session], now: datetime) -> dict[str, Any]:
        return {
            "site": site.key,
            "now": now,
            "uuids": [each.id for each in sessions],
            "plates": [self._vault.seal(each.plate) if each.plate else None for each in sessions],
            "digests": [each.digest for each in sessions],
            "entries": [each.entry for each in sessions],
            "exits": [each.exit for each in sessions],
            "entered": [each.entered_at for each in sessions],
            "leaves": [each.left_at for each in sessions],
            "status": [each.status for each in sessions],
            "kinds": [each.right_kind for each in sessions],
            "rights": [each.right_id for each in sessions],
            "principals": [each.principal for each in sessions],
            "tariffs": [each.tariff for each in sessions],
            "begins": [each.cover[0] if each.cover else None for each in sessions],
            "ends": [each.cover[1] if each.cover else None for each in sessions],
            "holds": [each.hold for each in sessions],
            "totals": [each.total.amount if each.total else None for each in sessions],
            "currencies": [each.total.currency if each.total else None for each in sessions],
            "charged": [each.charged for each in sessions],
            "lines": [orjson.dumps(_LINES.dump_python(each.lines, mode="json")).decode() for each in sessions],
            "versions": [each.version for each in sessions],
        }

    def read(self, row: Any) -> Session:
        """From a row of SELECT."""
        (uuid, digest, plate, entry, entered, status, leave, left, kind, right, principal, tariff, begins, ends, hold,
         total, currency, charged, lines, version, key) = row  # fmt: skip
        return Session(
            id=uuid,
            digest=bytes(digest),
            plate=self._rights.plate(plate),
            entry=entry,
            entered_at=entered,
            status=SessionStatus(status),
            exit=leave,
            left_at=left,
            right_kind=RightKind(kind) if kind else None,
            right_id=right,
            principal=principal,
            tariff=tariff,
            cover=(begins, ends) if begins and ends else None,
            hold=PriceHold(hold) if hold else None,
            total=Money(total, currency) if total is not None else None,
            charged=charged,
            lines=_LINES.validate_json(lines),
            version=version,
            key=key,
        )


class Tariffs:
    """By what sessions of a site are charged: the rates of a booking's quote, else the yard's."""

    def __init__(self, connection: asyncpg.Connection, site: Site, calendar_of: CalendarOf) -> None:
        self._connection = connection
        self._site = site
        self._calendar_of = calendar_of
        self._kept: dict[int | None, Tariff] = {}

    async def of(self, tariff: int | None) -> Tariff:
        if tariff not in self._kept:
            form: str | None = None
            if tariff is not None:
                form = await TARIFF.value(self._connection, {"tariff": tariff})
            elif self._site.yard_key is not None:
                form = await RATES.value(self._connection, {"yard": self._site.yard_key})
            zone: ZoneInfo = self._site.zone
            rates = rates_form.read(form) if form is not None else None
            self._kept[tariff] = Tariff(rates, zone, self._calendar_of(self._site.country))
        return self._kept[tariff]


def _changes(kept: Iterable[tuple[Session | None, Session]]) -> dict[str, Any]:
    rows = [(before.total if before else None, after, change_reason(before, after)) for before, after in kept]
    return {
        "sessions": [after.key for _, after, _ in rows],
        "versions": [after.version for _, after, _ in rows],
        "reasons": [reason for _, _, reason in rows],
        "before": [total.amount if total else None for total, _, _ in rows],
        "after": [after.total.amount if after.total else None for _, after, _ in rows],
        "currencies": [
            after.total.currency if after.total else total.currency if total else None for total, after, _ in rows
        ],
    }


def _paired(history: History) -> Collection[Crossing]:
    return [each.exit for each in history.pairs if each.exit]
