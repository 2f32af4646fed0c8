"""A site and its gates. Frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.gates.decision import Direction

MAX_NAME: Final = 100
MAX_GATES: Final = 50
"""Of a site."""

_SCOPE: Final = "gate:"


@dataclass(frozen=True, slots=True)
class Site:
    """What its gates let into. `key` and `yard_key` are those of the database; `yard`: None for a place of its own.

    `owner` is an account's subject.
    """

    id: UUID
    key: int
    name: str
    zone: ZoneInfo
    country: str
    owner: str | None = field(default=None, repr=False)
    yard: UUID | None = None
    yard_key: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A camera and a barrier. `direction` is that of reads which do not say theirs."""

    id: UUID
    key: int
    site: Site
    name: str
    direction: Direction
    created_at: datetime
    removed_at: datetime | None = None
    heard_at: datetime | None = None
    heartbeat: Mapping[str, Any] | None = None


def scope_of(gate: UUID) -> str:
    """What a key of this gate is bound to."""
    return _SCOPE + gate.hex


def gate_of(scope: str | None) -> UUID | None:
    """The gate that a key is bound to; None where it is bound to none."""
    if scope is None or not scope.startswith(_SCOPE):
        return None
    return UUID(hex=scope.removeprefix(_SCOPE))
