"""All that is kept of one plate or one account, in whichever room: exported, and erased."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import orjson
from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.gates.turns import available
from parkgraph.privacy.vault import Vault

BY_PLATE: Final[Mapping[str, str]] = {
    "gate_events": "UPDATE gate_events SET sealed = NULL, plate_digest = NULL",
    "gate_passages": "UPDATE gate_passages SET plate = NULL, plate_digest = NULL, crossed = false",
    "gate_sessions": "UPDATE gate_sessions SET plate = NULL, plate_digest = :random, plate_key = 'erased',"
    " status = CASE WHEN status = 'OPEN' THEN 'VOID' ELSE status END",
    "gate_rights": "UPDATE gate_rights SET plate = NULL, plate_digest = NULL, note = NULL,"
    " revoked_at = coalesce(revoked_at, now())",
    "yard_bookings": "UPDATE yard_bookings SET plate = '', plate_digest = ''",
    "yard_permits": "UPDATE yard_permits SET plate = NULL, plate_digest = NULL, holder = 'erased'",
    "vehicles": "DELETE FROM vehicles",
}
"""What becomes of the rows of a plate. Money and stays remain, of nobody."""

BY_ACCOUNT: Final[Mapping[str, tuple[str, str]]] = {
    "gate_sessions": ("principal", "UPDATE gate_sessions SET principal = NULL"),
    "yard_bookings": ("principal", "UPDATE yard_bookings SET principal = :nobody, plate = '', plate_digest = ''"),
    "yard_quotes": ("principal", "DELETE FROM yard_quotes"),
    "yard_payments": ("principal", "UPDATE yard_payments SET principal = :nobody"),
    "network_bookings": (
        "principal",
        "UPDATE network_bookings SET principal = :nobody, instructions = NULL, url = NULL",
    ),
    "vehicles": ("account", "DELETE FROM vehicles"),
    "api_keys": (
        "account",
        "UPDATE api_keys SET account = :nobody, slot = NULL, revoked_at = coalesce(revoked_at, now())",
    ),
}
"""What becomes of the rows of a driver's account, and by which column they are found."""

OF_OWNERS: Final = frozenset({"yard_blocks", "yard_permits"})
"""Have a `principal` that is an owner, whose business they are."""

_HIDDEN: Final = frozenset({"plate_digest", "digest", "fingerprint", "key_digest", "sealed", "plate"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A plate, an account, or a vehicle and whose it is."""

    plate: str | None = field(default=None, repr=False)
    account: str | None = field(default=None, repr=False)


class Subjects:
    """Raises GatesUnavailable."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def export(self, subject: Subject) -> str:
        """JSON: of each table, the rows that are about the subject, with plates as they were typed."""
        found: dict[str, list[dict[str, Any]]] = {}
        with available():
            async with self._database.engine.connect() as connection:
                for table, where, values in self._places(subject):
                    query = f"SELECT to_jsonb(t) FROM {table} t WHERE {where} ORDER BY id"  # noqa: S608  (all ours)
                    rows = (await connection.execute(text(query), values)).scalars().all()
                    found.setdefault(table, []).extend(self._readable(row) for row in rows)
        return orjson.dumps(
            {table: rows for table, rows in found.items() if rows}, option=orjson.OPT_SORT_KEYS
        ).decode()

    async def erase(self, subject: Subject) -> Mapping[str, int]:
        """How many rows of each table were about the subject, and are about nobody now."""
        counts: dict[str, int] = {}
        with available():
            async with self._database.engine.begin() as connection:
                for table, where, values in self._places(subject):
                    by_plate = "plate" in values
                    statement = BY_PLATE[table] if by_plate else BY_ACCOUNT[table][1]
                    given = {**values, "random": os.urandom(32), "nobody": f"erased|{uuid4().hex}"}
                    done = await connection.execute(text(statement + " WHERE " + where), given)
                    counts[table] = counts.get(table, 0) + done.rowcount
        return counts

    def _places(self, subject: Subject) -> list[tuple[str, str, dict[str, Any]]]:
        """(table, condition, its values). Accounts come first: what they find by is gone with the plate."""
        found: list[tuple[str, str, dict[str, Any]]] = []
        if subject.account:
            found += [
                (t, f"{column} = :account", {"account": subject.account}) for t, (column, _) in BY_ACCOUNT.items()
            ]
        if subject.plate:
            digest = self._vault.digest(subject.plate)
            found += [(table, "plate_digest = :plate", {"plate": digest}) for table in BY_PLATE]
        return found

    def _readable(self, row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in row.items() if name not in _HIDDEN and value is not None}
        if row.get("plate"):
            shown["plate"] = self._vault.open(bytes.fromhex(row["plate"][2:]))
        if row.get("sealed"):
            shown["read"] = orjson.loads(self._vault.open(bytes.fromhex(row["sealed"][2:])) or "null")
        return shown
