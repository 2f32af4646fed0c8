"""Private yards and their spaces."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, DateTime, Identity, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from parkgraph.db.table import Table


class YardRow(Table, table=True):
    """A yard. `uuid` is its public id; `version` counts its changes, so that a stale edit can be told."""

    __tablename__ = "yards"
    __table_args__ = (
        CheckConstraint(r"name ~ '\S'", name="name"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("max_height_cm > 0", name="max_height_cm"),
        CheckConstraint("max_width_cm > 0", name="max_width_cm"),
        CheckConstraint("max_length_cm > 0", name="max_length_cm"),
        CheckConstraint("max_weight_kg > 0", name="max_weight_kg"),
        CheckConstraint("jsonb_typeof(rates) = 'object'", name="rates"),
        CheckConstraint(
            "withdrawn_at IS NULL OR (published_at IS NOT NULL AND withdrawn_at >= published_at)", name="withdrawn_at"
        ),
        CheckConstraint("version > 0", name="version"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    uuid: UUID = Field(unique=True)
    owner_id: int | None = Field(default=None, sa_type=BigInteger)  # nobody's, as long as there are no accounts
    name: str = Field(sa_type=Text)
    address: str | None = Field(default=None, sa_type=Text)
    latitude: float
    longitude: float
    timezone: str = Field(sa_type=Text)  # IANA
    country: str = Field(sa_type=Text)  # ISO 3166-1 alpha-2
    kind: str = Field(sa_type=Text)
    opening_hours: str | None = Field(default=None, sa_type=Text)  # OSM
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    max_weight_kg: int | None = None
    features: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    description: str | None = Field(default=None, sa_type=Text)
    instructions: str | None = Field(default=None, sa_type=Text)
    rates: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))  # rates_form.py
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    version: int = 1
    created_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )
    updated_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )


class YardSpaceRow(Table, table=True):
    """One space for one vehicle, so that whoever parks there excludes others by its key.

    A plain count of six is six rows without a label.
    """

    __tablename__ = "yard_spaces"
    __table_args__ = (
        UniqueConstraint("yard_id", "label"),
        CheckConstraint(r"label ~ '\S'", name="label"),
        CheckConstraint("max_height_cm > 0", name="max_height_cm"),
        CheckConstraint("max_width_cm > 0", name="max_width_cm"),
        CheckConstraint("max_length_cm > 0", name="max_length_cm"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    label: str | None = Field(default=None, sa_type=Text)
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    ev: bool
    covered: bool
    accessible: bool
    audience: str = Field(sa_type=Text)
