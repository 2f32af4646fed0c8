"""A lot of ParkAPI v1, as `GET /Dresden` lists them. Times are UTC, written without an offset."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AliasChoices, BeforeValidator, Field

from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.sdk import Row, RowRejected
from parkgraph_parkendd.count import Count, LongText, Spaces, Text, kind_of
from parkgraph_parkendd.facts import position

_BLANKS: Final = re.compile(r"\s*([-–])\s*")
NO_COUNT: Final = frozenset({"nodata", "unknown"})
"""States in which `free` is a placeholder, and mostly 0: `unknown` counts where it says more than 0."""

Degrees = Annotated[float, BeforeValidator(lambda value: float(value) if type(value) is int else value)]


class Position(Row):
    lat: Degrees
    lng: Degrees = Field(validation_alias=AliasChoices("lng", "lon"))


class Lot(Row):
    """Only a name is required: the first servers had no ids, and some lots no position."""

    id: Text | None = None
    name: Text = Field(min_length=1)
    coords: Position | None = None
    total: Spaces = Field(default=None, validation_alias=AliasChoices("total", "count"))
    free: Spaces = None
    total_disabled: Spaces = Field(default=None, validation_alias="total:disabled")
    free_disabled: Spaces = Field(default=None, validation_alias="free:disabled")
    state: Text | None = None
    lot_type: Text | None = Field(default=None, validation_alias=AliasChoices("lot_type", "type"))
    address: Text | None = None
    url: LongText | None = None
    opening_hours: LongText | None = None

    def to_count(self, updated: datetime | None) -> Count:
        state = (self.state or "").lower()
        free = None if state == "nodata" or (state in NO_COUNT and not self.free) else self.free
        if self.total == 0 == free:
            free = None
        words = (self.lot_type or "").lower()
        if "fahrrad" in words or "wohnmobil" in words or words == "bus":
            raise RowRejected("it is not for cars")
        return Count(
            id=self.id or self._made_id(),
            name=self.name,
            location=position(self.coords.lng, self.coords.lat) if self.coords else None,
            kind=kind_of(self.lot_type),
            address=self.address,
            url=self.url if (self.url or "").startswith(("http://", "https://")) else None,
            opening_hours=self.opening_hours and _BLANKS.sub("-", self.opening_hours),
            capacity=self.total,
            audiences=self._audiences(),
            vacant=free,
            closed=state == "closed",
            observed_at=updated,
        )

    def _made_id(self) -> str:
        """Neither name nor position alone tells neighbours apart."""
        where = f" {self.coords.lat:.6f} {self.coords.lng:.6f}" if self.coords else ""
        return f"{self.name}{where}"

    def _audiences(self) -> tuple[AudienceCapacity, ...]:
        if not self.total_disabled:
            return ()
        free = self.free_disabled
        known = None if free is not None and free > self.total_disabled else free
        return (AudienceCapacity(Audience.DISABLED, self.total_disabled, known),)


def to_count(row: object, updated: datetime | None) -> Count:
    """A row as it came. Raises ValueError where it is not what the network promises."""
    return Lot.model_validate(row).to_count(updated)


def utc(value: object) -> datetime | None:
    """None for what is no time."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
