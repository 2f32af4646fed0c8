"""Vehicles of accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "vehicles",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("plate", sa.LargeBinary, nullable=False),
        sa.Column("plate_digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("vehicle", postgresql.JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vehicles"),
        sa.UniqueConstraint("uuid", name="uq_vehicles_uuid"),
        sa.UniqueConstraint("account", "plate_digest", name="uq_vehicles_account_plate_digest"),
        sa.CheckConstraint("account <> ''", name=op.f("ck_vehicles_account")),
        sa.CheckConstraint("octet_length(plate_digest) = 32", name=op.f("ck_vehicles_plate_digest")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("vehicles")
