"""The calendar of a yard, read in one query, which looks at its index only."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.yards.calendar.ranges import Range, SpaceCalendar, SpaceState, Window, with_free
from parkgraph.yards.reservations.reservations import utc_now
from parkgraph.yards.service import available
from parkgraph.yards.yard import MAX_SPACES

MAX_RANGES: Final = 5_000
"""Of a page; it has fewer spaces where theirs are more."""

CALENDAR: Final = """
WITH page AS (
    SELECT id, label, removed_at FROM yard_spaces
    WHERE yard_id = (SELECT id FROM yards WHERE uuid = :yard) AND id > :after
        AND (removed_at IS NULL OR removed_at > :begins)
    ORDER BY id LIMIT :first
)
SELECT id, label, removed_at, NULL AS begins, NULL AS ends, NULL AS kind, NULL AS waits FROM page
UNION ALL
SELECT space_id, NULL, NULL, lower(during), upper(during), kind, expires_at IS NOT NULL FROM yard_occupations
WHERE yard_id = (SELECT id FROM yards WHERE uuid = :yard) AND upper(during) > :begins AND lower(during) < :ends
    AND (expires_at IS NULL OR expires_at > :now) AND space_id > :after
    AND space_id <= (SELECT max(id) FROM page)
"""
_STATES: Final = {
    ("BOOKING", False): SpaceState.BOOKED,
    ("BOOKING", True): SpaceState.HELD,
    ("BLOCK", False): SpaceState.BLOCKED,
    ("PERMIT", False): SpaceState.PERMIT,
}


class CalendarReader:
    """Raises YardsUnavailable where the database is not to be had."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def spaces(
        self, yard: UUID, window: Window, *, after: int = 0, first: int = MAX_SPACES
    ) -> Sequence[SpaceCalendar]:
        """The yard's spaces, those whose key is above `after`, in the order of their keys."""
        values = {"yard": yard, "after": after, "first": first, "now": self._clock()}
        with available():
            async with self._database.session() as session:
                query = text(CALENDAR)
                rows = await (await session.connection()).execute(
                    query, {**values, "begins": window.begins, "ends": window.ends}
                )
                found = rows.all()
        return await asyncio.to_thread(spaces, found, window)


def spaces(rows: Iterable[Any], window: Window) -> list[SpaceCalendar]:
    """From the query's rows: one for each space, and one for each time that one is taken."""
    known: list[tuple[int, str | None, datetime | None]] = []
    taken: dict[int, list[Range]] = defaultdict(list)
    for space, label, removed_at, begins, ends, kind, waits in rows:
        if kind is None:
            known.append((space, label, removed_at))
        else:
            taken[space].append(Range(begins, ends, _STATES[kind, waits]))
    return [
        SpaceCalendar(space, label, tuple(with_free(taken[space], window, removed_at)))
        for space, label, removed_at in sorted(known, key=lambda each: each[0])
    ]


def bounded(page: Sequence[SpaceCalendar]) -> Sequence[SpaceCalendar]:
    """As many of the spaces as have MAX_RANGES together, but at least one."""
    total = 0
    for index, space in enumerate(page):
        total += len(space.ranges)
        if total > MAX_RANGES and index:
            return page[:index]
    return page
