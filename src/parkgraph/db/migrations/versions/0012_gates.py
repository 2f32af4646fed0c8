"""Gates: sites, rights of their own, what gates have sent, passages, sessions and cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

revision = "0012"
down_revision = "0011"

_RIGHTS_CHANGED = """
CREATE OR REPLACE FUNCTION gate_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'gate_rights' THEN
        UPDATE gate_sites SET version = version + 1 WHERE id = coalesce(NEW.site_id, OLD.site_id);
    ELSE
        UPDATE gate_sites SET version = version + 1 WHERE yard_id = coalesce(NEW.yard_id, OLD.yard_id);
    END IF;
    RETURN NULL;
END
$$
"""
_CHANGES_APPEND_ONLY = """
CREATE OR REPLACE FUNCTION gate_session_changes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of sessions are append-only' USING ERRCODE = 'restrict_violation';
END
$$
"""
_OF_RIGHTS = """
CREATE TRIGGER gate_rights_changed AFTER INSERT OR DELETE OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION gate_rights_changed()
"""
_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gate_session_changes
    FOR EACH STATEMENT EXECUTE FUNCTION gate_session_changes_are_append_only()
"""
_TABLES_OF_RIGHTS = ("yard_bookings", "yard_permits", "gate_rights")


def upgrade() -> None:
    """Makes the tables, and the triggers that count the changes of a site's rights."""
    op.create_table(
        "gate_sites",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("yard_id", sa.BigInteger),
        sa.Column("owner", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, server_default=sa.text("1"), nullable=False),
        sa.Column("changes", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_gate_sites_country")),
        sa.CheckConstraint("name ~ '\\S'", name=op.f("ck_gate_sites_name")),
        sa.ForeignKeyConstraint(["yard_id"], ["yards.id"], name="fk_gate_sites_yard_id_yards"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_sites"),
        sa.UniqueConstraint("uuid", name="uq_gate_sites_uuid"),
        sa.UniqueConstraint("yard_id", name="uq_gate_sites_yard_id"),
    )
    op.create_index("ix_gate_sites_owner", "gate_sites", ["owner"])
    op.create_table(
        "gate_rights",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("site_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("plate", sa.LargeBinary),
        sa.Column("plate_digest", sa.LargeBinary),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('GRANT', 'BLOCK')", name=op.f("ck_gate_rights_kind")),
        sa.CheckConstraint("ends > begins", name=op.f("ck_gate_rights_ends")),
        sa.ForeignKeyConstraint(["site_id"], ["gate_sites.id"], name="fk_gate_rights_site_id_gate_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_rights"),
        sa.UniqueConstraint("uuid", name="uq_gate_rights_uuid"),
    )
    op.create_index("ix_gate_rights_plate_digest", "gate_rights", ["plate_digest"])
    op.create_index("ix_gate_rights_site_id_ends", "gate_rights", ["site_id", "ends"])
    op.create_table(
        "gate_sessions",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("site_id", sa.BigInteger, nullable=False),
        sa.Column("plate", sa.LargeBinary),
        sa.Column("plate_digest", sa.LargeBinary, nullable=False),
        sa.Column("plate_key", sa.Text),
        sa.Column("entry", sa.Uuid, nullable=False),
        sa.Column("exit", sa.Uuid),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("right_kind", sa.Text),
        sa.Column("right_id", sa.Uuid),
        sa.Column("principal", sa.Text),
        sa.Column("tariff_id", sa.BigInteger),
        sa.Column("cover_begins", sa.DateTime(timezone=True)),
        sa.Column("cover_ends", sa.DateTime(timezone=True)),
        sa.Column("hold", sa.Text),
        sa.Column("total_amount", sa.Numeric),
        sa.Column("charged_amount", sa.Numeric, server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("lines", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(left_at IS NOT NULL) = (status = 'CLOSED') OR status = 'VOID'", name=op.f("ck_gate_sessions_left_at")
        ),
        sa.CheckConstraint("status IN ('OPEN', 'CLOSED', 'LOST_EXIT', 'VOID')", name=op.f("ck_gate_sessions_status")),
        sa.CheckConstraint("(total_amount IS NULL) OR (currency IS NOT NULL)", name=op.f("ck_gate_sessions_currency")),
        sa.CheckConstraint("left_at >= entered_at", name=op.f("ck_gate_sessions_stay")),
        sa.CheckConstraint("total_amount >= 0 AND charged_amount >= 0", name=op.f("ck_gate_sessions_total")),
        sa.ForeignKeyConstraint(["site_id"], ["gate_sites.id"], name="fk_gate_sessions_site_id_gate_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_sessions"),
        sa.UniqueConstraint("uuid", name="uq_gate_sessions_uuid"),
    )
    op.create_index("ix_gate_sessions_exit", "gate_sessions", ["exit"])
    op.create_index(
        "ix_gate_sessions_left_at", "gate_sessions", ["left_at"], postgresql_where=sa.text("plate IS NOT NULL")
    )
    op.create_index("ix_gate_sessions_plate_digest", "gate_sessions", ["plate_digest"])
    op.create_index(
        "ix_gate_sessions_principal",
        "gate_sessions",
        ["principal", "id"],
        postgresql_where=sa.text("principal IS NOT NULL"),
    )
    op.create_index("ix_gate_sessions_site_id_id", "gate_sessions", ["site_id", "id"])
    op.create_index(
        "uq_gate_sessions_open",
        "gate_sessions",
        ["site_id", "plate_digest"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.create_table(
        "gates",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("site_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("heard_at", sa.DateTime(timezone=True)),
        sa.Column("heartbeat", JSONB),
        sa.CheckConstraint("direction IN ('ENTRY', 'EXIT', 'UNKNOWN')", name=op.f("ck_gates_direction")),
        sa.CheckConstraint("name ~ '\\S'", name=op.f("ck_gates_name")),
        sa.ForeignKeyConstraint(["site_id"], ["gate_sites.id"], name="fk_gates_site_id_gate_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_gates"),
        sa.UniqueConstraint("uuid", name="uq_gates_uuid"),
    )
    op.create_index("ix_gates_site_id", "gates", ["site_id"])
    op.create_table(
        "gate_barriers",
        sa.Column("gate_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name="fk_gate_barriers_gate_id_gates"),
        sa.PrimaryKeyConstraint("gate_id", "lane", name="pk_gate_barriers"),
    )
    op.create_table(
        "gate_cases",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("site_id", sa.BigInteger, nullable=False),
        sa.Column("gate_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("resolution", sa.Text),
        sa.Column("resolved_by", sa.Text),
        sa.Column("note", sa.Text),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name=op.f("ck_gate_cases_resolved")),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name="fk_gate_cases_gate_id_gates"),
        sa.ForeignKeyConstraint(["site_id"], ["gate_sites.id"], name="fk_gate_cases_site_id_gate_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_cases"),
        sa.UniqueConstraint("subject", "kind", name="uq_gate_cases_subject_kind"),
        sa.UniqueConstraint("uuid", name="uq_gate_cases_uuid"),
    )
    op.create_index(
        "ix_gate_cases_open", "gate_cases", ["site_id", "id"], postgresql_where=sa.text("resolved_at IS NULL")
    )
    op.create_index("ix_gate_cases_site_id_id", "gate_cases", ["site_id", "id"])
    op.create_table(
        "gate_events",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("gate_id", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("passage_ref", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("plate_digest", sa.LargeBinary),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", JSONB),
        sa.CheckConstraint("kind IN ('READ', 'BARRIER', 'HEARTBEAT')", name=op.f("ck_gate_events_kind")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_gate_events_digest")),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name="fk_gate_events_gate_id_gates"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_events"),
        sa.UniqueConstraint("gate_id", "event_id", name="uq_gate_events_gate_id_event_id"),
    )
    op.create_index("ix_gate_events_gate_id_passage_ref", "gate_events", ["gate_id", "passage_ref"])
    op.create_index(
        "ix_gate_events_plate_digest",
        "gate_events",
        ["plate_digest"],
        postgresql_where=sa.text("plate_digest IS NOT NULL"),
    )
    op.create_index(
        "ix_gate_events_received_at", "gate_events", ["received_at"], postgresql_where=sa.text("sealed IS NOT NULL")
    )
    op.create_table(
        "gate_passages",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("gate_id", sa.BigInteger, nullable=False),
        sa.Column("site_id", sa.BigInteger, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("match_kind", sa.Text),
        sa.Column("plate", sa.LargeBinary),
        sa.Column("plate_digest", sa.LargeBinary),
        sa.Column("matched", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("crossed", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("suspect", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("live", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('OPEN', 'ASSIST', 'DENY')", name=op.f("ck_gate_passages_decision")),
        sa.CheckConstraint("direction IN ('ENTRY', 'EXIT', 'UNKNOWN')", name=op.f("ck_gate_passages_direction")),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name="fk_gate_passages_gate_id_gates"),
        sa.ForeignKeyConstraint(["site_id"], ["gate_sites.id"], name="fk_gate_passages_site_id_gate_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_passages"),
        sa.UniqueConstraint("gate_id", "ref", name="uq_gate_passages_gate_id_ref"),
        sa.UniqueConstraint("uuid", name="uq_gate_passages_uuid"),
    )
    op.create_index(
        "ix_gate_passages_crossed", "gate_passages", ["site_id", "plate_digest"], postgresql_where=sa.text("crossed")
    )
    op.create_index("ix_gate_passages_gate_id_id", "gate_passages", ["gate_id", "id"])
    op.create_index(
        "ix_gate_passages_occurred_at", "gate_passages", ["occurred_at"], postgresql_where=sa.text("plate IS NOT NULL")
    )
    op.create_index(
        "ix_gate_passages_plate_digest",
        "gate_passages",
        ["plate_digest"],
        postgresql_where=sa.text("plate_digest IS NOT NULL"),
    )
    op.create_table(
        "gate_sequences",
        sa.Column("gate_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("kept", INT8MULTIRANGE, nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name="fk_gate_sequences_gate_id_gates"),
        sa.PrimaryKeyConstraint("gate_id", "boot", name="pk_gate_sequences"),
    )
    op.create_table(
        "gate_session_changes",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("before", sa.Numeric),
        sa.Column("after", sa.Numeric),
        sa.Column("currency", sa.Text),
        sa.ForeignKeyConstraint(
            ["session_id"], ["gate_sessions.id"], name="fk_gate_session_changes_session_id_gate_sessions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_gate_session_changes"),
        sa.UniqueConstraint("session_id", "version", name="uq_gate_session_changes_session_id_version"),
    )
    op.create_table(
        "gate_commands",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("gate_id", sa.BigInteger, nullable=False),
        sa.Column("passage_id", sa.BigInteger, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('ISSUED', 'SENT', 'RELAY_ACKED', 'POSITION_CONFIRMED', 'TIMED_OUT')",
            name=op.f("ck_gate_commands_state"),
        ),
        sa.CheckConstraint("valid_until > issued_at", name=op.f("ck_gate_commands_valid_until")),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name="fk_gate_commands_gate_id_gates"),
        sa.ForeignKeyConstraint(["passage_id"], ["gate_passages.id"], name="fk_gate_commands_passage_id_gate_passages"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_commands"),
        sa.UniqueConstraint("uuid", name="uq_gate_commands_uuid"),
    )
    op.create_index("ix_gate_commands_passage_id_id", "gate_commands", ["passage_id", "id"])

    op.execute(_RIGHTS_CHANGED)
    op.execute(_CHANGES_APPEND_ONLY)
    for table in _TABLES_OF_RIGHTS:
        op.execute(_OF_RIGHTS.format(table=table))
    op.execute(_APPEND_ONLY)


def downgrade() -> None:
    """Drops them, and what gates have sent."""
    for table in ("yard_bookings", "yard_permits"):
        op.execute(f"DROP TRIGGER gate_rights_changed ON {table}")
    for table in (
        "gate_commands",
        "gate_session_changes",
        "gate_sequences",
        "gate_passages",
        "gate_events",
        "gate_cases",
        "gate_barriers",
        "gates",
        "gate_sessions",
        "gate_rights",
        "gate_sites",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION gate_rights_changed")
    op.execute("DROP FUNCTION gate_session_changes_are_append_only")
