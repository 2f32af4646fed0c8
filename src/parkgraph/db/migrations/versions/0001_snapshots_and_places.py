"""Stored snapshots of networks; places and the listings that belong to them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the three tables."""
    op.create_table(
        "snapshots",
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True)),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("network", "part", name="pk_snapshots"),
        sa.CheckConstraint("part IN ('listings', 'occupancies')", name=op.f("ck_snapshots_part")),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("local_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
        sa.UniqueConstraint("seq", name="uq_places_seq"),
        sa.UniqueConstraint("network", "local_id", name="uq_places_network_local_id"),
    )
    op.create_table(
        "place_listings",
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("local_id", sa.Text, nullable=False),
        sa.Column("place_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("network", "local_id", name="pk_place_listings"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_place_listings_place_id_places"),
    )
    op.create_index("ix_place_listings_place_id", "place_listings", ["place_id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("place_listings")
    op.drop_table("places")
    op.drop_table("snapshots")
