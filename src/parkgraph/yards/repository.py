"""Yards in the database: read as they are stored, written once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Text, cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlmodel import col, select

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.yards import rates_form
from parkgraph.yards.tables import YardRow, YardSpaceRow
from parkgraph.yards.yard import Space, Yard


@dataclass(frozen=True, slots=True)
class StoredYard:
    """A yard's rows. `rates` is JSON as text: no number of it went through a float."""

    row: YardRow
    rates: str | None
    spaces: Sequence[YardSpaceRow]

    def read(self) -> Yard:
        """Raises ValueError for a yard that was stored otherwise than this ParkGraph stores it."""
        row = self.row
        return Yard(
            id=row.uuid,
            name=row.name,
            location=Coordinates(row.latitude, row.longitude),
            timezone=_zone(row.timezone),
            country=row.country,
            spaces=tuple(map(_space, self.spaces)),
            address=row.address,
            kind=PlaceKind(row.kind),
            opening_hours=row.opening_hours,
            max_height_cm=row.max_height_cm,
            max_width_cm=row.max_width_cm,
            max_length_cm=row.max_length_cm,
            max_weight_kg=row.max_weight_kg,
            features=frozenset(map(Feature, row.features)),
            description=row.description,
            instructions=row.instructions,
            rates=rates_form.read(self.rates) if self.rates is not None else None,
            published_at=row.published_at,
            withdrawn_at=row.withdrawn_at,
            updated_at=row.updated_at,
        )


class YardRepository:
    """`hidden`: yards that are never listed. Both methods raise what SQLAlchemy and asyncpg raise."""

    def __init__(self, database: Database, *, hidden: Collection[UUID] = ()) -> None:
        self._database = database
        self._hidden = hidden

    async def list_published(self) -> list[StoredYard]:
        """Every yard that is published and not withdrawn, with its spaces in the order in which they were added."""
        is_listed = (
            col(YardRow.published_at).is_not(None),
            col(YardRow.withdrawn_at).is_(None),
            col(YardRow.uuid).not_in(self._hidden),
        )
        no_rates = defer(col(YardRow.rates), raiseload=True)  # type: ignore[arg-type]  # a column is what it takes
        yards = select(YardRow, cast(YardRow.rates, Text)).where(*is_listed).order_by(col(YardRow.id))
        spaces = select(YardSpaceRow).join(YardRow).where(*is_listed)
        in_order = (col(YardSpaceRow.yard_id), col(YardSpaceRow.id))
        async with self._database.session() as session:
            # Both queries see the database at one moment.
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            rows = (await session.exec(yards.options(no_rates))).all()
            of_yards = groupby((await session.exec(spaces.order_by(*in_order))).all(), lambda space: space.yard_id)
            spaces_of: dict[int | None, Sequence[YardSpaceRow]] = {yard: tuple(group) for yard, group in of_yards}
        return [StoredYard(row, rates, spaces_of.get(row.id, ())) for row, rates in rows]

    async def add(self, yard: Yard) -> bool:
        """Store the yard and its spaces, unless there is a yard of this id; whether it was stored."""
        row = insert(YardRow).values(
            uuid=yard.id,
            name=yard.name,
            address=yard.address,
            latitude=yard.location.latitude,
            longitude=yard.location.longitude,
            timezone=yard.timezone.key,
            country=yard.country,
            kind=yard.kind,
            opening_hours=yard.opening_hours,
            max_height_cm=yard.max_height_cm,
            max_width_cm=yard.max_width_cm,
            max_length_cm=yard.max_length_cm,
            max_weight_kg=yard.max_weight_kg,
            features=sorted(yard.features),
            description=yard.description,
            instructions=yard.instructions,
            rates=rates_form.write(yard.rates) if yard.rates else None,
            published_at=yard.published_at,
            withdrawn_at=yard.withdrawn_at,
        )
        async with self._database.session() as session:
            added = await session.exec(row.on_conflict_do_nothing(index_elements=["uuid"]).returning(col(YardRow.id)))
            yard_id = added.scalar_one_or_none()
            if yard_id is None:
                return False
            session.add_all(_space_row(yard_id, space) for space in yard.spaces)
            await session.commit()
            return True


def _space(row: YardSpaceRow) -> Space:
    return Space(
        label=row.label,
        max_height_cm=row.max_height_cm,
        max_width_cm=row.max_width_cm,
        max_length_cm=row.max_length_cm,
        ev=row.ev,
        covered=row.covered,
        accessible=row.accessible,
        audience=Audience(row.audience),
    )


def _space_row(yard_id: int, space: Space) -> YardSpaceRow:
    return YardSpaceRow(
        yard_id=yard_id,
        label=space.label,
        max_height_cm=space.max_height_cm,
        max_width_cm=space.max_width_cm,
        max_length_cm=space.max_length_cm,
        ev=space.ev,
        covered=space.covered,
        accessible=space.accessible,
        audience=space.audience,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # a folder of zones is an OSError
        raise ValueError(f"there is no time zone {name!r}") from None
