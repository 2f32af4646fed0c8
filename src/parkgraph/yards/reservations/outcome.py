"""What came of asking. Data, never an exception: whoever asked has to handle each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parkgraph.yards.reservations.booking import YardBooking
from parkgraph.yards.reservations.permits import Span


class YardRefusalReason(StrEnum):
    """Why a yard, or its owner, says no."""

    NOT_PUBLISHED = "NOT_PUBLISHED"
    CLOSED = "CLOSED"
    TOO_BIG = "TOO_BIG"
    BEYOND_MAX_STAY = "BEYOND_MAX_STAY"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NO_RATES = "NO_RATES"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    STARTED = "STARTED"
    NOT_STARTED = "NOT_STARTED"
    NOT_CONFIRMED = "NOT_CONFIRMED"
    OVER = "OVER"
    UNKNOWN = "UNKNOWN"


Reason = YardRefusalReason


@dataclass(frozen=True, slots=True)
class Refused:
    """`text` is a sentence for whoever asked."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Full:
    """No space that fits is free for the whole stay."""


@dataclass(frozen=True, slots=True)
class QuoteExpired:
    """The quote is too old, was booked already, or is somebody else's."""


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """The idempotency key was used for another wish."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The booking was changed since the version that was named; `current` is what it is now."""

    current: YardBooking


@dataclass(frozen=True, slots=True)
class Taken:
    """A space is not free at these times, the earliest of which are named."""

    space_label: str | None
    spans: tuple[Span, ...]


UNKNOWN_BOOKING: Final = Refused(Reason.UNKNOWN, "There is no such booking.")
UNKNOWN_YARD: Final = Refused(Reason.UNKNOWN, "There is no such yard.")
UNKNOWN_SPACE: Final = Refused(Reason.UNKNOWN, "The yard has no such space.")
NOT_CONFIRMED: Final = Refused(Reason.NOT_CONFIRMED, "The booking is not confirmed yet.")
NO_RATES: Final = Refused(Reason.NO_RATES, "The yard has no rates.")
UNKNOWN: Final = Refused(Reason.UNKNOWN, "There is no such thing.")
