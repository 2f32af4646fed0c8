"""Bookings at networks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "network_bookings",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("key_digest", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("client_reference", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("local_id", sa.Text, nullable=False),
        sa.Column("offer_ref", sa.Text, nullable=False),
        sa.Column("arrive", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leave", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total_amount", sa.Numeric, nullable=False),
        sa.Column("total_currency", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True)),
        sa.Column("reference", sa.Text),
        sa.Column("charged_amount", sa.Numeric),
        sa.Column("charged_currency", sa.Text),
        sa.Column("instructions", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("cancellable_until", sa.DateTime(timezone=True)),
        sa.Column("refusal_reason", sa.Text),
        sa.Column("refusal_text", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_network_bookings"),
        sa.UniqueConstraint("uuid", name="uq_network_bookings_uuid"),
        sa.UniqueConstraint("client_reference", name="uq_network_bookings_client_reference"),
        sa.UniqueConstraint("principal", "key_digest", name="uq_network_bookings_principal_key_digest"),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'UNKNOWN', 'FAILED', 'REFUSED',"
            " 'PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED')",
            name=op.f("ck_network_bookings_status"),
        ),
        sa.CheckConstraint(
            "(status IN ('PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED')) = (reference IS NOT NULL)",
            name=op.f("ck_network_bookings_reference"),
        ),
        sa.CheckConstraint("(status = 'CANCELLING') = (was IS NOT NULL)", name=op.f("ck_network_bookings_was")),
        sa.CheckConstraint(
            "(status = 'REFUSED') = (refusal_reason IS NOT NULL AND refusal_text IS NOT NULL)",
            name=op.f("ck_network_bookings_refusal"),
        ),
        sa.CheckConstraint("leave > arrive", name=op.f("ck_network_bookings_leave")),
        sa.CheckConstraint(
            "(charged_amount IS NULL) = (charged_currency IS NULL)", name=op.f("ck_network_bookings_charged")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_network_bookings_version")),
    )
    op.create_index(
        "ix_network_bookings_check_at",
        "network_bookings",
        ["check_at"],
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("network_bookings")
