"""What all payload classes share: they read the library's objects, which were made without a check of their values."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from parkgraph.domain.occupancy import Audience
from parkgraph.sdk import one_line

Believed = Callable[[datetime | None], datetime | None]
"""Which of the times are the source's own; see `Reading.believed`."""

AUDIENCES: Final = {
    "DISABLED": Audience.DISABLED,
    "WOMEN": Audience.WOMEN,
    "FAMILY": Audience.FAMILY,
    "CHARGING": Audience.ELECTRIC,
    "RESIDENT": Audience.RESIDENTS,
}


class Row(BaseModel):
    """Attributes of one object; versions of the library differ in which there are."""

    model_config = ConfigDict(from_attributes=True, strict=True, frozen=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return plain(value)


def plain(value: object) -> object:
    """An Enum's value, and None for the library's own mark of what is absent."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return None if type(value).__name__ == "UnsetValueType" else value


def _text(value: Any) -> Any:
    return one_line(value) or None if isinstance(value, str) else value


def _count(value: object) -> int | None:
    """None for what is no number of spaces: sources write -1, and converters pass it on."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000 else None


Text = Annotated[str, BeforeValidator(_text), Field(max_length=1_000)]
LongText = Annotated[str, BeforeValidator(_text), Field(max_length=5_000)]
Count = Annotated[int | None, BeforeValidator(_count)]
Degrees = Annotated[float, BeforeValidator(lambda value: float(value) if isinstance(value, Decimal) else value)]


class Restriction(Row):
    """Spaces for one audience where it counts them; without a number, the whole site or spot is meant."""

    type: str | None = None
    hours: str | None = None
    capacity: Count = None
    realtime_capacity: Count = None
    realtime_free_capacity: Count = None

    @property
    def audience(self) -> Audience | None:
        return AUDIENCES.get(self.type or "")

    @property
    def of_all(self) -> bool:
        """Whether it sets the whole aside, at all hours."""
        counts = (self.capacity, self.realtime_capacity, self.realtime_free_capacity)
        return self.type is not None and not self.hours and counts == (None, None, None)
