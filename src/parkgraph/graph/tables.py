"""What lasts of the graph: the ids of places with the listings that they stand for, and what operators pinned."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Text, UniqueConstraint, func
from sqlmodel import Field

from parkgraph.db.table import Table


class PlaceRow(Table, table=True):
    """An id that was handed out, and the listing that founded it. The lower `seq` is the elder of two."""

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
    """A listing, besides the founder, that an id stands for, or (not `stands`) no longer does.

    The lower `seq` is the senior of two. It is new with each change, so that other processes read what is new.
    """

    __tablename__ = "place_listings"

    place_id: UUID = Field(primary_key=True, foreign_key="places.id")
    network: str = Field(primary_key=True, sa_type=Text)
    local_id: str = Field(primary_key=True, sa_type=Text)
    stands: bool
    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), unique=True, nullable=False)
    )


class MatchPinRow(Table, table=True):
    """What an operator decided of two listings: that they are the same place, or that they are not."""

    __tablename__ = "match_pins"
    __table_args__ = (CheckConstraint("(network_a, local_id_a) <> (network_b, local_id_b)", name="two"),)

    network_a: str = Field(primary_key=True, sa_type=Text)
    local_id_a: str = Field(primary_key=True, sa_type=Text)
    network_b: str = Field(primary_key=True, sa_type=Text)
    local_id_b: str = Field(primary_key=True, sa_type=Text)
    same: bool
    pinned_by: str | None = Field(default=None, sa_type=Text)  # an account; none: at the command line
    pinned_at: datetime = Field(sa_type=DateTime(timezone=True))
    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), unique=True, nullable=False)
    )
