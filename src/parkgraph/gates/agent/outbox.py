"""Events on their way to the server: added in one transaction with what caused them, gone once the server has them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

from parkgraph.privacy.vault import Vault

LIVE_SECONDS: Final = 30.0
"""How long an event for which a car waits is left to the live lane."""

_FAR_SECONDS: Final = 120.0


class Kind(StrEnum):
    """What an event tells; the names of GateEventInput."""

    PLATE_READ = "plateRead"
    BARRIER = "barrier"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the server takes it; its body never changes, but for an edgeDecision that is added."""

    event_id: str
    boot_id: str
    sequence: int
    kind: Kind
    body: Mapping[str, Any]

    @property
    def as_input(self) -> dict[str, Any]:
        """A GateEventInput."""
        return {self.kind.value: dict(self.body)}


@dataclass(frozen=True, slots=True)
class Lengths:
    """How much waits, and since when (seconds since 1970), and how much was given up."""

    pending: int
    oldest: float | None
    dead: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that was given up, why, and when (seconds since 1970). `whole`: its body is still kept."""

    event_id: str
    kind: Kind
    code: str
    at: float
    whole: bool


def begin_boot(connection: sqlite3.Connection, boot_id: str) -> None:
    """Sequences begin at 1 in each boot; nobody waits any more for what an earlier one left."""
    connection.execute("DELETE FROM boots WHERE boot_id NOT IN (SELECT boot_id FROM events)")
    connection.execute("INSERT INTO boots VALUES (?, 0)", (boot_id,))
    connection.execute("UPDATE events SET not_before = 0 WHERE not_before != 0")


def add(
    connection: sqlite3.Connection,
    vault: Vault,
    boot_id: str,
    event_id: str,
    kind: Kind,
    body: Mapping[str, Any],
    now: float,
    *,
    waits: bool = False,
) -> Event:
    """The event with its place in this boot's order. `waits`: a car does, and the live lane sends it first."""
    (sequence,) = connection.execute(
        "UPDATE boots SET sequence = sequence + 1 WHERE boot_id = ? RETURNING sequence", (boot_id,)
    ).fetchone()
    whole = {"eventId": event_id, **body, "bootId": boot_id, "sequence": str(sequence)}
    connection.execute(
        "INSERT INTO events (event_id, boot_id, sequence, kind, body, added_at, not_before)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event_id, boot_id, sequence, kind, _sealed(vault, whole), now, now + LIVE_SECONDS if waits else 0),
    )
    return Event(event_id, boot_id, sequence, kind, whole)


def next_batch(connection: sqlite3.Connection, vault: Vault, now: float, limit: int) -> Sequence[Event]:
    """The oldest events that may be sent, of one boot. One that is due far in the future is so by a wrong clock."""
    rows = connection.execute(
        "SELECT event_id, boot_id, sequence, kind, body FROM events"
        " WHERE not_before NOT BETWEEN ? AND ? ORDER BY id LIMIT ?",
        (now, now + _FAR_SECONDS, limit),
    ).fetchall()
    return [
        Event(event_id, boot_id, sequence, Kind(kind), _opened(vault, body))
        for event_id, boot_id, sequence, kind, body in rows
        if boot_id == rows[0][1]
    ]


def next_due(connection: sqlite3.Connection) -> float | None:
    """When the next event may be sent; None where none waits."""
    (when,) = connection.execute("SELECT min(not_before) FROM events").fetchone()
    return when if when is None else float(when)


def delivered(connection: sqlite3.Connection, event_ids: Iterable[str]) -> None:
    """The server has them for good: nothing of them stays here."""
    connection.executemany("DELETE FROM events WHERE event_id = ?", [(each,) for each in event_ids])


def released(connection: sqlite3.Connection, event_id: str) -> None:
    """No car waits for it any more: the backlog may send it."""
    connection.execute("UPDATE events SET not_before = 0 WHERE event_id = ?", (event_id,))


def decided(connection: sqlite3.Connection, vault: Vault, event_id: str, edge_decision: Mapping[str, Any]) -> None:
    """What the edge decided goes with the event."""
    row = connection.execute("SELECT body FROM events WHERE event_id = ?", (event_id,)).fetchone()
    if row:
        body = _sealed(vault, {**_opened(vault, row[0]), "edgeDecision": edge_decision})
        connection.execute("UPDATE events SET body = ? WHERE event_id = ?", (body, event_id))


def postponed(connection: sqlite3.Connection, event_ids: Iterable[str], until: float) -> None:
    """The server has not taken them for now; the others go on."""
    connection.executemany("UPDATE events SET not_before = ? WHERE event_id = ?", [(until, each) for each in event_ids])


def added_at(connection: sqlite3.Connection, event_id: str) -> float | None:
    row = connection.execute("SELECT added_at FROM events WHERE event_id = ?", (event_id,)).fetchone()
    return float(row[0]) if row else None


def buried(connection: sqlite3.Connection, event_id: str, code: str, now: float) -> None:
    """The server will never take it: it becomes a dead letter."""
    connection.execute(
        "INSERT OR IGNORE INTO dead_letters"
        " SELECT event_id, boot_id, sequence, kind, body, ?, ? FROM events WHERE event_id = ?",
        (code, now, event_id),
    )
    connection.execute("DELETE FROM events WHERE event_id = ?", (event_id,))


def dead_letters(connection: sqlite3.Connection) -> Sequence[DeadLetter]:
    """The oldest first."""
    rows = connection.execute("SELECT event_id, kind, code, at, body IS NOT NULL FROM dead_letters ORDER BY at")
    return [DeadLetter(event_id, Kind(kind), code, at, bool(whole)) for event_id, kind, code, at, whole in rows]


def revived(connection: sqlite3.Connection, now: float) -> int:
    """All dead letters that still have a body are sent once more. Their number."""
    moved = connection.execute(
        "INSERT INTO events (event_id, boot_id, sequence, kind, body, added_at)"
        " SELECT event_id, boot_id, sequence, kind, body, ? FROM dead_letters WHERE body IS NOT NULL",
        (now,),
    ).rowcount
    connection.execute("DELETE FROM dead_letters WHERE body IS NOT NULL")
    return moved


def forgotten(connection: sqlite3.Connection, dead_before: float, sources_before: float) -> None:
    """What is kept no longer: the bodies of dead letters, and which messages of cameras came already."""
    connection.execute("UPDATE dead_letters SET body = NULL WHERE at < ?", (dead_before,))
    connection.execute("DELETE FROM sources WHERE at < ?", (sources_before,))


def has_heartbeat(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM events WHERE kind = 'heartbeat' LIMIT 1").fetchone() is not None


def lengths(connection: sqlite3.Connection) -> Lengths:
    (pending,) = connection.execute("SELECT count(*) FROM events").fetchone()
    oldest = connection.execute("SELECT added_at FROM events ORDER BY id LIMIT 1").fetchone()
    (dead,) = connection.execute("SELECT count(*) FROM dead_letters").fetchone()
    return Lengths(pending, oldest[0] if oldest else None, dead)


def _sealed(vault: Vault, body: Mapping[str, Any]) -> bytes:
    return vault.seal(orjson.dumps(body).decode())


def _opened(vault: Vault, body: bytes) -> dict[str, Any]:
    text = vault.open(body)
    if text is None:
        raise ValueError("an event is sealed by another key than store.key")
    opened: dict[str, Any] = orjson.loads(text)
    return opened
