"""A yard with a gate over a real database, with a clock and a till that a test holds in its hands."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import text

from parkgraph.accounts.api_keys import ApiKeys
from parkgraph.accounts.repository import ApiKeyRepository
from parkgraph.db.engine import Database
from parkgraph.gate_house import open_gate_house
from parkgraph.gates.backlog import Recorded
from parkgraph.gates.cases import AssistCaseKind
from parkgraph.gates.decision import Decision, DecisionReason, Direction
from parkgraph.gates.events import EdgeDecision, Event, PlateRead
from parkgraph.gates.gate import Gate
from parkgraph.gates.house import GateHouse
from parkgraph.gates.line import Decided
from parkgraph.gates.office import Registered, SiteRight
from parkgraph.gates.rights import RightKind
from parkgraph.gates.session import Session
from parkgraph.yards.yard import Yard
from tests.yards.reservations.stage import EDITOR, HOUR, NOON, VAULT, Stage, Till, spaces, stage_on

PLATE: Final = "S-AB 123"
"""Of bookings, unless a test says otherwise."""

SECOND: Final = timedelta(seconds=1)
IN, OUT = Direction.ENTRY, Direction.EXIT


@dataclass(slots=True)
class Line:
    """One gate of a yard, at one server process. The clock stands at NOON."""

    stage: Stage
    house: GateHouse
    yard: Yard
    gate: Gate
    boot: str = "a boot"
    sequences: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        return self.stage.clock()

    def read(self, plate: str | None, way: Direction = IN, ago: timedelta = SECOND, **facts: Any) -> PlateRead:
        at = self.now - ago
        usual: dict[str, Any] = {
            "id": uuid4(),
            "boot": self.boot,
            "sequence": next(self.sequences),
            "observed": at,
            "direction": way,
            "passage": uuid4().hex,
            "captured": at,
            "synced": True,
            "plate": plate,
        }
        return PlateRead(**{**usual, **facts})

    async def ask(self, read: PlateRead) -> Any:
        return await self.house.line.request(self.gate.id, read)

    async def request(self, plate: str | None, way: Direction = IN, **facts: Any) -> Decided:
        decided = await self.ask(self.read(plate, way, **facts))
        assert isinstance(decided, Decided)
        return decided

    async def reason(self, plate: str | None, way: Direction = IN, **facts: Any) -> tuple[Decision, DecisionReason]:
        decided = await self.request(plate, way, **facts)
        assert (decided.command is not None) == (decided.decision is Decision.OPEN)
        return decided.decision, decided.reason

    def opened(self, plate: str | None, way: Direction, hours: float, **facts: Any) -> PlateRead:
        """The gate opened by itself, so many hours after NOON."""
        at = NOON + hours * HOUR
        edge = EdgeDecision(Decision.OPEN, DecisionReason.EXACT_RIGHT, at)
        return replace(self.read(plate, way, **{"edge": edge, **facts}), observed=at, captured=at)

    async def record(self, *events: Event) -> Recorded:
        return await self.house.backlog.record(self.gate.id, self.boot, events)

    async def grant(
        self, plate: str = PLATE, begins: float = -1, ends: float = 2, kind: RightKind = RightKind.GRANT
    ) -> SiteRight:
        """From so many hours after NOON to so many."""
        made = await self.house.office.grant(self.gate, kind, plate, (NOON + begins * HOUR, NOON + ends * HOUR), None)
        assert isinstance(made, SiteRight)
        return made

    async def sessions(self) -> list[Session]:
        """The earliest entry first."""
        return sorted(await self.house.reader.sessions(self.gate, None, 1000), key=lambda each: each.entered_at)

    async def session(self) -> Session:
        (only,) = await self.sessions()
        return only

    async def cases(self, *, resolved: bool = False) -> list[tuple[AssistCaseKind, str | None]]:
        found = await self.house.reader.cases([self.gate], None, 1000, resolved=resolved)
        return [(each.kind, each.reason) for each in found]

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.stage.database.engine.begin() as connection:
            found = await connection.execute(text(sql), values)
            return list(found.all()) if found.returns_rows else []

    async def count(self, table: str) -> int:
        """Rows of this gate, or of its site."""
        where = f"{table} WHERE " + ("site_id = :site" if table == "gate_sessions" else "gate_id = :gate")
        keys = {"site": self.gate.site.key, "gate": self.gate.key}
        ((number,),) = await self.rows("SELECT count(*) FROM " + where, **keys)
        return int(number)

    async def forget(self) -> None:
        """All that the gate has sent, past every rule of the database."""
        mine = "session_id IN (SELECT id FROM gate_sessions WHERE site_id = :s)"
        await self.rows("ALTER TABLE gate_session_changes DISABLE TRIGGER append_only")
        await self.rows("DELETE FROM gate_session_changes WHERE " + mine, s=self.gate.site.key)
        await self.rows("ALTER TABLE gate_session_changes ENABLE TRIGGER append_only")
        for table in ("gate_sessions", "gate_cases"):
            await self.rows("DELETE FROM " + table + " WHERE site_id = :s", s=self.gate.site.key)
        for table in ("gate_commands", "gate_passages", "gate_events", "gate_sequences"):
            await self.rows("DELETE FROM " + table + " WHERE gate_id = :g", g=self.gate.key)


async def house_on(stage: Stage) -> GateHouse:
    """The gates of another server process on this database."""
    keys = ApiKeys(ApiKeyRepository(stage.database))
    return await open_gate_house(stage.database, VAULT, keys, stage.till, clock=stage.clock)


async def line_on(database: Database, till: Till | None = None) -> Line:
    stage = stage_on(database, till=till)
    yard = await stage.open(spaces=spaces(5))
    house = await house_on(stage)
    made = await house.office.register(EDITOR, "North", Direction.UNKNOWN, yard.id)
    assert isinstance(made, Registered)
    return Line(stage, house, yard, made.gate)


def at_noon(line: Line, hours: float = 0) -> None:
    """The clock stands so many hours after NOON."""
    line.stage.clock.now = NOON + hours * HOUR
