"""Vehicles that nobody saw leave are given up by rule: their sessions end as a case for a person."""

from typing import Final

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.gates.following import Following
from parkgraph.gates.registry import Registry
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.session import GIVEN_UP, is_given_up
from parkgraph.gates.sessions import Sessions, Vehicle
from parkgraph.gates.turns import Turns, available

# Of each site that has such a session, one gate: one that stands, where there is one.
SITES: Final = """
SELECT (SELECT uuid FROM gates WHERE site_id = s.site_id ORDER BY removed_at IS NOT NULL, id LIMIT 1)
FROM (
    SELECT DISTINCT site_id FROM gate_sessions
    WHERE status = 'OPEN' AND plate IS NOT NULL AND greatest(entered_at, cover_ends) < :before
) s
"""


class LostExits:
    """Raises GatesUnavailable."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        turns: Turns,
        sessions: Sessions,
        rights: RightsReader,
        following: Following,
    ) -> None:
        self._database = database
        self._registry = registry
        self._turns = turns
        self._sessions = sessions
        self._rights = rights
        self._following = following

    async def give_up(self) -> int:
        """The sessions that are due. Their number."""
        ended = 0
        with available():
            async with self._database.engine.connect() as connection:
                before = {"before": self._turns.clock() - GIVEN_UP}
                sites = (await connection.execute(text(SITES), before)).scalars().all()
            for gate in [await self._registry.find(each) for each in sites]:
                if gate is None:
                    continue
                async with self._turns.take_at(gate) as turn:
                    due = {
                        each.digest: Vehicle(each.plate, each.entered_at)
                        for each in await self._sessions.open(turn.connection, gate.site)
                        if each.plate and is_given_up(each.entered_at, each.cover, turn.now)
                    }
                    rights = await self._rights.read(turn.connection, gate.site, turn.version, turn.now)
                    ended += len(await self._following.settle(turn, due, rights))
                    await turn.commit()
        return ended
