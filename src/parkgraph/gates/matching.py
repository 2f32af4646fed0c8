"""Which of the known plates a vehicle at the line has, and whether that is sure enough to open. Pure.

The rules follow from what was measured (docs/gates.md): an exact look is enough; characters that look alike, a few that
were not read, or the camera's second choices are enough only where two looks of the passage agree and no other plate is
near; and the distance of an edit is never a reason to open, only one not to.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from parkgraph.gates.plates import UNREAD, folded

MAX_UNREAD: Final = 2
MIN_READ: Final = 4
"""Characters that a look has to have read where it did not read all."""

AGREEING: Final = 2
"""Looks that have to agree where none is exact."""


class MatchKind(StrEnum):
    """How sure a match is, the surest first. FOLDED: but for characters that look alike. WILDCARD: but for characters
    that were not read. CANDIDATE: one of the camera's other guesses.
    """

    EXACT = "EXACT"
    FOLDED = "FOLDED"
    WILDCARD = "WILDCARD"
    CANDIDATE = "CANDIDATE"


_SUREST: Final = list(MatchKind)


@dataclass(frozen=True, slots=True)
class Look:
    """One read of a vehicle, as `plates.read` gives it. `agreeing`: reads of the camera that said the same."""

    plate: str | None = field(repr=False)
    candidates: tuple[str, ...] = field(default=(), repr=False)
    agreeing: int = 1


@dataclass(frozen=True, slots=True)
class Match:
    """The one known plate that the looks point at. `sure`: enough to open for it."""

    plate: str = field(repr=False)
    kind: MatchKind
    sure: bool


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The looks point at several known plates, or another one is near."""


@dataclass(frozen=True, slots=True)
class Unread:
    """No look has anything to go by."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """None of the known plates."""


class Known:
    """Plates of a site, normalised, to be looked up in whichever way."""

    def __init__(self, plates: Collection[str]) -> None:
        self.plates = frozenset(plates)
        self._folded: dict[str, list[str]] = {}
        self._by_length: dict[int, list[str]] = {}
        for plate in self.plates:
            self._folded.setdefault(folded(plate), []).append(plate)
            self._by_length.setdefault(len(plate), []).append(plate)

    def like(self, look: Look) -> Iterator[tuple[str, MatchKind]]:
        """Those that the look may be, short of an exact match."""
        if look.plate and UNREAD in look.plate:
            yield from ((plate, MatchKind.WILDCARD) for plate in self._unread(look.plate))
        elif look.plate:
            yield from ((plate, MatchKind.FOLDED) for plate in self._folded.get(folded(look.plate), ()))
        yield from ((plate, MatchKind.CANDIDATE) for plate in look.candidates if plate in self.plates)

    def near(self, text: str) -> Iterator[str]:
        """Those that one character makes of the read, those that look like it included."""
        wanted = folded(text)
        for length in range(len(text) - 1, len(text) + 2):
            yield from (plate for plate in self._by_length.get(length, ()) if _within_one(wanted, folded(plate)))

    def _unread(self, text: str) -> Iterator[str]:
        missing = text.count(UNREAD)
        if missing <= MAX_UNREAD and len(text) - missing >= MIN_READ:
            same_length = self._by_length.get(len(text), ())
            yield from (plate for plate in same_length if all(map(_may_be, text, plate)))


Found = Match | Ambiguous | Unread | Unknown
_Sure = Callable[[Sequence[Look], str], bool]


def match(looks: Sequence[Look], known: Known) -> Found:
    """What all looks of one passage come to. For an entry: nothing but an exact look is sure by itself."""
    return _match(looks, known, _corroborated)


def match_inside(looks: Sequence[Look], inside: Known) -> Found:
    """The same among the vehicles that are inside: at the exit, one of them it is, so one look is enough."""
    return _match(looks, inside, lambda _looks, _plate: True)


def _match(looks: Sequence[Look], known: Known, sure: _Sure) -> Found:
    seen = [look for look in looks if look.plate or look.candidates]
    if not seen:
        return Unread()
    exact = {look.plate for look in seen if look.plate in known.plates}
    if len(exact) > 1:
        return Ambiguous()
    for plate in exact:
        assert plate is not None
        return Match(plate, MatchKind.EXACT, sure=True)
    like = [(plate, kind) for look in seen for plate, kind in known.like(look)]
    plates = {plate for plate, _ in like}
    if not plates:
        return Unknown()
    if len(plates) > 1 or any(near not in plates for look in seen for near in known.near(look.plate or "")):
        return Ambiguous()
    (plate,) = plates
    kind = min((kind for _, kind in like), key=_SUREST.index)
    return Match(plate, kind, sure(seen, plate))


def _corroborated(looks: Sequence[Look], plate: str) -> bool:
    """Two looks agree on the plate, and between them they have read every character of it.

    A character that no look has read is known from none: what hides it from one look hides it from the next.
    """
    known = Known([plate])
    agreeing = [look for look in looks if any(known.like(look))]
    if sum(max(1, look.agreeing) for look in agreeing) < AGREEING:
        return False
    return all(_read_at(agreeing, position, plate) for position in range(len(plate)))


def _read_at(looks: Iterable[Look], position: int, plate: str) -> bool:
    texts = [plate if plate in look.candidates else look.plate or "" for look in looks]
    return any(text[position : position + 1] not in ("", UNREAD) for text in texts)


def _may_be(read: str, char: str) -> bool:
    return read in (UNREAD, char)


def _within_one(text: str, plate: str) -> bool:
    """Whether one character put in, left out or changed makes the one of the other; what was not read is any."""
    longest, shortest = max(len(text), len(plate)), min(len(text), len(plate))
    if longest - shortest > 1:
        return False
    before = _common(text, plate)
    after = _common(text[::-1], plate[::-1])
    return before + after >= longest - 1


def _common(text: str, plate: str) -> int:
    """How many characters they have in common from the start."""
    count = 0
    for read, char in zip(text, plate, strict=False):
        if not _may_be(read, char):
            break
        count += 1
    return count
