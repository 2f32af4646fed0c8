"""API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field

from parkgraph.db.table import Table


class ApiKeyRow(Table, table=True):
    """One key, which stays when it is revoked. Its secret is kept nowhere.

    `slot`: of an account's live keys with one label there are two, and no third has a place.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("account", "label", "slot"),
        CheckConstraint("slot IN (1, 2)", name="slot"),
        CheckConstraint("revoked_at IS NULL OR slot IS NULL", name="revoked"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        CheckConstraint("account <> ''", name="account"),
        CheckConstraint("expires_at > created_at", name="expires"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    uuid: UUID = Field(unique=True)
    account: str = Field(sa_type=Text)
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    label: str = Field(sa_type=Text)
    scope: str | None = Field(default=None, sa_type=Text)
    digest: bytes
    slot: int | None = Field(default=None, sa_type=SmallInteger)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    last_used_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
