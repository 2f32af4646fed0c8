"""What a query says about each network that it asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parkgraph.networks.network import Network


class SourceStatus(StrEnum):
    """How a network's part of an answer came about."""

    FRESH = "FRESH"
    CACHED = "CACHED"
    STALE = "STALE"
    TIMED_OUT = "TIMED_OUT"
    FAILED = "FAILED"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    RATE_LIMITED = "RATE_LIMITED"
    NEEDS_STAY = "NEEDS_STAY"
    NOT_COVERED = "NOT_COVERED"


class Code(StrEnum):
    """Why a network's answer is missing or not the latest. Clients may rely on these words."""

    UNAVAILABLE = "UNAVAILABLE"
    MALFORMED = "MALFORMED"
    DENIED = "DENIED"
    RATE_LIMITED = "RATE_LIMITED"
    TIMED_OUT = "TIMED_OUT"
    UNEXPECTED = "UNEXPECTED"
    """A bug of the adapter."""
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    """It failed so often that it was not asked."""
    BUSY = "BUSY"
    """As many calls to it as may be are under way, so it was not asked."""
    REVALIDATING = "REVALIDATING"
    """It is being asked again; an answer to the same question from before is served meanwhile."""
    INCOMPLETE = "INCOMPLETE"
    """A part of the answer was missing, so nothing was deleted."""
    HELD_SMALLER = "HELD_SMALLER"
    """The answer was much smaller than the one before, so nothing was deleted."""
    RESTORED = "RESTORED"
    """Served from the stored snapshot after a restart; the network has not answered since."""
    OVERDUE = "OVERDUE"
    """The last good answer is older than twice the network's cadence."""
    STARTING = "STARTING"
    """The first answer is still awaited."""


_STATUS_OF = {
    Code.TIMED_OUT: SourceStatus.TIMED_OUT,
    Code.RATE_LIMITED: SourceStatus.RATE_LIMITED,
    Code.CIRCUIT_OPEN: SourceStatus.CIRCUIT_OPEN,
}


def status_without_data(code: Code) -> SourceStatus:
    """The status of a network that has nothing to serve."""
    if code is Code.STARTING:
        return SourceStatus.TIMED_OUT
    return _STATUS_OF.get(code, SourceStatus.FAILED)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One network's part in one answer.

    `as_of`: the network's own time of its data. `listings`: how many it gave; of a feed network, all that it has.
    `latency_ms` is 0 where the answer came from memory. `fetched_at`: when the network gave it to us.
    """

    network: "Network"
    status: SourceStatus
    latency_ms: int = 0
    as_of: datetime | None = None
    listings: int = 0
    code: str | None = None
    fetched_at: datetime | None = None
