"""Sites, gates, what gates have sent, and the passages, sessions and cases that follow from it."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB
from sqlmodel import Field

from parkgraph.db.table import Table


def _key() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))


def _instant() -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True))


class GateSiteRow(Table, table=True):
    """What its gates let into: a yard, or a place of its owner's own. `version` counts changes of its rights, `changes`
    those of who is inside.
    """

    __tablename__ = "gate_sites"
    __table_args__ = (
        CheckConstraint(r"name ~ '\S'", name="name"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        Index(None, "owner"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    yard_id: int | None = Field(default=None, foreign_key="yards.id", sa_type=BigInteger, unique=True)
    owner: str | None = Field(default=None, sa_type=Text)  # NULL: the yard's
    name: str = Field(sa_type=Text)
    timezone: str = Field(sa_type=Text)
    country: str = Field(sa_type=Text)
    version: int = Field(sa_column=Column(BigInteger, server_default=text("1"), nullable=False))
    changes: int = Field(sa_column=Column(BigInteger, server_default=text("0"), nullable=False))


class GateRow(Table, table=True):
    """A camera and a barrier. A removed one stays for what it has sent."""

    __tablename__ = "gates"
    __table_args__ = (
        CheckConstraint(r"name ~ '\S'", name="name"),
        CheckConstraint("direction IN ('ENTRY', 'EXIT', 'UNKNOWN')", name="direction"),
        Index(None, "site_id"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    site_id: int = Field(foreign_key="gate_sites.id", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    direction: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    removed_at: datetime | None = _instant()
    heard_at: datetime | None = _instant()
    heartbeat: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class GateRightRow(Table, table=True):
    """What an owner says of a plate at a site: GRANT lets it in, BLOCK keeps it out."""

    __tablename__ = "gate_rights"
    __table_args__ = (
        CheckConstraint("kind IN ('GRANT', 'BLOCK')", name="kind"),
        CheckConstraint("ends > begins", name="ends"),
        Index(None, "site_id", "ends"),
        Index(None, "plate_digest"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    site_id: int = Field(foreign_key="gate_sites.id", sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    plate: bytes | None = None  # encrypted
    plate_digest: bytes | None = None
    begins: datetime = Field(sa_type=DateTime(timezone=True))
    ends: datetime = Field(sa_type=DateTime(timezone=True))
    note: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = _instant()


class GateEventRow(Table, table=True):
    """What a gate has sent, once for each of its ids.

    `digest`: a keyed one of the body, without what the edge decided. `sealed`: what was read, encrypted. `occurred_at`:
    by the edge's clock, set right. `answer`: the first one.
    """

    __tablename__ = "gate_events"
    __table_args__ = (
        UniqueConstraint("gate_id", "event_id"),
        CheckConstraint("kind IN ('READ', 'BARRIER', 'HEARTBEAT')", name="kind"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        Index(None, "passage_ref"),
        Index("ix_gate_events_plate_digest", "plate_digest", postgresql_where=text("plate_digest IS NOT NULL")),
        Index("ix_gate_events_received_at", "received_at", postgresql_where=text("sealed IS NOT NULL")),
    )

    id: int | None = _key()
    gate_id: int = Field(foreign_key="gates.id", sa_type=BigInteger)
    event_id: UUID
    kind: str = Field(sa_type=Text)
    digest: bytes
    boot: str = Field(sa_type=Text)
    sequence: int = Field(sa_type=BigInteger)
    passage_ref: str | None = Field(default=None, sa_type=Text)
    sealed: bytes | None = None
    plate_digest: bytes | None = None
    facts: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False))
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True))
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    answer: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class GateSequenceRow(Table, table=True):
    """Which sequences of a boot are kept."""

    __tablename__ = "gate_sequences"

    gate_id: int = Field(sa_column=Column(BigInteger, ForeignKey("gates.id"), primary_key=True, autoincrement=False))
    boot: str = Field(sa_column=Column(Text, primary_key=True))
    kept: Any = Field(sa_column=Column(INT8MULTIRANGE, nullable=False))


class GatePassageRow(Table, table=True):
    """One vehicle at the line of a gate: what all reads of it came to. `plate`: the known one that was matched, else as
    read. `crossed`: it is taken to have crossed. `live`: the server decided while it waited.
    """

    __tablename__ = "gate_passages"
    __table_args__ = (
        UniqueConstraint("gate_id", "ref"),
        CheckConstraint("direction IN ('ENTRY', 'EXIT', 'UNKNOWN')", name="direction"),
        CheckConstraint("decision IN ('OPEN', 'ASSIST', 'DENY')", name="decision"),
        Index("ix_gate_passages_crossed", "site_id", "plate_digest", postgresql_where=text("crossed")),
        Index("ix_gate_passages_plate_digest", "plate_digest", postgresql_where=text("plate_digest IS NOT NULL")),
        Index(None, "gate_id", "id"),
        Index("ix_gate_passages_occurred_at", "occurred_at", postgresql_where=text("plate IS NOT NULL")),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    gate_id: int = Field(foreign_key="gates.id", sa_type=BigInteger)
    site_id: int = Field(foreign_key="gate_sites.id", sa_type=BigInteger)
    ref: str = Field(sa_type=Text)
    direction: str = Field(sa_type=Text)
    decision: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    match_kind: str | None = Field(default=None, sa_type=Text)
    plate: bytes | None = None  # encrypted
    plate_digest: bytes | None = None
    matched: bool = Field(sa_column_kwargs={"server_default": text("false")})
    crossed: bool = Field(sa_column_kwargs={"server_default": text("false")})
    suspect: bool = Field(sa_column_kwargs={"server_default": text("false")})
    live: bool = Field(sa_column_kwargs={"server_default": text("false")})
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True))


class GateCommandRow(Table, table=True):
    """A pulse that a gate was told to give, and what became of it."""

    __tablename__ = "gate_commands"
    __table_args__ = (
        CheckConstraint("state IN ('ISSUED', 'SENT', 'RELAY_ACKED', 'POSITION_CONFIRMED', 'TIMED_OUT')", name="state"),
        CheckConstraint("valid_until > issued_at", name="valid_until"),
        Index(None, "passage_id", "id"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    gate_id: int = Field(foreign_key="gates.id", sa_type=BigInteger)
    passage_id: int = Field(foreign_key="gate_passages.id", sa_type=BigInteger)
    issued_at: datetime = Field(sa_type=DateTime(timezone=True))
    valid_until: datetime = Field(sa_type=DateTime(timezone=True))
    state: str = Field(sa_type=Text)
    state_at: datetime = Field(sa_type=DateTime(timezone=True))


class GateBarrierRow(Table, table=True):
    """The last that was heard of a barrier."""

    __tablename__ = "gate_barriers"

    gate_id: int = Field(sa_column=Column(BigInteger, ForeignKey("gates.id"), primary_key=True, autoincrement=False))
    lane: str = Field(sa_column=Column(Text, primary_key=True))
    state: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))


class GateSessionRow(Table, table=True):
    """A vehicle that was parked. `version` counts what its price became; `charged` is what was taken of its driver."""

    __tablename__ = "gate_sessions"
    __table_args__ = (
        CheckConstraint("status IN ('OPEN', 'CLOSED', 'LOST_EXIT', 'VOID')", name="status"),
        CheckConstraint("(left_at IS NOT NULL) = (status = 'CLOSED') OR status = 'VOID'", name="left_at"),
        CheckConstraint("left_at >= entered_at", name="stay"),
        CheckConstraint("total_amount >= 0 AND charged_amount >= 0", name="total"),
        CheckConstraint("(total_amount IS NULL) OR (currency IS NOT NULL)", name="currency"),
        Index(
            "uq_gate_sessions_open",
            "site_id",
            "plate_digest",
            unique=True,
            postgresql_where=text("status = 'OPEN'"),
        ),
        Index(None, "site_id", "id"),
        Index(None, "plate_digest"),
        Index(None, "exit"),
        Index("ix_gate_sessions_principal", "principal", "id", postgresql_where=text("principal IS NOT NULL")),
        Index("ix_gate_sessions_left_at", "left_at", postgresql_where=text("plate IS NOT NULL")),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    site_id: int = Field(foreign_key="gate_sites.id", sa_type=BigInteger)
    plate: bytes | None = None  # encrypted
    plate_digest: bytes  # keyed; by `plate_key` once the plate is forgotten
    plate_key: str | None = Field(default=None, sa_type=Text)
    entry: UUID
    exit: UUID | None = None
    entered_at: datetime = Field(sa_type=DateTime(timezone=True))
    left_at: datetime | None = _instant()
    status: str = Field(sa_type=Text)
    right_kind: str | None = Field(default=None, sa_type=Text)
    right_id: UUID | None = None
    principal: str | None = Field(default=None, sa_type=Text)
    tariff_id: int | None = Field(default=None, sa_type=BigInteger)
    cover_begins: datetime | None = _instant()
    cover_ends: datetime | None = _instant()
    hold: str | None = Field(default=None, sa_type=Text)
    total_amount: Decimal | None = Field(default=None, sa_type=Numeric)
    charged_amount: Decimal = Field(sa_column=Column(Numeric, server_default=text("0"), nullable=False))
    currency: str | None = Field(default=None, sa_type=Text)
    lines: list[object] = Field(sa_column=Column(JSONB, server_default=text("'[]'::jsonb"), nullable=False))
    version: int = 1
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class GateSessionChangeRow(Table, table=True):
    """What a session's price became, and why. Rows are added and never changed."""

    __tablename__ = "gate_session_changes"
    __table_args__ = (UniqueConstraint("session_id", "version"),)

    id: int | None = _key()
    session_id: int = Field(foreign_key="gate_sessions.id", sa_type=BigInteger)
    version: int
    at: datetime = Field(sa_type=DateTime(timezone=True))
    reason: str = Field(sa_type=Text)
    before: Decimal | None = Field(default=None, sa_type=Numeric)
    after: Decimal | None = Field(default=None, sa_type=Numeric)
    currency: str | None = Field(default=None, sa_type=Text)


