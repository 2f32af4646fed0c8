"""When an owner wants nobody on a space, or in the whole yard. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parkgraph.yards.reservations.permits import Span

LONGEST: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Block:
    """`space` is the space's key, and None for all of the yard. `note` is the owner's own."""

    id: UUID
    yard: UUID
    space: int | None
    span: Span
    note: str | None = field(repr=False)
    created_at: datetime
    lifted_at: datetime | None = None


def check_span(span: Span, now: datetime) -> Span:
    """Raises ValueError for what no block can have."""
    if span.ends <= now:
        raise ValueError("ends lies in the past")
    if span.ends - span.begins > LONGEST:
        raise ValueError(f"ends must be at most {LONGEST.days} days after begins")
    return span
