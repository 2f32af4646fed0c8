"""Bookings at networks."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlmodel import Field

from parkgraph.db.table import Table

STATUSES: Final = "'REQUESTED', 'UNKNOWN', 'FAILED', 'REFUSED', 'PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED'"


class NetworkBookingRow(Table, table=True):
    """One wish to book, whatever became of it. Nothing of the driver is kept: the network has it.

    `version` counts the changes, so that of two that change it at once, one learns that it was late.
    """

    __tablename__ = "network_bookings"
    __table_args__ = (
        UniqueConstraint("principal", "key_digest"),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint(
            "(status IN ('PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED')) = (reference IS NOT NULL)",
            name="reference",
        ),
        CheckConstraint("(status = 'CANCELLING') = (was IS NOT NULL)", name="was"),
        CheckConstraint(
            "(status = 'REFUSED') = (refusal_reason IS NOT NULL AND refusal_text IS NOT NULL)", name="refusal"
        ),
        CheckConstraint("leave > arrive", name="leave"),
        CheckConstraint("(charged_amount IS NULL) = (charged_currency IS NULL)", name="charged"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_network_bookings_check_at", "check_at", postgresql_where=text("check_at IS NOT NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    uuid: UUID = Field(unique=True)
    principal: str = Field(sa_type=Text)  # empty: nobody's
    key_digest: bytes  # of the idempotency key
    fingerprint: bytes  # of the request, keyed by the idempotency key
    client_reference: str = Field(sa_type=Text, unique=True)
    network: str = Field(sa_type=Text)
    local_id: str = Field(sa_type=Text)
    offer_ref: str = Field(sa_type=Text)
    arrive: datetime = Field(sa_type=DateTime(timezone=True))
    leave: datetime = Field(sa_type=DateTime(timezone=True))
    total_amount: Decimal = Field(sa_type=Numeric)
    total_currency: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    was: str | None = Field(default=None, sa_type=Text)
    attempted_at: datetime = Field(sa_type=DateTime(timezone=True))
    check_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    reference: str | None = Field(default=None, sa_type=Text)
    charged_amount: Decimal | None = Field(default=None, sa_type=Numeric)
    charged_currency: str | None = Field(default=None, sa_type=Text)
    instructions: str | None = Field(default=None, sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    cancellable_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    refusal_reason: str | None = Field(default=None, sa_type=Text)
    refusal_text: str | None = Field(default=None, sa_type=Text)
    version: int = 1
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )
