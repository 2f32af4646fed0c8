"""Rights of a site: whose plate may pass it, and when. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parkgraph.gates.matching import Known

EARLY: Final = timedelta(minutes=15)
"""So long before its begin does a right open."""

LATE: Final = timedelta(minutes=10)
"""So long after its end is nothing charged."""

Span = tuple[datetime, datetime]
"""Half open."""


class RightKind(StrEnum):
    """BOOKING and PERMIT: of a space of the yard. GRANT: of the site, by its owner. BLOCK: the owner's no."""

    BOOKING = "BOOKING"
    PERMIT = "PERMIT"
    GRANT = "GRANT"
    BLOCK = "BLOCK"


class Standing(StrEnum):
    """What a plate's rights say at an instant."""

    VALID = "VALID"
    EARLY = "EARLY"
    ENDED = "ENDED"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True, slots=True)
class Right:
    """`plate`: normalised. `spans`: when, in order. `principal`: whose account it is; None: nobody's.

    `tariff`: the key of the rates that a booking was made by; None: those of the yard.
    """

    id: UUID
    kind: RightKind
    plate: str = field(repr=False)
    spans: tuple[Span, ...]
    principal: str | None = field(default=None, repr=False)
    tariff: int | None = None

    def standing(self, at: datetime) -> Standing | None:
        """None: it says nothing of that instant, and nothing yet."""
        if self.kind is RightKind.BLOCK:
            return Standing.BLOCKED if any(begins <= at < ends for begins, ends in self.spans) else None
        if any(begins - EARLY <= at < ends for begins, ends in self.spans):
            return Standing.VALID
        if any(at < begins for begins, _ in self.spans):
            return Standing.EARLY
        return Standing.ENDED if self.spans else None

    def covering(self, at: datetime) -> Span | None:
        """The span that it opens in, or that ended last."""
        begun = [span for span in self.spans if span[0] - EARLY <= at]
        return begun[-1] if begun else None


class Rights:
    """All that is known of a site's rights, as they were at `version`; those that ended not long ago too."""

    def __init__(self, rights: Iterable[Right], version: int = 0) -> None:
        self.version = version
        by_plate: dict[str, list[Right]] = {}
        for right in rights:
            by_plate.setdefault(right.plate, []).append(right)
        self.by_plate: Mapping[str, Sequence[Right]] = by_plate
        self.known = Known(by_plate)

    def standing(self, plate: str, at: datetime) -> Standing | None:
        """The one that counts: BLOCKED before VALID before EARLY before ENDED."""
        said = {right.standing(at) for right in self.by_plate.get(plate, ())}
        return next((each for each in _FIRST if each in said), None)

    def right_at(self, plate: str, at: datetime) -> Right | None:
        """The one that lets this plate in, a booking before a permit before a grant; else the one that ended last."""
        mine = [right for right in self.by_plate.get(plate, ()) if right.kind is not RightKind.BLOCK]
        valid = [right for right in mine if right.standing(at) is Standing.VALID]
        if valid:
            return min(valid, key=lambda right: (_KINDS.index(right.kind), right.spans[0], right.id.hex))
        ended = [(span[1], right.id.hex, right) for right in mine if (span := right.covering(at))]
        return max(ended)[-1] if ended else None

    def account_at(self, plate: str, at: datetime) -> str | None:
        """Whose account the right is of that counts for this plate then; where it comes too early, the next one's."""
        right = self.right_at(plate, at)
        if self.standing(plate, at) is Standing.EARLY:
            mine = [right for right in self.by_plate[plate] if right.kind is not RightKind.BLOCK]
            right = min((span[0], each.id.hex, each) for each in mine for span in each.spans if span[0] > at)[-1]
        return right.principal if right else None

    def cover(self, plate: str, at: datetime) -> Span | None:
        """The span that the plate's right covers then, with those that follow on it."""
        right = self.right_at(plate, at)
        span = right.covering(at) if right else None
        if span is None:
            return None
        begins, ends = span
        mine = [right for right in self.by_plate[plate] if right.kind is not RightKind.BLOCK]
        for follows in sorted(each for right in mine for each in right.spans):
            if begins <= follows[0] <= ends + EARLY:
                ends = max(ends, follows[1])
        return begins, ends


_FIRST: Final = (Standing.BLOCKED, Standing.VALID, Standing.EARLY, Standing.ENDED)
_KINDS: Final = list(RightKind)
