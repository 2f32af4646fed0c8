"""What has changed at gates, told to every process with the commit that changed it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

import asyncpg

from parkgraph.db.statement import Statement

CHANNEL: Final = "parkgraph_gates"
_NOTIFY: Final = Statement("SELECT pg_notify(:channel, word) FROM unnest(CAST(:words AS text[])) AS n (word)")


class Topic(StrEnum):
    """PASSAGE: of a gate. SESSION: of a site. OWN_PASSAGE, OWN_SESSION: of a driver."""

    PASSAGE = "passage"
    OWN_PASSAGE = "own-passage"
    SESSION = "session"
    OWN_SESSION = "own"


@dataclass(frozen=True, slots=True)
class Change:
    """`of`: whose, such as a gate. Ids and digests only: whoever listens learns nothing by them."""

    topic: Topic
    of: str
    subject: UUID

    def __str__(self) -> str:
        return f"{self.topic} {self.of} {self.subject.hex}"


def passages_of(gate: UUID) -> str:
    """The topic of a gate's passages."""
    return f"{Topic.PASSAGE} {gate.hex}"


def passages_of_driver(principal: str) -> str:
    """The topic of the passages of a driver's vehicles."""
    return f"{Topic.OWN_PASSAGE} {driver(principal)}"


def sessions_of(site: UUID) -> str:
    """The topic of a site's sessions."""
    return f"{Topic.SESSION} {site.hex}"


def sessions_of_driver(principal: str) -> str:
    """The topic of a driver's sessions."""
    return f"{Topic.OWN_SESSION} {driver(principal)}"


def driver(principal: str) -> str:
    return sha256(principal.encode()).hexdigest()


def read(payload: str) -> tuple[str, str] | None:
    """The topic and the subject of a payload; None where it is none."""
    topic, _, subject = payload.rpartition(" ")
    return (topic, subject) if topic else None


async def announce(connection: asyncpg.Connection, changes: Collection[Change]) -> None:
    """Told when the transaction is committed, and not if it is not."""
    if changes:
        await _NOTIFY.rows(connection, {"channel": CHANNEL, "words": sorted(map(str, changes))})