class GateCaseRow(Table, table=True):
    """Something that a person has to look at."""

    __tablename__ = "gate_cases"
    __table_args__ = (
        UniqueConstraint("subject", "kind"),
        CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="resolved"),
        Index("ix_gate_cases_open", "site_id", "id", postgresql_where=text("resolved_at IS NULL")),
        Index(None, "site_id", "id"),
    )

    id: int | None = _key()
    uuid: UUID = Field(unique=True)
    site_id: int = Field(foreign_key="gate_sites.id", sa_type=BigInteger)
    gate_id: int | None = Field(default=None, foreign_key="gates.id", sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    subject: UUID  # a passage or a session
    opened_at: datetime = Field(sa_type=DateTime(timezone=True))
    resolved_at: datetime | None = _instant()
    resolution: str | None = Field(default=None, sa_type=Text)
    resolved_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


RIGHTS_CHANGED: Final = """
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
CHANGES_APPEND_ONLY: Final = """
CREATE OR REPLACE FUNCTION gate_session_changes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of sessions are append-only' USING ERRCODE = 'restrict_violation';
END
$$
"""
_OF_RIGHTS: Final = """
CREATE TRIGGER gate_rights_changed AFTER INSERT OR DELETE OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION gate_rights_changed()
"""
TRIGGERS: Final = (
    *(_OF_RIGHTS.format(table=table) for table in ("yard_bookings", "yard_permits", "gate_rights")),
    """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gate_session_changes
    FOR EACH STATEMENT EXECUTE FUNCTION gate_session_changes_are_append_only()
""",
)
# Once all tables are there: two of the triggers are of the yards' tables.
for _statement in (RIGHTS_CHANGED, CHANGES_APPEND_ONLY, *TRIGGERS):
    event.listen(Table.metadata, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
