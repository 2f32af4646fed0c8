"""One row of live data (data=vacancy), ending in an update."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from parkgraph.domain.occupancy import (
    Audience,
    AudienceCapacity,
    Occupancy,
    OccupancyLevel,
    OccupancyUpdate,
    level_of,
)
from parkgraph.sdk import RowRejected
from parkgraph_hongkong.row import Count, Instant, Row, Text
from parkgraph_hongkong.values import objects


class Vacancy(Row):
    """`vacancy_type` says what `vacancy` is: A a count, B 0 (full) or 1 (not full), C nothing: closed."""

    vacancy_type: Text = Field(default=None, alias="vacancy_type")
    vacancy: Count = None
    vacancy_dis: Count = Field(default=None, alias="vacancyDIS")
    vacancy_ev: Count = Field(default=None, alias="vacancyEV")
    last_update: Instant = Field(default=None, alias="lastupdate")
    category: Text = None

    def to_occupancy(self) -> Occupancy:
        match self.vacancy_type:
            case "A":
                level, vacant = level_of(self.vacancy, None), self.vacancy
            case "B" if self.vacancy is not None:
                level, vacant = OccupancyLevel.VACANT if self.vacancy else OccupancyLevel.FULL, None
            case "C":
                level, vacant = OccupancyLevel.CLOSED, None
            case _:
                level, vacant = OccupancyLevel.UNKNOWN, None
        return Occupancy(vacant=vacant, level=level, observed_at=self.last_update)

    def to_audiences(self) -> tuple[AudienceCapacity, ...]:
        """Counts only: beside a B or a C, the other figures mean nothing."""
        if self.vacancy_type != "A":
            return ()
        vacancies = ((Audience.DISABLED, self.vacancy_dis), (Audience.ELECTRIC, self.vacancy_ev))
        return tuple(AudienceCapacity(audience, vacant=vacant) for audience, vacant in vacancies if vacant is not None)


class Park(Row):
    park_id: Text = Field(default=None, alias="park_Id")


class Entries(Row):
    entries: Annotated[tuple[Vacancy, ...], BeforeValidator(objects)] = ()


def to_update(row: object, vehicle: str) -> OccupancyUpdate:
    """A row of data=vacancy as an update. Raises ValueError (pydantic's too) where there is not one count."""
    park = Park.model_validate(row)
    if park.park_id is None:
        raise RowRejected("it has no id")
    given = row.get(vehicle) if isinstance(row, dict) else None
    entries = [entry for entry in Entries(entries=given).entries if (entry.category or "HOURLY").upper() == "HOURLY"]
    if len(entries) != 1:
        raise RowRejected("it has no count for this kind of vehicle" if not entries else "it has several counts")
    (entry,) = entries
    return OccupancyUpdate(park.park_id, entry.to_occupancy(), entry.to_audiences())
