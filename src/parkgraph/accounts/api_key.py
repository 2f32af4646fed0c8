"""An API key: what it looks like, what is kept of it, and when it is valid. Pure."""

import re
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from parkgraph.accounts.principal import Principal, Role

LIVE_OF_A_LABEL: Final = 2
"""The one that is in use, and the one that is to replace it."""

LIVE_OF_AN_ACCOUNT: Final = 20
MAX_LABEL: Final = 60

PATTERN: Final = re.compile(r"pk_([0-9a-f]{32})_([0-9A-Za-z]{43})", re.ASCII)
"""What a scanner looks for in code and logs."""

_LETTERS: Final = string.ascii_letters + string.digits
_SECRET_CHARS: Final = 43  # 256 bits


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key. `digest`: SHA-256 of its secret, which is as long and random that this tells nothing.

    `label`: what it is for, in its account's own words. `scope`: what it is bound to; None: nothing.
    `last_used_at`: to the hour.
    """

    id: UUID
    account: str = field(repr=False)
    roles: frozenset[Role]
    label: str
    digest: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    scope: str | None = None

    @property
    def prefix(self) -> str:
        """What the key itself begins with: enough to know it by, and not enough to use it."""
        return f"pk_{self.id.hex}_"

    @property
    def principal(self) -> Principal:
        return Principal(self.account, self.roles, by_key=True, scope=self.scope)

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def opens_with(self, secret: str) -> bool:
        """Takes as long for a wrong secret as for the right one."""
        return secrets.compare_digest(self.digest, digest_of(secret))


def check(account: str, roles: frozenset[Role], label: str, scope: str | None = None) -> None:
    """Raises ValueError, which begins with the name of what is wrong. One that is bound to something needs no role."""
    if not account or not account.isprintable():
        raise ValueError("account must be printable characters")
    if not roles and scope is None:
        raise ValueError("roles must be one or more")
    if not 0 < len(label) <= MAX_LABEL or label.isspace() or not label.isprintable():
        raise ValueError(f"label must be 1 to {MAX_LABEL} printable characters")


def new_secret() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_SECRET_CHARS))


def digest_of(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def read(text: str) -> tuple[UUID, str] | None:
    """The id and the secret in a key's text; None where it is no key."""
    found = PATTERN.fullmatch(text)
    return (UUID(hex=found[1]), found[2]) if found else None


def id_in(text: str) -> UUID | None:
    """The id that this is, or that a key or its beginning holds."""
    try:
        return UUID(text.removeprefix("pk_").partition("_")[0])
    except ValueError:
        return None
