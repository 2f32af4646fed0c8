"""Payments of yards, the ledger, what gateways tell, signed links; and the calendar's index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_APPEND_ONLY = """
CREATE OR REPLACE FUNCTION yard_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END
$$
"""
_SUMS = """
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
_TRIGGERS = (
    """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON yard_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION yard_ledger_is_append_only()
""",
    """
CREATE TRIGGER sums AFTER INSERT ON yard_ledger
    FOR EACH ROW EXECUTE FUNCTION yard_ledger_sums()
""",
)


def upgrade() -> None:
    """Makes the four tables and the index."""
    _create_payments()
    _create_ledger()
    op.create_table(
        "yard_payment_events",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("payment_id", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_yard_payment_events"),
        sa.UniqueConstraint("gateway", "event", name="uq_yard_payment_events_gateway_event"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["yard_payments.id"], name="fk_yard_payment_events_payment_id_yard_payments"
        ),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_yard_payment_events_digest")),
    )
    op.create_table(
        "yard_links",
        sa.Column("yard_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("yard_id", name="pk_yard_links"),
        sa.ForeignKeyConstraint(["yard_id"], ["yards.id"], name="fk_yard_links_yard_id_yards"),
        sa.CheckConstraint("generation > 0", name=op.f("ck_yard_links_generation")),
    )
    op.create_index(
        "ix_yard_occupations_calendar",
        "yard_occupations",
        ["yard_id", sa.text("upper(during)")],
        postgresql_include=["during", "space_id", "kind", "booking_id", "expires_at"],
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_index("ix_yard_occupations_calendar", "yard_occupations")
    for table in ("yard_links", "yard_payment_events", "yard_ledger", "yard_payments"):
        op.drop_table(table)
    op.execute("DROP FUNCTION yard_ledger_sums()")
    op.execute("DROP FUNCTION yard_ledger_is_append_only()")


def _create_payments() -> None:
    op.create_table(
        "yard_payments",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("yard_id", sa.BigInteger, nullable=False),
        sa.Column("booking", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("amount", sa.Numeric, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("owner_percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("tax_percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("captured", sa.Numeric, server_default="0", nullable=False),
        sa.Column("refunded", sa.Numeric, server_default="0", nullable=False),
        sa.Column("received", sa.Numeric, server_default="0", nullable=False),
        sa.Column("paid_back", sa.Numeric, server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_yard_payments"),
        sa.UniqueConstraint("uuid", name="uq_yard_payments_uuid"),
        sa.UniqueConstraint("booking", "version", name="uq_yard_payments_booking_version"),
        sa.ForeignKeyConstraint(["yard_id"], ["yards.id"], name="fk_yard_payments_yard_id_yards"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_yard_payments_amount")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_yard_payments_currency")),
        sa.CheckConstraint("owner_percent BETWEEN 0 AND 100", name=op.f("ck_yard_payments_owner_percent")),
        sa.CheckConstraint("tax_percent BETWEEN 0 AND 100", name=op.f("ck_yard_payments_tax_percent")),
        sa.CheckConstraint("captured BETWEEN 0 AND amount", name=op.f("ck_yard_payments_captured")),
        sa.CheckConstraint("refunded BETWEEN 0 AND captured", name=op.f("ck_yard_payments_refunded")),
        sa.CheckConstraint("received BETWEEN 0 AND captured", name=op.f("ck_yard_payments_received")),
        sa.CheckConstraint(
            "paid_back BETWEEN 0 AND least(received, refunded)", name=op.f("ck_yard_payments_paid_back")
        ),
        sa.CheckConstraint(
            "CASE WHEN state IN ('PENDING', 'AUTHORISED', 'FAILED', 'RELEASED') THEN captured = 0"
            " WHEN state = 'CAPTURED' THEN captured > refunded"
            " WHEN state = 'REFUNDED' THEN captured > 0 AND captured = refunded ELSE false END",
            name=op.f("ck_yard_payments_state"),
        ),
    )
    op.create_index(
        "uq_yard_payments_open",
        "yard_payments",
        ["booking"],
        unique=True,
        postgresql_where=sa.text("state IN ('PENDING', 'AUTHORISED')"),
    )


def _create_ledger() -> None:
    op.create_table(
        "yard_ledger",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.BigInteger, nullable=False),
        sa.Column("yard_id", sa.BigInteger, nullable=False),
        sa.Column("movement", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("driver_receivable", sa.Numeric, nullable=False),
        sa.Column("owner_payable", sa.Numeric, nullable=False),
        sa.Column("platform_fee", sa.Numeric, nullable=False),
        sa.Column("tax", sa.Numeric, nullable=False),
        sa.Column("gateway_clearing", sa.Numeric, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_yard_ledger"),
        sa.UniqueConstraint("payment_id", "movement", "reference", name="uq_yard_ledger_payment_id_movement_reference"),
        sa.ForeignKeyConstraint(["payment_id"], ["yard_payments.id"], name="fk_yard_ledger_payment_id_yard_payments"),
        sa.ForeignKeyConstraint(["yard_id"], ["yards.id"], name="fk_yard_ledger_yard_id_yards"),
        sa.CheckConstraint(
            "driver_receivable + owner_payable + platform_fee + tax + gateway_clearing = 0",
            name=op.f("ck_yard_ledger_balanced"),
        ),
        sa.CheckConstraint(
            "CASE movement WHEN 'CAPTURE' THEN driver_receivable > 0 AND gateway_clearing = 0"
            " WHEN 'REFUND' THEN driver_receivable < 0 AND gateway_clearing = 0"
            " WHEN 'RECEIPT' THEN gateway_clearing > 0 AND driver_receivable = -gateway_clearing"
            " WHEN 'PAYBACK' THEN gateway_clearing < 0 AND driver_receivable = -gateway_clearing"
            " ELSE false END",
            name=op.f("ck_yard_ledger_movement"),
        ),
    )
    op.create_index("ix_yard_ledger_yard_id_at", "yard_ledger", ["yard_id", "at"])
    for statement in (_APPEND_ONLY, _SUMS, *_TRIGGERS):
        op.execute(statement)
