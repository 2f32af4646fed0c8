"""Yards that their owners edit: whose they are, how one gets in, exceptions, terms; spaces that were taken away."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

_CHECKS = {
    "location": "(latitude IS NULL) = (longitude IS NULL)",
    "published": "published_at IS NULL OR latitude IS NOT NULL",
    "exceptions": "jsonb_typeof(exceptions) = 'array'",
    "access_code": "(access_code IS NOT NULL) = (access_method IS NOT DISTINCT FROM 'CODE')",
    "cancel_free_hours": "cancel_free_hours >= 0",
    "cancel_refund_percent": "cancel_refund_percent BETWEEN 0 AND 100",
    "owner_percent": "owner_percent BETWEEN 0 AND 100",
}
_COLUMNS = (
    "owner",
    "exceptions",
    "photos",
    "access_method",
    "access_code",
    "approval_required",
    "cancel_free_hours",
    "cancel_refund_percent",
    "owner_percent",
    "payout_reference",
)


def upgrade() -> None:
    """Adds the columns. A label counts among the spaces that are there."""
    op.drop_column("yards", "owner_id")
    op.alter_column("yards", "latitude", nullable=True)
    op.alter_column("yards", "longitude", nullable=True)
    for column in (
        sa.Column("owner", sa.Text),
        sa.Column("exceptions", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("photos", sa.ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("access_method", sa.Text),
        sa.Column("access_code", sa.Text),
        sa.Column("approval_required", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("cancel_free_hours", sa.Integer, server_default=sa.text("24"), nullable=False),
        sa.Column("cancel_refund_percent", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("owner_percent", sa.Numeric(5, 2), server_default=sa.text("100"), nullable=False),
        sa.Column("payout_reference", sa.Text),
    ):
        op.add_column("yards", column)
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_yards_{name}"), "yards", condition)
    op.create_index("ix_yards_owner_id", "yards", ["owner", "id"])
    op.add_column("yard_spaces", sa.Column("removed_at", sa.DateTime(timezone=True)))
    op.drop_constraint("uq_yard_spaces_yard_id_label", "yard_spaces")
    op.create_index(
        "uq_yard_spaces_yard_id_label",
        "yard_spaces",
        ["yard_id", "label"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    """Drops them, every yard without a location, and every space taken away; refused where one of those was booked."""
    op.execute("DELETE FROM yard_spaces WHERE removed_at IS NOT NULL")
    op.drop_index("uq_yard_spaces_yard_id_label", "yard_spaces")
    op.create_unique_constraint("uq_yard_spaces_yard_id_label", "yard_spaces", ["yard_id", "label"])
    op.drop_column("yard_spaces", "removed_at")
    op.drop_index("ix_yards_owner_id", "yards")
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_yards_{name}"), "yards")
    for column in _COLUMNS:
        op.drop_column("yards", column)
    op.execute("DELETE FROM yard_spaces WHERE yard_id IN (SELECT id FROM yards WHERE latitude IS NULL)")
    op.execute("DELETE FROM yards WHERE latitude IS NULL")
    op.alter_column("yards", "latitude", nullable=False)
    op.alter_column("yards", "longitude", nullable=False)
    op.add_column("yards", sa.Column("owner_id", sa.BigInteger))
