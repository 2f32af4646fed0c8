"""What becomes of an owner's wish to change a yard."""

from dataclasses import dataclass

from parkgraph.yards.publishing import Missing
from parkgraph.yards.yard import Space, Yard


@dataclass(frozen=True, slots=True)
class Saved:
    """It is as wished."""

    yard: Yard


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such yard among those that the editor may change."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another edit came first; this is what it made."""

    current: Yard


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A yard that is published has all of these."""

    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class SpacesBooked:
    """These cannot be taken away: somebody has a right to them, now or later."""

    spaces: tuple[Space, ...]


Outcome = Saved | NotFound | Conflict | Incomplete | SpacesBooked
