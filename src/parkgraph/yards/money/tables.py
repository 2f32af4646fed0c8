"""Payments, the ledger, and what gateways have told."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    event,
    text,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field

from parkgraph.db.table import Table


def _key() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))


class YardPaymentRow(Table, table=True):
    """What one charge of a booking came to. The four sums, and the states that follow from them, are kept by the
    ledger's trigger alone.
    """

    __tablename__ = "yard_payments"
    __table_args__ = (
        Unique("booking", "version"),
        Index(
            "uq_yard_payments_open", "booking", unique=True, postgresql_where=text("state IN ('PENDING', 'AUTHORISED')")
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("owner_percent BETWEEN 0 AND 100", name="owner_percent"),
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
        CheckConstraint("captured BETWEEN 0 AND amount", name="captured"),
        CheckConstraint("refunded BETWEEN 0 AND captured", name="refunded"),
        CheckConstraint("received BETWEEN 0 AND captured", name="received"),
        CheckConstraint("paid_back BETWEEN 0 AND least(received, refunded)", name="paid_back"),
        CheckConstraint(
            "CASE WHEN state IN ('PENDING', 'AUTHORISED', 'FAILED', 'RELEASED') THEN captured = 0"
            " WHEN state = 'CAPTURED' THEN captured > refunded"
            " WHEN state = 'REFUNDED' THEN captured > 0 AND captured = refunded ELSE false END",
            name="state",
        ),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    booking: UUID  # its uuid
    version: int  # of the booking after this
    principal: str = Field(sa_type=Text)
    gateway: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    amount: Decimal = Field(sa_type=Numeric)
    currency: str = Field(sa_type=Text)
    owner_percent: Decimal = Field(sa_column=Column(Numeric(5, 2), nullable=False))
    tax_percent: Decimal = Field(sa_column=Column(Numeric(5, 2), nullable=False))
    captured: Decimal = Field(sa_column=Column(Numeric, server_default="0", nullable=False))
    refunded: Decimal = Field(sa_column=Column(Numeric, server_default="0", nullable=False))
    received: Decimal = Field(sa_column=Column(Numeric, server_default="0", nullable=False))
    paid_back: Decimal = Field(sa_column=Column(Numeric, server_default="0", nullable=False))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class YardLedgerRow(Table, table=True):
    """One transaction of double entry, all of it in one row, so that no half of it can be stored.

    What comes into an account is above zero, what it owes below. Rows are added and never changed. `reference` is the
    booking's version, or the gateway's event: each of them moves money of a payment once.
    """

    __tablename__ = "yard_ledger"
    __table_args__ = (
        Unique("payment_id", "movement", "reference"),
        CheckConstraint(
            "driver_receivable + owner_payable + platform_fee + tax + gateway_clearing = 0", name="balanced"
        ),
        CheckConstraint(
            "CASE movement WHEN 'CAPTURE' THEN driver_receivable > 0 AND gateway_clearing = 0"
            " WHEN 'REFUND' THEN driver_receivable < 0 AND gateway_clearing = 0"
            " WHEN 'RECEIPT' THEN gateway_clearing > 0 AND driver_receivable = -gateway_clearing"
            " WHEN 'PAYBACK' THEN gateway_clearing < 0 AND driver_receivable = -gateway_clearing"
            " ELSE false END",
            name="movement",
        ),
        Index(None, "yard_id", "at"),
    )

    id: int | None = _key()
    payment_id: int = Field(foreign_key="yard_payments.id", sa_type=BigInteger)
    yard_id: int = Field(foreign_key="yards.id", sa_type=BigInteger)
    movement: str = Field(sa_type=Text)
    reference: str = Field(sa_type=Text)
    currency: str = Field(sa_type=Text)
    driver_receivable: Decimal = Field(sa_type=Numeric)
    owner_payable: Decimal = Field(sa_type=Numeric)
    platform_fee: Decimal = Field(sa_type=Numeric)
    tax: Decimal = Field(sa_type=Numeric)
    gateway_clearing: Decimal = Field(sa_type=Numeric)
    at: datetime = Field(sa_type=DateTime(timezone=True))


class YardPaymentEventRow(Table, table=True):
    """What a gateway has told, once for each id of its own, however often it tells it."""

    __tablename__ = "yard_payment_events"
    __table_args__ = (
        Unique("gateway", "event"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
    )

    id: int | None = _key()
    gateway: str = Field(sa_type=Text)
    event: str = Field(sa_type=Text)
    digest: bytes  # of what was told
    payment_id: int = Field(foreign_key="yard_payments.id", sa_type=BigInteger)
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    applied_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class YardLinkRow(Table, table=True):
    """Which of a yard's signed links are valid: those of the last `generation`. Without a row it is 1."""

    __tablename__ = "yard_links"
    __table_args__ = (CheckConstraint("generation > 0", name="generation"),)

    yard_id: int = Field(sa_column=Column(BigInteger, ForeignKey("yards.id"), primary_key=True, autoincrement=False))
    generation: int


APPEND_ONLY: Final = """
CREATE OR REPLACE FUNCTION yard_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END
$$
"""
SUMS: Final = """
CREATE OR REPLACE FUNCTION yard_ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE yard_payments SET
        captured = captured + CASE NEW.movement WHEN 'CAPTURE' THEN NEW.driver_receivable ELSE 0 END,
        refunded = refunded - CASE NEW.movement WHEN 'REFUND' THEN NEW.driver_receivable ELSE 0 END,
        received = received + CASE NEW.movement WHEN 'RECEIPT' THEN NEW.gateway_clearing ELSE 0 END,
        paid_back = paid_back - CASE NEW.movement WHEN 'PAYBACK' THEN NEW.gateway_clearing ELSE 0 END,
        state = CASE NEW.movement
            WHEN 'CAPTURE' THEN 'CAPTURED'
            WHEN 'REFUND' THEN CASE WHEN captured = refunded - NEW.driver_receivable THEN 'REFUNDED' ELSE state END
            ELSE state END
    WHERE id = NEW.payment_id AND yard_id = NEW.yard_id AND currency = NEW.currency
        AND (NEW.movement <> 'CAPTURE' OR state = 'AUTHORISED');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such payment can be moved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$
"""
TRIGGERS: Final = (
    """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON yard_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION yard_ledger_is_append_only()
""",
    """
CREATE TRIGGER sums AFTER INSERT ON yard_ledger
    FOR EACH ROW EXECUTE FUNCTION yard_ledger_sums()
""",
)
for _statement in (APPEND_ONLY, SUMS, *TRIGGERS):
    event.listen(Table.metadata.tables["yard_ledger"], "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
