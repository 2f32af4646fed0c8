"""Quotes, bookings, permits and blocks of yards, and their room."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint

revision = "0006"
down_revision = "0005"

_TABLES = ("yard_tariffs", "yard_quotes", "yard_bookings", "yard_blocks", "yard_permits", "yard_occupations")


def upgrade() -> None:
    """Makes the six tables."""
    op.create_table(
        "yard_tariffs",
        *_keys("yard_tariffs"),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("rates", JSONB, nullable=False),
        sa.UniqueConstraint("yard_id", "digest", name="uq_yard_tariffs_yard_id_digest"),
        sa.CheckConstraint("jsonb_typeof(rates) = 'object'", name=op.f("ck_yard_tariffs_rates")),
    )
    op.create_table(
        "yard_quotes",
        *_keys("yard_quotes"),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("arrive", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leave", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vehicle", JSONB, nullable=False),
        sa.Column("total_amount", sa.Numeric, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("tariff_id", sa.BigInteger, nullable=False),
        sa.Column("free_hours", sa.Integer, nullable=False),
        sa.Column("refund_percent", sa.Integer, nullable=False),
        sa.Column("needs_approval", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("uuid", name="uq_yard_quotes_uuid"),
        sa.ForeignKeyConstraint(["tariff_id"], ["yard_tariffs.id"], name="fk_yard_quotes_tariff_id_yard_tariffs"),
        sa.CheckConstraint("leave > arrive", name=op.f("ck_yard_quotes_leave")),
        sa.CheckConstraint("total_amount >= 0", name=op.f("ck_yard_quotes_total")),
    )
    op.create_index("ix_yard_quotes_valid_until", "yard_quotes", ["valid_until"])
    _create_bookings()
    op.create_table(
        "yard_blocks",
        *_keys("yard_blocks"),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("space_id", sa.BigInteger),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("key_digest", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("uuid", name="uq_yard_blocks_uuid"),
        sa.UniqueConstraint("principal", "key_digest", name="uq_yard_blocks_principal_key_digest"),
        sa.ForeignKeyConstraint(["space_id"], ["yard_spaces.id"], name="fk_yard_blocks_space_id_yard_spaces"),
        sa.CheckConstraint("ends > begins", name=op.f("ck_yard_blocks_ends")),
    )
    op.create_index("ix_yard_blocks_yard_id_ends", "yard_blocks", ["yard_id", "ends"])
    op.create_table(
        "yard_permits",
        *_keys("yard_permits"),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("space_id", sa.BigInteger, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("key_digest", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("plate", sa.LargeBinary),
        sa.Column("plate_digest", sa.LargeBinary),
        sa.Column("starts", sa.Time, nullable=False),
        sa.Column("ends", sa.Time, nullable=False),
        sa.Column("days", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("except_holidays", sa.Boolean, nullable=False),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("uuid", name="uq_yard_permits_uuid"),
        sa.UniqueConstraint("principal", "key_digest", name="uq_yard_permits_principal_key_digest"),
        sa.ForeignKeyConstraint(["space_id"], ["yard_spaces.id"], name="fk_yard_permits_space_id_yard_spaces"),
        sa.CheckConstraint("last >= first", name=op.f("ck_yard_permits_last")),
        sa.CheckConstraint("cardinality(days) > 0", name=op.f("ck_yard_permits_days")),
        sa.CheckConstraint("(plate IS NULL) = (plate_digest IS NULL)", name=op.f("ck_yard_permits_plate")),
    )
    op.create_index("ix_yard_permits_yard_id_last", "yard_permits", ["yard_id", "last"])
    op.create_index("ix_yard_permits_plate_digest", "yard_permits", ["plate_digest"])
    _create_occupations()


def downgrade() -> None:
    """Drops them."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _keys(table: str) -> list[sa.schema.SchemaItem]:
    """The table's own key, and its yard."""
    return [
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("yard_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["yard_id"], ["yards.id"], name=f"fk_{table}_yard_id_yards"),
    ]


def _create_bookings() -> None:
    op.create_table(
        "yard_bookings",
        *_keys("yard_bookings"),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("space_id", sa.BigInteger, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("key_digest", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("quote", sa.Uuid, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True)),
        sa.Column("arrive", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leave", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vehicle", JSONB, nullable=False),
        sa.Column("plate", sa.LargeBinary, nullable=False),
        sa.Column("plate_digest", sa.LargeBinary, nullable=False),
        sa.Column("total_amount", sa.Numeric, nullable=False),
        sa.Column("paid_amount", sa.Numeric, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("tariff_id", sa.BigInteger, nullable=False),
        sa.Column("free_hours", sa.Integer, nullable=False),
        sa.Column("refund_percent", sa.Integer, nullable=False),
        sa.Column("needs_approval", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("uuid", name="uq_yard_bookings_uuid"),
        sa.UniqueConstraint("quote", name="uq_yard_bookings_quote"),
        sa.UniqueConstraint("principal", "key_digest", name="uq_yard_bookings_principal_key_digest"),
        sa.ForeignKeyConstraint(["space_id"], ["yard_spaces.id"], name="fk_yard_bookings_space_id_yard_spaces"),
        sa.ForeignKeyConstraint(["tariff_id"], ["yard_tariffs.id"], name="fk_yard_bookings_tariff_id_yard_tariffs"),
        sa.CheckConstraint("principal <> ''", name=op.f("ck_yard_bookings_principal")),
        sa.CheckConstraint(
            "status IN ('HELD', 'REQUESTED', 'CONFIRMED', 'CANCELLED', 'DECLINED', 'NO_SHOW', 'EXPIRED')",
            name=op.f("ck_yard_bookings_status"),
        ),
        sa.CheckConstraint(
            "(status IN ('HELD', 'REQUESTED')) = (waits_until IS NOT NULL)", name=op.f("ck_yard_bookings_waits_until")
        ),
        sa.CheckConstraint("leave > arrive", name=op.f("ck_yard_bookings_leave")),
        sa.CheckConstraint("total_amount >= 0 AND paid_amount >= 0", name=op.f("ck_yard_bookings_total")),
        sa.CheckConstraint("version > 0", name=op.f("ck_yard_bookings_version")),
    )
    op.create_index("ix_yard_bookings_yard_id_arrive", "yard_bookings", ["yard_id", "arrive"])
    op.create_index("ix_yard_bookings_principal_arrive_id", "yard_bookings", ["principal", "arrive", "id"])
    op.create_index("ix_yard_bookings_plate_digest", "yard_bookings", ["plate_digest"])
    op.create_index(
        "ix_yard_bookings_waits_until",
        "yard_bookings",
        ["waits_until"],
        postgresql_where=sa.text("waits_until IS NOT NULL"),
    )


def _create_occupations() -> None:
    op.create_table(
        "yard_occupations",
        *_keys("yard_occupations"),
        sa.Column("space_id", sa.BigInteger, nullable=False),
        sa.Column("during", TSTZRANGE, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("booking_id", sa.BigInteger),
        sa.Column("block_id", sa.BigInteger),
        sa.Column("permit_id", sa.BigInteger),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("booking_id", name="uq_yard_occupations_booking_id"),
        sa.ForeignKeyConstraint(["space_id"], ["yard_spaces.id"], name="fk_yard_occupations_space_id_yard_spaces"),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["yard_bookings.id"], name="fk_yard_occupations_booking_id_yard_bookings"
        ),
        sa.ForeignKeyConstraint(["block_id"], ["yard_blocks.id"], name="fk_yard_occupations_block_id_yard_blocks"),
        sa.ForeignKeyConstraint(["permit_id"], ["yard_permits.id"], name="fk_yard_occupations_permit_id_yard_permits"),
        ExcludeConstraint(
            (sa.text("int8range(space_id, space_id, '[]')"), "&&"),
            ("during", "&&"),
            name="ex_yard_occupations_during",
            using="gist",
        ),
        sa.CheckConstraint("kind IN ('BOOKING', 'BLOCK', 'PERMIT')", name=op.f("ck_yard_occupations_kind")),
        sa.CheckConstraint(
            "(kind = 'BOOKING') = (booking_id IS NOT NULL) AND (kind = 'BLOCK') = (block_id IS NOT NULL)"
            " AND (kind = 'PERMIT') = (permit_id IS NOT NULL)",
            name=op.f("ck_yard_occupations_of"),
        ),
        sa.CheckConstraint("expires_at IS NULL OR kind = 'BOOKING'", name=op.f("ck_yard_occupations_expires_at")),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)"
            " AND lower_inc(during) AND NOT upper_inc(during)",
            name=op.f("ck_yard_occupations_during"),
        ),
    )
    for of in ("yard_id", "block_id", "permit_id"):
        op.create_index(f"ix_yard_occupations_{of}", "yard_occupations", [of])
