"""What came of asking to book or to cancel. Data, never an exception: whoever asked has to handle each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from parkgraph.bookings.booking import Booking
from parkgraph.sdk.booking import Refusal


@dataclass(frozen=True, slots=True)
class Held:
    """The network has the booking, in whatever status it is now."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Refused:
    """The network said no, and that is final for this key."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Unknown:
    """The network's reply is lost. Whoever asks the same again learns what became of it."""

    ask_again_after: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """For certain nothing was booked or cancelled. The same may be asked again."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The key was used for another wish."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The offer cannot be booked, and its network was not asked. `text` says why."""

    text: str


Outcome = Held | Refused | Unknown | Unreachable | Conflict | Gone

Observer = Callable[[str, str, str], None]
"""Told of each outcome: network, `book`, `cancel` or `settle`, and a word. Must neither block nor raise."""


def unobserved(_network: str, _action: str, _outcome: str) -> None:
    """Before anybody observes."""


def word(outcome: Outcome) -> str:
    """For metrics."""
    return outcome.booking.status.lower() if isinstance(outcome, Held) else type(outcome).__name__.lower()
