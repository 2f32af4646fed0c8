"""A record of a CKAN data store, as Aarhus publishes the counts of its car parks."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from parkgraph.sdk import Row
from parkgraph_parkendd.count import Count, Spaces, Text
from parkgraph_parkendd.times import local


class Record(Row):
    """Vehicles are counted at the gates, and may be more than there are spaces."""

    code: Text = Field(validation_alias="garageCode", min_length=1)
    total: Spaces = Field(default=None, validation_alias="totalSpaces")
    vehicles: Spaces = Field(default=None, validation_alias="vehicleCount")
    date: Text | None = None

    @property
    def vacant(self) -> int | None:
        """Unknown where the counter says what cannot be."""
        if not self.total or self.vehicles is None or self.vehicles > self.total:
            return None
        return self.total - self.vehicles


def to_count(row: object, zone: ZoneInfo) -> Count:
    """A row as it came. Raises ValueError where it is not what the network promises."""
    record = Record.model_validate(row)
    return Count(
        id=record.code,
        name=None,
        capacity=record.total,
        vacant=record.vacant,
        observed_at=local(record.date, "%Y/%m/%d %H:%M:%S", zone) if record.date else None,
    )


def has_more(result: Mapping[str, Any]) -> bool:
    """Whether the store has more records than it sent."""
    total = result.get("total")
    return type(total) is int and total > len(result["records"])
