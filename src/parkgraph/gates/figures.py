"""What an operator is warned of: gates that are silent, what they could not send, and cases that wait for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.gates.cases import AssistCaseKind
from parkgraph.gates.observer import GateObserver
from parkgraph.gates.turns import available

SILENT: Final = timedelta(minutes=5)
"""So long after its last heartbeat, of which there is one a minute, is a gate silent."""

# One that was never heard of has no agent, and no silence of its own.
GATES: Final = Statement("""
SELECT count(*) FILTER (WHERE heard_at >= :before), count(*) FILTER (WHERE heard_at < :before),
    count(*) FILTER (WHERE heard_at IS NULL), coalesce(sum((heartbeat->>'backlog')::bigint), 0)::bigint,
    coalesce(sum((heartbeat->>'deadLetters')::bigint), 0)::bigint
FROM gates WHERE removed_at IS NULL
""")
CASES: Final = Statement("SELECT kind, min(opened_at) FROM gate_cases WHERE resolved_at IS NULL GROUP BY kind")


@dataclass(frozen=True, slots=True)
class GateFigures:
    """`gates`: how many are HEARD, SILENT and NEVER heard of. `oldest_cases`: seconds, by kind. `backlog` and
    `dead_letters`: events, by the last heartbeats.
    """

    gates: dict[str, int]
    oldest_cases: dict[str, float]
    backlog: int
    dead_letters: int


class FigureReader:
    """Raises GatesUnavailable."""

    def __init__(self, database: Database, clock: Callable[[], datetime], observer: GateObserver) -> None:
        self._database = database
        self._clock = clock
        self._observer = observer

    async def tell(self, *, leads: bool) -> None:
        """The figures, to the observer; of one process only, so that they are not added up."""
        if not leads:
            self._observer.not_counting()
            return
        found = await self.read()
        self._observer.counted(found.gates, found.oldest_cases, found.backlog, found.dead_letters)

    async def read(self) -> GateFigures:
        now = self._clock()
        with available():
            async with self._database.driver() as driver:
                ((heard, silent, never, backlog, dead),) = await GATES.rows(driver, {"before": now - SILENT})
                oldest = dict(await CASES.rows(driver, {}))
        waited = {
            str(kind): max(0.0, (now - oldest[kind]).total_seconds()) if kind in oldest else 0.0
            for kind in AssistCaseKind
        }
        return GateFigures({"HEARD": heard, "SILENT": silent, "NEVER": never}, waited, backlog, dead)
