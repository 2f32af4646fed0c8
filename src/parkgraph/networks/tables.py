"""The stored snapshots of networks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Text
from sqlmodel import Field

from parkgraph.db.table import Table


class SnapshotRow(Table, table=True):
    """The last good answer of a network: its listings, or the occupancies that it publishes apart from them."""

    __tablename__ = "snapshots"
    __table_args__ = (CheckConstraint("part IN ('listings', 'occupancies')", name="part"),)

    network: str = Field(primary_key=True, sa_type=Text)
    part: str = Field(primary_key=True, sa_type=Text)
    body: bytes  # compressed JSON
    digest: str = Field(sa_type=Text)  # of the body before compression
    as_of: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))  # the network's own time
    taken_at: datetime = Field(sa_type=DateTime(timezone=True))  # when it was fetched
    items: int
    rejected: int
