"""Quotes, bookings, permits and blocks of yards, and the one table in which all of them take their room."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
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
    UniqueConstraint,
    column,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint
from sqlmodel import Field

from parkgraph.db.table import Table


def _key() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))


class YardTariffRow(Table, table=True):
    """Rates of a yard that a quote was made by; they stay those of its booking, whatever the yard's become."""

    __tablename__ = "yard_tariffs"
    __table_args__ = (
        UniqueConstraint("yard_id", "digest"),
        CheckConstraint("jsonb_typeof(rates) = 'object'", name="rates"),
    )

    id: int | None = _key()
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    digest: bytes
    rates: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))  # rates_form.py


class YardQuoteRow(Table, table=True):
    """A price that holds for a while. Removed a day after that."""

    __tablename__ = "yard_quotes"
    __table_args__ = (
        CheckConstraint("leave > arrive", name="leave"),
        CheckConstraint("total_amount >= 0", name="total"),
        Index(None, "valid_until"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    principal: str = Field(sa_type=Text)
    arrive: datetime = Field(sa_type=DateTime(timezone=True))
    leave: datetime = Field(sa_type=DateTime(timezone=True))
    vehicle: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    total_amount: Decimal = Field(sa_type=Numeric)
    currency: str = Field(sa_type=Text)
    lines: list[object] = Field(sa_column=Column(JSONB, nullable=False))
    tariff_id: int = Field(foreign_key="yard_tariffs.id", sa_type=BigInteger)
    free_hours: int
    refund_percent: int
    needs_approval: bool
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    valid_until: datetime = Field(sa_type=DateTime(timezone=True))


class YardBookingRow(Table, table=True):
    """One stay of one vehicle. While it keeps a space, its room is in `yard_occupations`."""

    __tablename__ = "yard_bookings"
    __table_args__ = (
        UniqueConstraint("principal", "key_digest"),
        CheckConstraint("principal <> ''", name="principal"),
        CheckConstraint(
            "status IN ('HELD', 'REQUESTED', 'CONFIRMED', 'CANCELLED', 'DECLINED', 'NO_SHOW', 'EXPIRED')",
            name="status",
        ),
        CheckConstraint("(status IN ('HELD', 'REQUESTED')) = (waits_until IS NOT NULL)", name="waits_until"),
        CheckConstraint("leave > arrive", name="leave"),
        CheckConstraint("total_amount >= 0 AND paid_amount >= 0", name="total"),
        CheckConstraint("version > 0", name="version"),
        Index(None, "yard_id", "arrive"),
        Index(None, "principal", "arrive", "id"),
        Index(None, "plate_digest"),
        Index("ix_yard_bookings_waits_until", "waits_until", postgresql_where=text("waits_until IS NOT NULL")),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    space_id: int = Field(foreign_key="yard_spaces.id", sa_type=BigInteger)
    principal: str = Field(sa_type=Text)
    key_digest: bytes  # of the idempotency key
    fingerprint: bytes  # of the request, keyed by the idempotency key
    quote: UUID = Field(unique=True)  # a quote is booked once
    status: str = Field(sa_type=Text)
    waits_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    arrive: datetime = Field(sa_type=DateTime(timezone=True))
    leave: datetime = Field(sa_type=DateTime(timezone=True))
    vehicle: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    plate: bytes  # encrypted
    plate_digest: bytes  # keyed, to look it up
    total_amount: Decimal = Field(sa_type=Numeric)
    paid_amount: Decimal = Field(sa_type=Numeric)
    currency: str = Field(sa_type=Text)
    lines: list[object] = Field(sa_column=Column(JSONB, nullable=False))
    tariff_id: int = Field(foreign_key="yard_tariffs.id", sa_type=BigInteger)
    free_hours: int
    refund_percent: int
    needs_approval: bool
    version: int = 1
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class YardBlockRow(Table, table=True):
    """When a space is not to be had, or with `space_id` NULL the whole yard, spaces that are added later included."""

    __tablename__ = "yard_blocks"
    __table_args__ = (
        UniqueConstraint("principal", "key_digest"),
        CheckConstraint("ends > begins", name="ends"),
        Index(None, "yard_id", "ends"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    space_id: int | None = Field(default=None, foreign_key="yard_spaces.id", sa_type=BigInteger)
    principal: str = Field(sa_type=Text)
    key_digest: bytes
    fingerprint: bytes
    begins: datetime = Field(sa_type=DateTime(timezone=True))
    ends: datetime = Field(sa_type=DateTime(timezone=True))
    note: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    lifted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class YardPermitRow(Table, table=True):
    """The same hours on the same space, again and again, from the first date to the last."""

    __tablename__ = "yard_permits"
    __table_args__ = (
        UniqueConstraint("principal", "key_digest"),
        CheckConstraint("last >= first", name="last"),
        CheckConstraint("cardinality(days) > 0", name="days"),
        CheckConstraint("(plate IS NULL) = (plate_digest IS NULL)", name="plate"),
        Index(None, "yard_id", "last"),
        Index(None, "plate_digest"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    space_id: int = Field(foreign_key="yard_spaces.id", sa_type=BigInteger)
    principal: str = Field(sa_type=Text)
    key_digest: bytes
    fingerprint: bytes
    holder: str = Field(sa_type=Text)
    plate: bytes | None = None  # encrypted
    plate_digest: bytes | None = None
    starts: time
    ends: time
    days: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    except_holidays: bool
    first: date
    last: date
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class YardOccupationRow(Table, table=True):
    """A space is taken for a while, by a booking, a block or one occasion of a permit; never by two at once.

    `expires_at`: when what is not confirmed loses its room; who needs the room then removes it.
    """

    __tablename__ = "yard_occupations"
    __table_args__ = (
        ExcludeConstraint(
            (func.int8range(column("space_id"), column("space_id"), text("'[]'")), "&&"),
            ("during", "&&"),
            name="ex_yard_occupations_during",
            using="gist",
        ),
        CheckConstraint("kind IN ('BOOKING', 'BLOCK', 'PERMIT')", name="kind"),
        CheckConstraint(
            "(kind = 'BOOKING') = (booking_id IS NOT NULL) AND (kind = 'BLOCK') = (block_id IS NOT NULL)"
            " AND (kind = 'PERMIT') = (permit_id IS NOT NULL)",
            name="of",
        ),
        CheckConstraint("expires_at IS NULL OR kind = 'BOOKING'", name="expires_at"),
        CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)"
            " AND lower_inc(during) AND NOT upper_inc(during)",
            name="during",
        ),
        UniqueConstraint("booking_id"),
        Index(None, "yard_id"),
        Index(None, "block_id"),
        Index(None, "permit_id"),
    )

    id: int | None = _key()
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    space_id: int = Field(foreign_key="yard_spaces.id", sa_type=BigInteger)
    during: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    kind: str = Field(sa_type=Text)
    booking_id: int | None = Field(default=None, foreign_key="yard_bookings.id", sa_type=BigInteger)
    block_id: int | None = Field(default=None, foreign_key="yard_blocks.id", sa_type=BigInteger)
    permit_id: int | None = Field(default=None, foreign_key="yard_permits.id", sa_type=BigInteger)
    expires_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
