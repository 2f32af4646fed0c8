"""What the store remembers by name, sealed: the allow-list, the key it is signed with, the last time that was seen."""

import base64
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import orjson
from pydantic import TypeAdapter

from parkgraph.gates.agent.allow_list import AllowList, Entry
from parkgraph.privacy.vault import Vault

_LIST: Final = "allow_list"
_HIGHEST: Final = "allow_list_highest_version"
_KEY: Final = "allow_list_key"
_DELAY: Final = "usual_delay:"
_SEEN: Final = "last_seen_time"
_ENTRIES: Final = TypeAdapter(tuple[Entry, ...])


def keep_list(connection: sqlite3.Connection, vault: Vault, held: AllowList) -> None:
    """The list, that no older one is believed from now on, and that no other key is."""
    kept = {
        "version": held.version,
        "issued_at": held.issued_at,
        "expires_at": held.expires_at,
        "plate_key": base64.b64encode(held.plate_key).decode(),
        "entries": [entry.model_dump() for entry in held.entries.values()],
        "entries_sha256": held.entries_sha256,
        "public_key": held.public_key,
    }
    _put(connection, vault, _LIST, orjson.dumps(kept).decode())
    _put(connection, vault, _HIGHEST, str(max(held.version, highest_version(connection, vault))))
    _put(connection, vault, _KEY, held.public_key)


def kept_list(connection: sqlite3.Connection, vault: Vault) -> AllowList | None:
    text = _get(connection, vault, _LIST)
    if text is None:
        return None
    kept = orjson.loads(text)
    entries = _ENTRIES.validate_json(orjson.dumps(kept.pop("entries")))
    plate_key = base64.b64decode(kept.pop("plate_key"))
    return AllowList(**kept, plate_key=plate_key, entries={entry.mac: entry for entry in entries})


def highest_version(connection: sqlite3.Connection, vault: Vault) -> int:
    return int(_get(connection, vault, _HIGHEST) or 0)


def pinned_key(connection: sqlite3.Connection, vault: Vault) -> str | None:
    return _get(connection, vault, _KEY)


def see_time(connection: sqlite3.Connection, vault: Vault, now: float) -> None:
    """A clock that shows less than this after a restart was not set yet."""
    _put(connection, vault, _SEEN, repr(max(now, seen_time(connection, vault))))


def seen_time(connection: sqlite3.Connection, vault: Vault) -> float:
    return float(_get(connection, vault, _SEEN) or 0)


def keep_delays(connection: sqlite3.Connection, vault: Vault, delays: Mapping[str, timedelta]) -> None:
    """How long the looks of each camera usually take."""
    for camera, delay in delays.items():
        _put(connection, vault, _DELAY + camera, repr(delay.total_seconds()))


def kept_delay(connection: sqlite3.Connection, vault: Vault, camera: str) -> timedelta | None:
    text = _get(connection, vault, _DELAY + camera)
    return None if text is None else timedelta(seconds=float(text))


def _put(connection: sqlite3.Connection, vault: Vault, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, vault.seal(value)))


def _get(connection: sqlite3.Connection, vault: Vault, name: str) -> str | None:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return vault.open(row[0]) if row else None
