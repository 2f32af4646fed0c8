"""Owners, and the service that they use."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.graph.hours import is_hours
from parkgraph.networks.store import CHANNEL
from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.guests import Guests
from parkgraph.yards.outcome import Outcome, Saved
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.service import Editor, Yards
from parkgraph.yards.yard import Space, Yard
from tests.yards.yards import RATES

ANNA: Final = Editor("anna")
BERTA: Final = Editor("berta")
OPERATOR: Final = Editor("olga", all_yards=True)
NOBODY: Final = Editor("")
NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
BARE: Final[Mapping[str, Any]] = {
    "name": "Hof Beispiel",
    "timezone": ZoneInfo("Europe/Berlin"),
    "country": "DE",
    "location": None,
    "spaces": (),
}
COMPLETE: Final[Mapping[str, Any]] = {
    **BARE,
    "location": Coordinates(48.78, 9.18),
    "spaces": (Space("1"), Space("2"), Space()),
    "rates": RATES,
    "opening_hours": "Mo-Sa 07:00-20:00",
    "access": Access(AccessMethod.CODE, "4711"),
}


def office(database: Database, clock: Callable[[], datetime] = lambda: NOW) -> Yards:
    """The yards of one server process."""
    return Yards(YardRepository(database), Guests(database), is_hours, (CHANNEL, "yards"), clock=clock)


def saved(outcome: Outcome) -> Yard:
    assert isinstance(outcome, Saved), outcome
    return outcome.yard


async def published(yards: Yards, editor: Editor = ANNA, **facts: Any) -> Yard:
    draft = await yards.create(editor, "a key", {**COMPLETE, **facts})
    return saved(await yards.publish(editor, draft.id, draft.version))
