"""Plates are forgotten when nobody needs them any more: docs/gates.md says when. Money stays, without the plate."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.gates.turns import available
from parkgraph.privacy.vault import Vault

STRANGERS: Final = timedelta(hours=24)
"""So long is a read kept that matched nothing."""

DISPUTES: Final = timedelta(days=30)
"""So long after a session may its driver dispute it."""

AT_ONCE: Final = 1000

_STRANGERS: Final = (
    """
UPDATE gate_events e SET sealed = NULL, plate_digest = NULL
WHERE sealed IS NOT NULL AND received_at < :before AND NOT EXISTS (
    SELECT FROM gate_passages p
    WHERE p.gate_id = e.gate_id AND p.ref = e.passage_ref AND (p.matched OR p.crossed)
)
""",
    """
UPDATE gate_passages SET plate = NULL, plate_digest = NULL
WHERE plate IS NOT NULL AND occurred_at < :before AND NOT matched AND NOT crossed
""",
)
_CLOSED: Final = """
SELECT id, plate_digest FROM gate_sessions
WHERE plate IS NOT NULL AND status <> 'OPEN' AND coalesce(left_at, updated_at) < :before ORDER BY id LIMIT :most
"""
_ARCHIVE: Final = """
UPDATE gate_sessions s SET plate = NULL, plate_digest = a.digest, plate_key = :key
FROM unnest(CAST(:ids AS bigint[]), CAST(:digests AS bytea[])) AS a (id, digest) WHERE s.id = a.id
"""
_PASSED: Final = (
    """
UPDATE gate_events e SET sealed = NULL, plate_digest = NULL
WHERE sealed IS NOT NULL AND received_at < :before AND NOT EXISTS (
    SELECT FROM gate_passages p JOIN gate_sessions s ON s.entry = p.uuid
    WHERE p.gate_id = e.gate_id AND p.ref = e.passage_ref AND s.plate IS NOT NULL
)
""",
    """
UPDATE gate_passages p SET plate = NULL, plate_digest = NULL
WHERE plate IS NOT NULL AND occurred_at < :before AND NOT EXISTS (
    SELECT FROM gate_sessions s WHERE s.entry = p.uuid AND s.plate IS NOT NULL
)
""",
    "UPDATE gate_rights SET plate = NULL, plate_digest = NULL WHERE plate IS NOT NULL AND ends < :before",
)


class Retention:
    """Raises GatesUnavailable."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def forget(self) -> None:
        """All that is due."""
        now = self._clock()
        with available():
            async with self._database.engine.begin() as connection:
                for statement in _STRANGERS:
                    await connection.execute(text(statement), {"before": now - STRANGERS})
            while await self._archive(now):
                pass
            async with self._database.engine.begin() as connection:
                for statement in _PASSED:
                    await connection.execute(text(statement), {"before": now - DISPUTES})

    async def _archive(self, now: datetime) -> int:
        """A closed session keeps a digest by another key, of this year: it finds no plate that is known today."""
        year = str(now.year)
        key = self._vault.derived(f"archive {year}".encode())
        async with self._database.engine.begin() as connection:
            values = {"before": now - DISPUTES, "most": AT_ONCE}
            rows = (await connection.execute(text(_CLOSED), values)).all()
            if rows:
                digests = [hmac.digest(key, bytes(digest), "sha256") for _, digest in rows]
                archived = {"key": year, "ids": [row[0] for row in rows], "digests": digests}
                await connection.execute(text(_ARCHIVE), archived)
        return len(rows)
