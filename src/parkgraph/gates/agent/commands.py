"""Commands to a barrier as the store keeps them: one pulse for each, for ever."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of a pulse. RELAY_ACKED: the relay heard; it does not say that the boom moved."""

    SENT = "SENT"
    RELAY_ACKED = "RELAY_ACKED"
    POSITION_CONFIRMED = "POSITION_CONFIRMED"
    TIMED_OUT = "TIMED_OUT"


@dataclass(frozen=True, slots=True)
class Claim:
    """A command before its pulse. `by_server`: whether the server gave it, and is to be told what becomes of it."""

    command_id: str
    passage_ref: str
    barrier: str
    lane: str | None
    by_server: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the server has yet to be told about one of its commands."""

    command_id: str
    lane: str | None
    state: State
    at: float


def claimed(connection: sqlite3.Connection, claim: Claim, boot_id: str, now: float) -> bool:
    """Whether this is the first time that this command is to be carried out. Committed before the pulse is sent."""
    return (
        connection.execute(
            "INSERT OR IGNORE INTO commands (command_id, passage_ref, barrier, lane, boot_id, by_server, state, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                claim.command_id,
                claim.passage_ref,
                claim.barrier,
                claim.lane,
                boot_id,
                claim.by_server,
                State.SENT.value,
                now,
            ),
        ).rowcount
        == 1
    )


def became(connection: sqlite3.Connection, command_id: str, state: State, now: float) -> None:
    connection.execute("UPDATE commands SET state = ?, at = ? WHERE command_id = ?", (state.value, now, command_id))


def given_up(connection: sqlite3.Connection, boot_id: str, now: float) -> int:
    """Pulses of earlier boots of which nothing is known: they are not sent again, and count as timed out."""
    return connection.execute(
        "UPDATE commands SET state = ?, at = ? WHERE boot_id != ? AND state = ?",
        (State.TIMED_OUT.value, now, boot_id, State.SENT.value),
    ).rowcount


def latest(connection: sqlite3.Connection) -> State | None:
    """What became of the command that changed last."""
    row = connection.execute("SELECT state FROM commands ORDER BY at DESC LIMIT 1").fetchone()
    return State(row[0]) if row else None


def to_acknowledge(connection: sqlite3.Connection, limit: int = 20) -> Sequence[Standing]:
    rows = connection.execute(
        "SELECT command_id, lane, state, at FROM commands WHERE acknowledged IS NOT state AND by_server"
        " ORDER BY at LIMIT ?",
        (limit,),
    ).fetchall()
    return [Standing(command_id, lane, State(state), at) for command_id, lane, state, at in rows]


def acknowledged(connection: sqlite3.Connection, standing: Standing) -> None:
    connection.execute(
        "UPDATE commands SET acknowledged = ? WHERE command_id = ?", (standing.state.value, standing.command_id)
    )


def forgotten(connection: sqlite3.Connection, before: float) -> None:
    """Commands that are long over, and of which the server knows all."""
    connection.execute("DELETE FROM commands WHERE at < ? AND (acknowledged IS state OR NOT by_server)", (before,))
