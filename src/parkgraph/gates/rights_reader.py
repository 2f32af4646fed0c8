"""Rights of a site, read from the database, and kept as long as they are the same there.

The database counts the changes of a site's rights (`gate_sites.version`, by triggers), so that a right that was taken
away opens nothing from the moment on in which that is committed, in whichever process.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from cachetools import LRUCache, TTLCache

from parkgraph.db.statement import Statement
from parkgraph.gates.gate import Site
from parkgraph.gates.rights import Right, RightKind, Rights
from parkgraph.privacy.plates import normalise
from parkgraph.privacy.vault import Vault

ENDED: Final = timedelta(days=7)
"""So long after its end is a right known as one that ended."""

AHEAD: Final = timedelta(days=7)
KEPT_SECONDS: Final = 600
KEPT_SITES: Final = 1000
KEPT_PLATES: Final = 50_000

OF_YARD: Final = Statement("""
SELECT 'BOOKING', uuid, plate, ARRAY[arrive], ARRAY[leave], principal, tariff_id FROM yard_bookings
WHERE yard_id = :yard AND status = 'CONFIRMED' AND leave > :since AND arrive < :until
UNION ALL
SELECT 'PERMIT', p.uuid, p.plate, array_agg(lower(o.during) ORDER BY o.during),
    array_agg(upper(o.during) ORDER BY o.during), NULL, NULL
FROM yard_permits p JOIN yard_occupations o ON o.permit_id = p.id
WHERE p.yard_id = :yard AND p.plate IS NOT NULL AND p.revoked_at IS NULL
    AND upper(o.during) > :since AND lower(o.during) < :until
GROUP BY p.id
""")
OF_SITE: Final = Statement("""
SELECT kind, uuid, plate, ARRAY[begins], ARRAY[ends], NULL, NULL FROM gate_rights
WHERE site_id = :site AND revoked_at IS NULL AND plate IS NOT NULL AND ends > :since AND begins < :until
""")


class RightsReader:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._rights: TTLCache[int, Rights] = TTLCache(KEPT_SITES, KEPT_SECONDS)
        self._plates: LRUCache[bytes, str | None] = LRUCache(KEPT_PLATES)

    async def read(self, connection: asyncpg.Connection, site: Site, version: int, now: datetime) -> Rights:
        """The site's rights at this version or a later one; `version` was read in the same transaction before."""
        kept = self._rights.get(site.key)
        if kept is None or kept.version != version:
            kept = Rights(await self._load(connection, site, now), version)
            self._rights[site.key] = kept
        return kept

    def plate(self, sealed: bytes | None) -> str | None:
        """Normalised; None where it cannot be read."""
        if sealed is None:
            return None
        if sealed not in self._plates:
            opened = self._vault.open(sealed)
            self._plates[sealed] = normalise(opened) if opened else None
        return self._plates[sealed]

    async def _load(self, connection: asyncpg.Connection, site: Site, now: datetime) -> Sequence[Right]:
        values = {"site": site.key, "since": now - ENDED, "until": now + AHEAD}
        rows = list(await OF_SITE.rows(connection, values))
        if site.yard_key is not None:
            rows += await OF_YARD.rows(connection, {**values, "yard": site.yard_key})
        return [right for row in rows if (right := self._right(*row))]

    def _right(
        self, kind: str, uuid: UUID, sealed: bytes, begins: Any, ends: Any, principal: str | None, tariff: int | None
    ) -> Right | None:
        plate = self.plate(sealed)
        if not plate:
            return None
        return Right(uuid, RightKind(kind), plate, tuple(zip(begins, ends, strict=True)), principal, tariff)
