"""Where networks say of one place what cannot all be right. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rapidfuzz import fuzz

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Disagreement, FieldValue, Listing, Place, PlaceKind
from parkgraph.graph.matching.names import plain

T = TypeVar("T")

FAR_M: Final = 100.0
"""Listings of one place that stand farther apart do not mean the same entrance."""

LIKE: Final = 80.0
"""How like the names of one operator are, of 100."""

_GARAGES: Final = frozenset({PlaceKind.GARAGE, PlaceKind.UNDERGROUND})
_BESIDES: Final = frozenset({PlaceKind.PARK_AND_RIDE, PlaceKind.YARD})
"""What a facility is for or whose it is, whatever its structure."""


@dataclass(frozen=True)
class _Question(Generic[T]):
    """A field in which there is a right and a wrong: how it is read, when two values agree, how one is written."""

    field: str
    read: Callable[[Listing], T | None]
    agree: Callable[[T, T], bool] = lambda a, b: a == b
    text: Callable[[T], str] = str

    def ask(self, place: Place) -> Disagreement | None:
        known = [(value, key, of) for key, of in place.listings if (value := self.read(of)) is not None]
        if all(self.agree(known[0][0], value) for value, _, _ in known[1:]):
            return None
        return Disagreement(self.field, tuple(FieldValue(self.text(v), key, of.updated_at) for v, key, of in known))


def _same_kind(a: PlaceKind, b: PlaceKind) -> bool:
    return a is b or {a, b} <= _GARAGES or bool({a, b} & _BESIDES)


def _same_hours(a: str, b: str) -> bool:
    return a.replace(" ", "").casefold() == b.replace(" ", "").casefold()


def _same_operator(a: str, b: str) -> bool:
    return fuzz.token_set_ratio(plain(a), plain(b)) >= LIKE


def _written(at: Coordinates) -> str:
    return f"{at.latitude:.6f},{at.longitude:.6f}"


_QUESTIONS: Final[tuple[_Question[Coordinates] | _Question[PlaceKind] | _Question[str] | _Question[int], ...]] = (
    _Question[Coordinates]("location", lambda of: of.location, lambda a, b: a.distance_m(b) <= FAR_M, _written),
    _Question[PlaceKind]("kind", lambda of: None if of.kind is PlaceKind.UNKNOWN else of.kind, _same_kind),
    _Question[str]("operator", lambda of: of.operator, _same_operator),
    _Question[int]("capacity", lambda of: of.capacity),
    _Question[str]("openingHours", lambda of: of.opening_hours, _same_hours),
    _Question[int]("maxHeightCm", lambda of: of.max_height_cm),
)


def disagreements(place: Place) -> tuple[Disagreement, ...]:
    """Names and addresses are left out: they are spelt in many ways that are all right."""
    asked = (question.ask(place) for question in _QUESTIONS)
    return tuple(found for found in asked if found)
