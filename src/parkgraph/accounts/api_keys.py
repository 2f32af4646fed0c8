"""Keys of accounts: made, listed, revoked, and known again when one is sent."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from cachetools import TTLCache

from parkgraph.accounts import api_key
from parkgraph.accounts.api_key import ApiKey
from parkgraph.accounts.principal import Principal, Role
from parkgraph.accounts.refusals import AccountsUnavailable, CredentialRefused
from parkgraph.accounts.repository import ApiKeyRepository
from parkgraph.db.errors import DATABASE_FAULTS

REMEMBERED_SECONDS: Final = 5
"""So long may another server process take a key that was revoked."""

REMEMBERED: Final = 10_000
USE_IS_NOTED_EVERY: Final = timedelta(hours=1)

_INVALID: Final = "The key is not valid: it is unknown, has expired, or was revoked."


@dataclass(frozen=True, slots=True)
class Created:
    """`text` is the key itself. It is shown now, and never again."""

    key: ApiKey
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TooMany:
    """One of these has to be revoked first."""

    live: Sequence[ApiKey]


def _now() -> datetime:
    return datetime.now(UTC)


class ApiKeys:
    """Every method raises AccountsUnavailable where the database is not to be had.

    `steady`: seconds of a clock that is never set.
    """

    def __init__(
        self,
        repository: ApiKeyRepository,
        clock: Callable[[], datetime] = _now,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._known: TTLCache[UUID, ApiKey] = TTLCache(REMEMBERED, REMEMBERED_SECONDS, steady)

    async def create(
        self,
        account: str,
        roles: frozenset[Role],
        label: str,
        expires_at: datetime | None = None,
        *,
        scope: str | None = None,
    ) -> Created | TooMany:
        """A new key of this account, bound to `scope` if given. Raises ValueError, which begins with what is wrong."""
        now, secret = self._clock(), api_key.new_secret()
        api_key.check(account, roles, label, scope)
        if expires_at is not None and expires_at <= now:
            raise ValueError("expires_at must be in the future")
        key = ApiKey(uuid4(), account, roles, label, api_key.digest_of(secret), now, expires_at, scope=scope)
        try:
            in_the_way = await self._repository.add(key)
        except DATABASE_FAULTS:
            raise AccountsUnavailable from None
        return TooMany(in_the_way) if in_the_way else Created(key, key.prefix + secret)

    async def list(self, account: str | None = None) -> Sequence[ApiKey]:
        """Those of one account, or all; the newest first."""
        try:
            return await self._repository.list(account)
        except DATABASE_FAULTS:
            raise AccountsUnavailable from None

    async def revoke(self, key_id: UUID, account: str | None = None) -> ApiKey | None:
        """From now on it opens nothing here, and within REMEMBERED_SECONDS nothing anywhere.

        None where there is none, or where it is not this account's.
        """
        try:
            revoked = await self._repository.revoke(key_id, self._clock(), account)
        except DATABASE_FAULTS:
            raise AccountsUnavailable from None
        if revoked:
            self._known.pop(key_id, None)
        return revoked

    async def authenticate(self, text: str) -> Principal:
        """Whose key this is. Raises CredentialRefused."""
        parts = api_key.read(text)
        if parts is None:
            raise CredentialRefused(_INVALID)
        key_id, secret = parts
        try:
            known = self._known.get(key_id)
            key, now = known or await self._repository.find(key_id), self._clock()
            if key is None or not key.opens_with(secret) or not key.is_live(now):
                raise CredentialRefused(_INVALID)
            if known is None:
                self._known[key_id] = await self._noted(key, now)
        except DATABASE_FAULTS:
            raise AccountsUnavailable from None
        return key.principal

    async def _noted(self, key: ApiKey, now: datetime) -> ApiKey:
        """Its use is noted, now and then."""
        if key.last_used_at is not None and now - key.last_used_at < USE_IS_NOTED_EVERY:
            return key
        await self._repository.used(key.id, now)
        return replace(key, last_used_at=now)
