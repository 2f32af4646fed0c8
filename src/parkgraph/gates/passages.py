"""One vehicle at the line: what all reads of a passage come to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID, uuid5

from parkgraph.gates.decision import Decision, Direction, Inside, Reason, Times, Verdict, decide, timely
from parkgraph.gates.matching import Look
from parkgraph.gates.pairing import Crossing
from parkgraph.gates.plates import normalised
from parkgraph.gates.rights import Rights

MAX_LOOKS: Final = 50
"""Of a passage that are looked at, the earliest: a vehicle that is read for hours is read well enough."""

KNOWN_IDS: Final = 1000
"""Of passages that are in hand: each is asked for a few times."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One read, as it is kept. `text`: as the camera wrote it. `edge`: what the gate decided by itself, if it did."""

    event: UUID
    look: Look
    direction: Direction
    times: Times
    text: str | None = field(default=None, repr=False)
    edge: Decision | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of a vehicle. `plate`: the known one that was matched (`matched`), else what was read best.

    `live`: the server decided while it waited. `suspect`: its instant is not to be believed.
    """

    id: UUID
    ref: str
    direction: Direction
    verdict: Verdict
    at: datetime
    plate: str | None = field(default=None, repr=False)
    matched: bool = False
    crossed: bool = False
    suspect: bool = False
    live: bool = False

    @property
    def crossing(self) -> Crossing:
        return Crossing(self.id, self.direction, self.at, self.suspect)


@lru_cache(KNOWN_IDS)
def passage_id(gate: UUID, ref: str) -> UUID:
    return uuid5(gate, ref)


def judged_live(
    gate: UUID,
    ref: str,
    seen: Sequence[Seen],
    usual: Direction,
    rights: Rights,
    inside: Inside,
    crossed_at: datetime | None = None,
) -> Passage:
    """A vehicle waits at the line. The last of `seen` is the read that it is decided by.

    `crossed_at`: when it is taken to have crossed before.
    """
    asked = seen[-1]
    direction = _direction(seen, usual)
    verdict = decide([each.look for each in seen], direction, asked.times.at, rights, inside)
    timed = timely(verdict, asked.times)
    if timed.decision is Decision.OPEN and asked.edge is not None:
        timed = replace(timed, decision=Decision.ASSIST, reason=Reason.LATE)
    crossed = verdict.crosses or crossed_at is not None
    passage = _passage(gate, ref, seen, direction, timed, crossed=crossed, live=True)
    return replace(passage, at=crossed_at or asked.times.at)


def judged_later(gate: UUID, ref: str, seen: Sequence[Seen], usual: Direction, rights: Rights) -> Passage:
    """Told of afterwards: what counts is what the gate decided, and where it says nothing, what was right at the time.

    Whatever the order in which the reads of a passage come, it is the same.
    """
    seen = sorted(seen, key=lambda each: (each.times.at, each.event.hex))
    direction = _direction(seen, usual)
    verdict = decide([each.look for each in seen], direction, seen[0].times.at, rights, Inside())
    decisions = {each.edge for each in seen if each.edge}
    crossed = Decision.OPEN in decisions or (not decisions and verdict.crosses)
    if verdict.decision is Decision.OPEN and Decision.OPEN not in decisions:
        verdict = replace(verdict, decision=Decision.ASSIST, reason=Reason.LATE)
    return _passage(gate, ref, seen, direction, verdict, crossed=crossed, live=False)


def _passage(
    gate: UUID, ref: str, seen: Sequence[Seen], direction: Direction, verdict: Verdict, *, crossed: bool, live: bool
) -> Passage:
    texts = [text for each in seen if (text := normalised(each.text))]
    plate = verdict.plate or next(iter(texts), None)
    return Passage(
        passage_id(gate, ref),
        ref,
        direction,
        verdict,
        min([each.times.at for each in seen if each.edge is Decision.OPEN] or [each.times.at for each in seen]),
        plate,
        matched=verdict.plate is not None,
        crossed=crossed and plate is not None,
        suspect=any(each.times.suspect for each in seen),
        live=live,
    )


def _direction(seen: Sequence[Seen], usual: Direction) -> Direction:
    """As a read says, the earliest that does; else as the gate is."""
    in_order = sorted(seen, key=lambda each: (each.times.at, each.event.hex))
    said = (each.direction for each in in_order if each.direction is not Direction.UNKNOWN)
    return next(said, usual)
