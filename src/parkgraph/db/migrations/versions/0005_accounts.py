"""API keys."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("scope", sa.Text),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("slot", sa.SmallInteger),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("uuid", name="uq_api_keys_uuid"),
        sa.UniqueConstraint("account", "label", "slot", name="uq_api_keys_account_label_slot"),
        sa.CheckConstraint("slot IN (1, 2)", name=op.f("ck_api_keys_slot")),
        sa.CheckConstraint("revoked_at IS NULL OR slot IS NULL", name=op.f("ck_api_keys_revoked")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_api_keys_digest")),
        sa.CheckConstraint("account <> ''", name=op.f("ck_api_keys_account")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_api_keys_expires")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("api_keys")
