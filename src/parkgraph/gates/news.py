"""What has changed at gates, told to every process with the commit that changed it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL: Final = "parkgraph_gates"
_NOTIFY: Final = "SELECT pg_notify(:channel, word) FROM unnest(CAST(:words AS text[])) AS n (word)"


class Topic(StrEnum):
    PASSAGE = "passage"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Change:
    """`at`: the gate of a passage, or the site of a session. Ids only: whoever listens learns nothing by them."""

    topic: Topic
    at: UUID
    subject: UUID

    def __str__(self) -> str:
        return f"{self.topic} {self.at.hex} {self.subject.hex}"

    @staticmethod
    def parse(word: str) -> "Change | None":
        """None for what is no change that this ParkGraph knows."""
        try:
            topic, at, subject = word.split(" ")
            return Change(Topic(topic), UUID(hex=at), UUID(hex=subject))
        except ValueError:
            return None


async def announce(connection: AsyncConnection, changes: Collection[Change]) -> None:
    """Told when the transaction is committed, and not if it is not."""
    if changes:
        await connection.execute(text(_NOTIFY), {"channel": CHANNEL, "words": sorted(map(str, changes))})
