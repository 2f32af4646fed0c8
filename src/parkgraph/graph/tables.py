"""The stored identity of places: which listings are one place, and how old it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Text, UniqueConstraint, func
from sqlmodel import Field

from parkgraph.db.table import Table


class PlaceRow(Table, table=True):
    """A place, and the listing that founded it. The lower `seq` is the senior of two places."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("network", "local_id"),)

    id: UUID = Field(primary_key=True)  # identity.py founds it
    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), unique=True, nullable=False)
    )
    network: str = Field(sa_type=Text)
    local_id: str = Field(sa_type=Text)
    created_at: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False),
    )


class PlaceListingRow(Table, table=True):
    """The place that a listing belongs to."""

    __tablename__ = "place_listings"

    network: str = Field(primary_key=True, sa_type=Text)
    local_id: str = Field(primary_key=True, sa_type=Text)
    place_id: UUID = Field(foreign_key="places.id", index=True)
