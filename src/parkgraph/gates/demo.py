"""The gate of the demo, at the demo's yard: its key is known to all, and worth nothing at a server that is no demo."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from parkgraph.accounts import api_key
from parkgraph.db.engine import Database
from parkgraph.gates.gate import scope_of
from parkgraph.gates.office import account_of
from parkgraph.privacy.vault import Vault
from parkgraph.yards.demo import YARD

GATE: Final = UUID("5a0f3f0e-6c1d-4f5e-8a55-2f3f6d1f9b01")
GATE_ID: Final = "R2F0ZQo1YTBmM2YwZTZjMWQ0ZjVlOGE1NTJmM2Y2ZDFmOWIwMQ"
"""As it is among clients."""

PLATE: Final = "S-PG 2026"
"""May come in at any time."""

_KEY: Final = UUID("5a0f3f0e-6c1d-4f5e-8a55-2f3f6d1f9b02")
_SECRET: Final = "demo".ljust(43, "0")
KEY: Final = f"pk_{_KEY.hex}_{_SECRET}"

_SITE: Final = UUID("5a0f3f0e-6c1d-4f5e-8a55-2f3f6d1f9b03")
_RIGHT: Final = UUID("5a0f3f0e-6c1d-4f5e-8a55-2f3f6d1f9b04")
_SEED: Final = (
    """
INSERT INTO gate_sites (uuid, yard_id, name, timezone, country)
SELECT :site, id, name, timezone, country FROM yards WHERE uuid = :yard ON CONFLICT DO NOTHING
""",
    """
INSERT INTO gates (uuid, site_id, name, direction, created_at)
SELECT :gate, s.id, 'Demo gate', 'UNKNOWN', :begins FROM gate_sites s JOIN yards y ON y.id = s.yard_id
WHERE y.uuid = :yard ON CONFLICT DO NOTHING
""",
    """
INSERT INTO gate_rights (uuid, site_id, kind, plate, plate_digest, begins, ends, note, created_at)
SELECT :right, s.id, 'GRANT', :plate, :digest, :begins, :ends, 'The plate of the demo', :begins
FROM gate_sites s JOIN yards y ON y.id = s.yard_id WHERE y.uuid = :yard
ON CONFLICT (uuid) DO UPDATE SET plate = EXCLUDED.plate, plate_digest = EXCLUDED.plate_digest
""",
    """
INSERT INTO api_keys (uuid, account, roles, label, scope, digest, slot, created_at)
VALUES (:key, :account, '{}', 'demo', :scope, :secret, 1, :begins) ON CONFLICT DO NOTHING
""",
)


async def seed(database: Database, vault: Vault) -> None:
    """Store the demo's gate, its key and its plate, if they are not there yet."""
    values = {
        "site": _SITE,
        "yard": YARD.id,
        "gate": GATE,
        "right": _RIGHT,
        "plate": vault.seal(PLATE),
        "digest": vault.digest(PLATE),
        "begins": datetime(2026, 1, 1, tzinfo=UTC),
        "ends": datetime(2100, 1, 1, tzinfo=UTC),
        "key": _KEY,
        "account": account_of(GATE),
        "scope": scope_of(GATE),
        "secret": api_key.digest_of(_SECRET),
    }
    async with database.engine.begin() as connection:
        for statement in _SEED:
            await connection.execute(text(statement), values)
