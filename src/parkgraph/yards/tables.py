"""Private yards and their spaces."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Numeric,
    Text,
    func,
    text,
)
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
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="location"),
        CheckConstraint("published_at IS NULL OR latitude IS NOT NULL", name="published"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("max_height_cm > 0", name="max_height_cm"),
        CheckConstraint("max_width_cm > 0", name="max_width_cm"),
        CheckConstraint("max_length_cm > 0", name="max_length_cm"),
        CheckConstraint("max_weight_kg > 0", name="max_weight_kg"),
        CheckConstraint("jsonb_typeof(rates) = 'object'", name="rates"),
        CheckConstraint("jsonb_typeof(exceptions) = 'array'", name="exceptions"),
        CheckConstraint("(access_code IS NOT NULL) = (access_method IS NOT DISTINCT FROM 'CODE')", name="access_code"),
        CheckConstraint("cancel_free_hours >= 0", name="cancel_free_hours"),
        CheckConstraint("cancel_refund_percent BETWEEN 0 AND 100", name="cancel_refund_percent"),
        CheckConstraint("owner_percent BETWEEN 0 AND 100", name="owner_percent"),
        CheckConstraint(
            "withdrawn_at IS NULL OR (published_at IS NOT NULL AND withdrawn_at >= published_at)", name="withdrawn_at"
        ),
        CheckConstraint("version > 0", name="version"),
        Index(None, "owner", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    uuid: UUID = Field(unique=True)
    owner: str | None = Field(default=None, sa_type=Text)  # an account's subject; the demo's yard is nobody's
    name: str = Field(sa_type=Text)
    address: str | None = Field(default=None, sa_type=Text)
    latitude: float | None = None
    longitude: float | None = None
    timezone: str = Field(sa_type=Text)  # IANA
    country: str = Field(sa_type=Text)  # ISO 3166-1 alpha-2
    kind: str = Field(sa_type=Text)
    opening_hours: str | None = Field(default=None, sa_type=Text)  # OSM
    exceptions: list[dict[str, object]] = Field(
        sa_column=Column(JSONB, server_default=text("'[]'::jsonb"), nullable=False)  # stored.py
    )
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    max_weight_kg: int | None = None
    features: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    description: str | None = Field(default=None, sa_type=Text)
    photos: list[str] = Field(sa_column=Column(ARRAY(Text), server_default=text("'{}'::text[]"), nullable=False))
    access_method: str | None = Field(default=None, sa_type=Text)
    access_code: str | None = Field(default=None, sa_type=Text)
    instructions: str | None = Field(default=None, sa_type=Text)
    approval_required: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    cancel_free_hours: int = Field(default=24, sa_column_kwargs={"server_default": text("24")})
    cancel_refund_percent: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    owner_percent: Decimal = Field(
        default=Decimal(100), sa_column=Column(Numeric(5, 2), server_default=text("100"), nullable=False)
    )
    payout_reference: str | None = Field(default=None, sa_type=Text)
    rates: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))  # rates_form.py
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    version: int = 1
    fingerprint: bytes | None = None  # of the wish to create it, keyed by its idempotency key
    created_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )
    updated_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )


class YardSpaceRow(Table, table=True):
    """One space for one vehicle, so that whoever parks there excludes others by its key.

    A plain count of six is six rows without a label. One that is taken away stays for the bookings that it had, with
    `removed_at` set: nothing new may be put there.
    """

    __tablename__ = "yard_spaces"
    __table_args__ = (
        Index(
            "uq_yard_spaces_yard_id_label", "yard_id", "label", unique=True, postgresql_where=text("removed_at IS NULL")
        ),
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
    removed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
