"""Who asks, as it is configured: the issuers whose tokens are accepted, and the keys."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from parkgraph.accounts import development
from parkgraph.accounts.api_keys import ApiKeys
from parkgraph.accounts.authenticator import Authenticator
from parkgraph.accounts.key_set import KeySet
from parkgraph.accounts.key_source import FetchedKeys
from parkgraph.accounts.principal import Role
from parkgraph.accounts.refusals import AccountsUnavailable
from parkgraph.accounts.repository import ApiKeyRepository
from parkgraph.accounts.tokens import Issuer
from parkgraph.db.engine import Database
from parkgraph.sdk.faults import NetworkFault
from parkgraph.sdk.transport import HttpClient, HttpLimits
from parkgraph.settings import AccountsSettings, Settings, SettingsError

LIMITS: Final = HttpLimits(deadline=timedelta(seconds=3), max_bytes=200_000, max_per_minute=30, max_connections=2)
"""Of looks at an issuer's keys."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`keys`: of accounts. `authenticator`: who sends a credential."""

    keys: ApiKeys
    authenticator: Authenticator


@asynccontextmanager
async def open_identity(settings: Settings, database: Database) -> AsyncIterator[Identity]:
    """As these settings have it; development's own tokens are accepted in development. Raises SettingsError."""
    keys = ApiKeys(ApiKeyRepository(database))
    issuers = [] if settings.server.environment == "production" else [development.issuer(settings.data_dir)]
    async with _configured(settings.accounts) as configured:
        yield Identity(keys, Authenticator(keys, [*issuers, *configured]))


def development_token(settings: Settings, subject: str, roles: frozenset[Role], lifetime: timedelta) -> str:
    """Raises SettingsError in production."""
    if settings.server.environment == "production":
        raise SettingsError(
            '[server] environment is "production": tokens for development are made in development only.'
        )
    return development.mint(settings.data_dir, subject, roles, lifetime)


@asynccontextmanager
async def _configured(settings: AccountsSettings) -> AsyncIterator[list[Issuer]]:
    """The issuer of the configuration, if there is one. Nothing is fetched before its first token comes."""
    if settings.issuer is None or settings.audience is None or settings.jwks is None:
        yield []
        return
    client = HttpClient(LIMITS, allow_private=settings.allow_private)
    fetch = _from_address(client, settings.jwks) if "://" in settings.jwks else _from_file(Path(settings.jwks))
    source = FetchedKeys(settings.issuer, fetch)
    algorithms = frozenset[str](settings.algorithms)
    try:
        yield [Issuer(settings.issuer, settings.audience, source, algorithms, settings.roles_claim)]
    finally:
        await source.aclose()
        await client.aclose()


def _from_address(client: HttpClient, url: str) -> Callable[[], Awaitable[bytes]]:
    async def fetch() -> bytes:
        try:
            return (await client.get(url, headers={"accept": "application/jwk-set+json, application/json"})).content
        except NetworkFault as fault:
            raise AccountsUnavailable(str(fault)) from None

    return fetch


def _from_file(file: Path) -> Callable[[], Awaitable[bytes]]:
    """A file that is wrong from the beginning stops the start; later it is as an issuer that does not answer."""
    try:
        KeySet.read(file.read_bytes())
    except OSError as fault:
        raise SettingsError(f"[accounts] jwks: {file} cannot be read ({fault.strerror}).") from None
    except ValueError as wrong:
        raise SettingsError(f"[accounts] jwks: {file} {wrong}.") from None

    async def fetch() -> bytes:
        try:
            return await asyncio.to_thread(file.read_bytes)
        except OSError as fault:
            raise AccountsUnavailable(f"the file cannot be read ({fault.strerror})") from None

    return fetch
