"""API keys in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select

from parkgraph.accounts.api_key import LIVE_OF_A_LABEL, LIVE_OF_AN_ACCOUNT, ApiKey
from parkgraph.accounts.principal import Role
from parkgraph.accounts.tables import ApiKeyRow
from parkgraph.db.engine import Database

_LOCKS: Final = 7_305
"""The first half of the advisory locks' keys; the second is the account's."""


class ApiKeyRepository:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey) -> Sequence[ApiKey]:
        """Store a new key, unless its account or its label has as many live ones as may be.

        Those which are in its way; none where it was stored.
        """
        mine = col(ApiKeyRow.account) == key.account
        expired = update(ApiKeyRow).where(mine, col(ApiKeyRow.expires_at) <= key.created_at).values(slot=None)
        live = select(ApiKeyRow).where(mine, col(ApiKeyRow.slot).is_not(None)).order_by(col(ApiKeyRow.id))
        async with self._database.session() as session:
            await session.exec(select(func.pg_advisory_xact_lock(_LOCKS, func.hashtext(key.account))))
            await session.exec(expired)
            rows = (await session.exec(live)).all()
            same = [row for row in rows if row.label == key.label]
            if len(same) >= LIVE_OF_A_LABEL or len(rows) >= LIVE_OF_AN_ACCOUNT:
                await session.commit()
                return [_read(row) for row in (same if len(same) >= LIVE_OF_A_LABEL else rows)]
            free = next(slot for slot in (1, 2) if slot not in {row.slot for row in same})
            session.add(_row(key, free))
            await session.commit()
            return ()

    async def find(self, key_id: UUID) -> ApiKey | None:
        return next(iter(await self._all(col(ApiKeyRow.uuid) == key_id)), None)

    async def list(self, account: str | None = None) -> Sequence[ApiKey]:
        """Those of one account, or all; the newest first, and the revoked ones too."""
        return await self._all(*([] if account is None else [col(ApiKeyRow.account) == account]))

    async def revoke(self, key_id: UUID, now: datetime, account: str | None = None) -> ApiKey | None:
        """The key, revoked by now or before; None where there is none, or where it is not this account's."""
        mine = [col(ApiKeyRow.uuid) == key_id, *([] if account is None else [col(ApiKeyRow.account) == account])]
        revoked = (
            update(ApiKeyRow)
            .where(*mine)
            .values(revoked_at=func.coalesce(col(ApiKeyRow.revoked_at), now), slot=None)
            .returning(ApiKeyRow)
        )
        async with self._database.session() as session:
            row = (await session.exec(revoked)).scalar_one_or_none()
            await session.commit()
            return _read(row) if row else None

    async def used(self, key_id: UUID, now: datetime) -> None:
        """Note that it was used."""
        async with self._database.session() as session:
            await session.exec(update(ApiKeyRow).where(col(ApiKeyRow.uuid) == key_id).values(last_used_at=now))
            await session.commit()

    async def _all(self, *where: Any) -> Sequence[ApiKey]:
        async with self._database.session() as session:
            found = select(ApiKeyRow).where(*where).order_by(col(ApiKeyRow.id).desc())
            return [_read(row) for row in (await session.exec(found)).all()]


def _row(key: ApiKey, slot: int) -> ApiKeyRow:
    return ApiKeyRow(
        uuid=key.id,
        account=key.account,
        roles=sorted(key.roles),
        label=key.label,
        scope=key.scope,
        digest=key.digest,
        slot=slot,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )


def _read(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.uuid,
        account=row.account,
        roles=frozenset(map(Role, row.roles)),
        label=row.label,
        digest=row.digest,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        scope=row.scope,
    )
