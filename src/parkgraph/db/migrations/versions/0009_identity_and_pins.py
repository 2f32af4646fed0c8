"""Ids of places stand for several listings; and what operators pinned."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_FOUNDERS = """
DELETE FROM place_listings USING places
WHERE places.id = place_id AND places.network = place_listings.network AND places.local_id = place_listings.local_id
"""
_LAST = """
DELETE FROM place_listings AS one USING place_listings AS later
WHERE one.network = later.network AND one.local_id = later.local_id AND one.seq < later.seq
"""
_BY_THEMSELVES = """
INSERT INTO place_listings (place_id, network, local_id)
SELECT id, network, local_id FROM places ON CONFLICT (network, local_id) DO NOTHING
"""


def upgrade() -> None:
    """What a listing was part of last is what stands for it; a founder needs no row."""
    op.execute(_FOUNDERS)
    op.drop_index("ix_place_listings_place_id", "place_listings")
    op.drop_constraint("pk_place_listings", "place_listings")
    op.create_primary_key("pk_place_listings", "place_listings", ["place_id", "network", "local_id"])
    op.add_column("place_listings", sa.Column("stands", sa.Boolean, server_default=sa.true(), nullable=False))
    op.alter_column("place_listings", "stands", server_default=None)
    op.add_column("place_listings", sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False))
    op.create_unique_constraint("uq_place_listings_seq", "place_listings", ["seq"])
    op.create_table(
        "match_pins",
        sa.Column("network_a", sa.Text, nullable=False),
        sa.Column("local_id_a", sa.Text, nullable=False),
        sa.Column("network_b", sa.Text, nullable=False),
        sa.Column("local_id_b", sa.Text, nullable=False),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("pinned_by", sa.Text),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("network_a", "local_id_a", "network_b", "local_id_b", name="pk_match_pins"),
        sa.UniqueConstraint("seq", name="uq_match_pins_seq"),
        sa.CheckConstraint("(network_a, local_id_a) <> (network_b, local_id_b)", name=op.f("ck_match_pins_two")),
    )


def downgrade() -> None:
    """Drops the pins, and leaves each listing with what it was part of last."""
    op.drop_table("match_pins")
    op.execute("DELETE FROM place_listings WHERE NOT stands")
    op.execute(_LAST)
    op.drop_constraint("pk_place_listings", "place_listings")
    op.drop_column("place_listings", "seq")
    op.drop_column("place_listings", "stands")
    op.create_primary_key("pk_place_listings", "place_listings", ["network", "local_id"])
    op.create_index("ix_place_listings_place_id", "place_listings", ["place_id"])
    op.execute(_BY_THEMSELVES)
