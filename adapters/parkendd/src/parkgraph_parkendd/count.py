"""What a document says of one car park, ending in a listing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import AudienceCapacity, Occupancy, OccupancyLevel, level_of
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import RowRejected, one_line
from parkgraph_parkendd.facts import Facts

MAX_SPACES: Final = 100_000
KINDS: Final = (
    ("tiefgarage", PlaceKind.UNDERGROUND),
    ("parkhaus", PlaceKind.GARAGE),
    ("parkgarage", PlaceKind.GARAGE),
    ("park-carpet", PlaceKind.SURFACE),
    ("park-and-ride", PlaceKind.PARK_AND_RIDE),
    ("p+r", PlaceKind.PARK_AND_RIDE),
    ("parkplatz", PlaceKind.SURFACE),
    ("parkplätze", PlaceKind.SURFACE),
    ("straße", PlaceKind.ON_STREET),
)
"""Words in a type or a name, of which the first one counts."""


def _text(value: object) -> object:
    return one_line(value) or None if isinstance(value, str) else value


def _spaces(value: object) -> int | None:
    """Unknown, where it is no number of spaces: sources write -1, and text."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SPACES
    return value if known and isinstance(value, int) else None


Text = Annotated[str, BeforeValidator(_text), Field(max_length=200)]
LongText = Annotated[str, BeforeValidator(_text), Field(max_length=2_000)]
Spaces = Annotated[int | None, BeforeValidator(_spaces)]


def kind_of(words: str | None) -> PlaceKind:
    said = (words or "").lower()
    return next((kind for word, kind in KINDS if word in said), PlaceKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Count:
    """`is_live`: whether `vacant` and `closed` say anything."""

    id: str
    name: str | None
    location: Coordinates | None = None
    kind: PlaceKind = PlaceKind.UNKNOWN
    address: str | None = None
    url: str | None = None
    opening_hours: str | None = None
    capacity: int | None = None
    audiences: tuple[AudienceCapacity, ...] = ()
    vacant: int | None = None
    closed: bool = False
    observed_at: datetime | None = None

    def to_listing(self, facts: Facts) -> Listing:
        """Raises RowRejected where nobody knows its position."""
        more = facts.find(self.id, *([self.name] if self.name else []))
        location = self.location or (more.location if more else None)
        if location is None:
            raise RowRejected("it has no position, here or in geojson_url")
        capacity = self.capacity or (more.total if more else None) or None
        return Listing(
            local_id=self.id,
            name=self.name or (more.name if more else None) or self.id,
            location=location,
            kind=self.kind if self.kind is not PlaceKind.UNKNOWN else kind_of(more.type if more else None),
            address=self.address or (more.address if more else None),
            capacity=capacity,
            occupancy=self._occupancy(capacity),
            audiences=self.audiences,
            opening_hours=self.opening_hours,
            url=self.url,
        )

    def _occupancy(self, capacity: int | None) -> Occupancy | None:
        """More vacant than there are were counted among others."""
        if self.vacant is None and not self.closed:
            return None
        among = None if capacity is not None and self.vacant is not None and self.vacant > capacity else capacity
        level = OccupancyLevel.CLOSED if self.closed else level_of(self.vacant, among)
        return Occupancy(self.vacant, among, level, self.observed_at)
