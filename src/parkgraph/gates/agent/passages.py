"""Many looks, one passage: which look belongs to which vehicle, what its plate is, and when to ask about it. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from parkgraph.gates.agent.look import Candidate, Direction, Look
from parkgraph.privacy.plates import normalise

MAX_ASKS: Final = 20
"""About one passage; a plate that flickers must not keep the server busy."""

MAX_CANDIDATES: Final = 10
_UNKNOWN_CONFIDENCE: Final = 0.5
_FOLDED: Final = str.maketrans("ODQILZSBG", "000112586")


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient a line is.

    `sure`: a look of this confidence is believed alone. `patience`: how long one that is not waits for another.
    `gap`: after this long without a look the vehicle is gone, where the camera does not say so; `track_gap`: where it
    does. `again`: a vehicle that still stands there is asked about anew.
    """

    sure: float = 0.8
    patience: timedelta = timedelta(milliseconds=400)
    gap: timedelta = timedelta(seconds=8)
    track_gap: timedelta = timedelta(seconds=60)
    again: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Vote:
    """What speaks for one plate. `plate` is as it was read most surely; `last` is the number of the look."""

    plate: str
    looks: int
    weight: float
    confidence: float | None
    captured_at: datetime | None
    last: int

    @property
    def key(self) -> str:
        """Equal for plates that differ in blanks, dashes and case only."""
        return normalise(self.plate)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was last asked about a passage."""

    key: str | None
    agreeing: int
    direction: Direction
    at: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle at the line. Times are the edge's, but for `captured_at`, which is of the last look.

    `told`: of how many looks the server was told. `changed_at`: since when the plate is what it is.
    """

    ref: str
    camera: str
    track: str | None
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    direction: Direction = Direction.UNKNOWN
    captured_at: datetime | None = None
    source_event_id: str | None = None
    jurisdiction: str | None = None
    votes: tuple[Vote, ...] = ()
    others: tuple[Candidate, ...] = ()
    looks: int = 0
    told: int = 0
    asks: int = 0
    asked: Asked | None = None
    fused: bool = False
    opened: bool = False
    ended: bool = False

    @property
    def best(self) -> Vote | None:
        """The plate with most for it; of a device that weighs by itself, its latest."""
        return max(self.votes, key=lambda vote: (0 if self.fused else vote.weight, vote.last), default=None)

    @property
    def agreeing(self) -> int:
        return self.best.looks if self.best else 0

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every other plate that was read, the surest first."""
        best = self.best
        seen: dict[str, Candidate] = {}
        for each in (*(Candidate(vote.plate, vote.confidence) for vote in self.votes), *self.others):
            key = normalise(each.plate)
            if (best is None or key != best.key) and (each.confidence or 0) >= (
                seen[key].confidence or 0 if key in seen else 0
            ):
                seen[key] = each
        return tuple(sorted(seen.values(), key=lambda each: -(each.confidence or 0))[:MAX_CANDIDATES])


def belongs(look: Look, direction: Direction, camera: str, to: Passage, policy: Policy, now: datetime) -> bool:
    """Whether this look is at the vehicle of that passage.

    By the device's own identity, where it has one. Else by time, way and plate: two sure looks at different plates are
    two vehicles, however alike they are, and nothing but the same plate joins a passage that was let through.
    """
    if camera != to.camera or look.track != to.track or is_over(to, policy, now):
        return False
    if look.track is not None:
        return True
    if look.retold or {direction, to.direction} == {Direction.ENTRY, Direction.EXIT}:
        return False
    best = to.best
    if look.plate is None or best is None:
        return not to.opened
    key = normalise(look.plate)
    if key.translate(_FOLDED) == best.key.translate(_FOLDED):
        return True
    both_sure = _is_sure(look.confidence, policy) and _is_sure(best.confidence, policy)
    return not to.opened and not both_sure and _near(key, best.key)


def begun(ref: str, camera: str, look: Look, now: datetime) -> Passage:
    """A passage without any look yet."""
    return Passage(ref, camera, look.track, first_seen=now, last_seen=now, changed_at=now)


def seen(passage: Passage, look: Look, direction: Direction, now: datetime) -> Passage:
    """The passage with this look."""
    counts = not look.retold or passage.looks == 0
    known = passage.direction if passage.direction is not Direction.UNKNOWN else direction
    after = replace(
        passage,
        last_seen=now,
        captured_at=look.captured_at,
        source_event_id=look.source_event_id,
        direction=known,
        jurisdiction=look.jurisdiction or passage.jurisdiction,
        looks=passage.looks + counts,
        fused=look.fused,
        others=_merged(passage.others, look.candidates),
        ended=passage.ended or look.retold,
    )
    if look.plate is not None and counts:
        after = replace(after, votes=_voted(after, look))
    was, now_is = passage.best, after.best
    changed = (was and was.key) != (now_is and now_is.key)
    return replace(after, changed_at=now) if changed else after


def wants_decision(passage: Passage, policy: Policy, now: datetime) -> bool:
    """Whether to ask about it now: early, and again when something changed. A vehicle that was let through is not."""
    if passage.opened or passage.asks >= MAX_ASKS or is_over(passage, policy, now):
        return False
    best, last = passage.best, passage.asked
    if last is None or (best and best.key) != last.key:
        return _settled(passage, policy) or now - passage.changed_at >= policy.patience
    return (
        passage.direction is not last.direction
        or last.agreeing < 2 <= passage.agreeing
        or passage.last_seen - last.at >= policy.again
    )


def waits(passage: Passage) -> bool:
    """Whether time alone will make it worth asking."""
    key = passage.best.key if passage.best else None
    is_asked = passage.asked is not None and passage.asked.key == key
    return not (is_asked or passage.opened or passage.ended or passage.asks >= MAX_ASKS)


def asked(passage: Passage, now: datetime) -> Passage:
    """The passage after it was asked about."""
    key = passage.best.key if passage.best else None
    question = Asked(key, passage.agreeing, passage.direction, now)
    return replace(passage, asked=question, asks=passage.asks + 1, told=passage.looks)


def is_over(passage: Passage, policy: Policy, now: datetime) -> bool:
    """Whether the vehicle is gone. A clock that was set back counts as time, too."""
    gap = policy.gap if passage.track is None else policy.track_gap
    return passage.ended or abs(now - passage.last_seen) > gap


def open_of(
    passages: Iterable[Passage], look: Look, direction: Direction, camera: str, policy: Policy, now: datetime
) -> Passage | None:
    """The passage to which this look belongs: of several the one seen last."""
    mine = (each for each in passages if belongs(look, direction, camera, each, policy, now))
    return max(mine, key=lambda each: each.last_seen, default=None)


def _settled(passage: Passage, policy: Policy) -> bool:
    """Whether waiting promises nothing: a device without tracks tells of a vehicle once."""
    best = passage.best
    if passage.track is None:
        return True
    if best is None or passage.direction is Direction.UNKNOWN:
        return False
    return best.looks >= 2 or _is_sure(best.confidence, policy)


def _is_sure(confidence: float | None, policy: Policy) -> bool:
    return confidence is None or confidence >= policy.sure


def _voted(passage: Passage, look: Look) -> tuple[Vote, ...]:
    """A frame that is told twice has one vote."""
    assert look.plate is not None
    key = normalise(look.plate)
    weight = _UNKNOWN_CONFIDENCE if look.confidence is None else look.confidence
    mine = next((vote for vote in passage.votes if vote.key == key), None)
    if mine is None:
        return (*passage.votes, Vote(look.plate, 1, weight, look.confidence, look.captured_at, passage.looks))
    is_surer = (look.confidence or 0) > (mine.confidence or 0)
    again = look.captured_at is not None and look.captured_at == mine.captured_at
    voted = Vote(
        look.plate if is_surer else mine.plate,
        mine.looks + (not again),
        mine.weight + (0 if again else weight),
        look.confidence if is_surer else mine.confidence,
        look.captured_at,
        passage.looks,
    )
    return tuple(voted if vote is mine else vote for vote in passage.votes)


def _merged(known: tuple[Candidate, ...], new: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for each in (*known, *new):
        key = normalise(each.plate)
        if key not in best or (each.confidence or 0) > (best[key].confidence or 0):
            best[key] = each
    return tuple(sorted(best.values(), key=lambda each: -(each.confidence or 0))[: 2 * MAX_CANDIDATES])


def _near(a: str, b: str) -> bool:
    """Whether one plate may be a misreading of the other: at most two characters differ."""
    if abs(len(a) - len(b)) > 2:
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 2
    missing, extra = Counter(a) - Counter(b), Counter(b) - Counter(a)
    return missing.total() + extra.total() <= 2
