"""Vehicles of accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from parkgraph.db.table import Table


class VehicleRow(Table, table=True):
    """One vehicle of an account, which has each plate once."""

    __tablename__ = "vehicles"
    __table_args__ = (
        UniqueConstraint("account", "plate_digest"),
        CheckConstraint("account <> ''", name="account"),
        CheckConstraint("octet_length(plate_digest) = 32", name="plate_digest"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    uuid: UUID = Field(unique=True)
    account: str = Field(sa_type=Text)
    plate: bytes  # encrypted
    plate_digest: bytes  # keyed, to find it by
    name: str | None = Field(default=None, sa_type=Text)
    vehicle: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
