"""Private yards and their spaces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "yards",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("latitude", sa.Float, nullable=False),
        sa.Column("longitude", sa.Float, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("opening_hours", sa.Text),
        sa.Column("max_height_cm", sa.Integer),
        sa.Column("max_width_cm", sa.Integer),
        sa.Column("max_length_cm", sa.Integer),
        sa.Column("max_weight_kg", sa.Integer),
        sa.Column("features", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("instructions", sa.Text),
        sa.Column("rates", JSONB),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_yards"),
        sa.UniqueConstraint("uuid", name="uq_yards_uuid"),
        sa.CheckConstraint(r"name ~ '\S'", name=op.f("ck_yards_name")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_yards_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_yards_longitude")),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_yards_country")),
        sa.CheckConstraint("max_height_cm > 0", name=op.f("ck_yards_max_height_cm")),
        sa.CheckConstraint("max_width_cm > 0", name=op.f("ck_yards_max_width_cm")),
        sa.CheckConstraint("max_length_cm > 0", name=op.f("ck_yards_max_length_cm")),
        sa.CheckConstraint("max_weight_kg > 0", name=op.f("ck_yards_max_weight_kg")),
        sa.CheckConstraint("jsonb_typeof(rates) = 'object'", name=op.f("ck_yards_rates")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR (published_at IS NOT NULL AND withdrawn_at >= published_at)",
            name=op.f("ck_yards_withdrawn_at"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_yards_version")),
    )
    op.create_table(
        "yard_spaces",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("yard_id", sa.BigInteger, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("max_height_cm", sa.Integer),
        sa.Column("max_width_cm", sa.Integer),
        sa.Column("max_length_cm", sa.Integer),
        sa.Column("ev", sa.Boolean, nullable=False),
        sa.Column("covered", sa.Boolean, nullable=False),
        sa.Column("accessible", sa.Boolean, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_yard_spaces"),
        sa.UniqueConstraint("yard_id", "label", name="uq_yard_spaces_yard_id_label"),
        sa.ForeignKeyConstraint(["yard_id"], ["yards.id"], name="fk_yard_spaces_yard_id_yards"),
        sa.CheckConstraint(r"label ~ '\S'", name=op.f("ck_yard_spaces_label")),
        sa.CheckConstraint("max_height_cm > 0", name=op.f("ck_yard_spaces_max_height_cm")),
        sa.CheckConstraint("max_width_cm > 0", name=op.f("ck_yard_spaces_max_width_cm")),
        sa.CheckConstraint("max_length_cm > 0", name=op.f("ck_yard_spaces_max_length_cm")),
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_table("yard_spaces")
    op.drop_table("yards")
