"""Somebody who asks, and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What one may be besides anonymous. OPERATOR runs this server; PARTNER asks for its own customers."""

    DRIVER = "DRIVER"
    OWNER = "OWNER"
    OPERATOR = "OPERATOR"
    PARTNER = "PARTNER"


@dataclass(frozen=True, slots=True)
class Principal:
    """`subject` names the account for ever (a token's `iss` and `sub`, or a key's account); nobody else sees it.

    `by_key`: it came with an API key, not with a token. `scope`: what that key is bound to, such as one gate; it has
    its roles nowhere else. Its representation holds none of these, so that no log does.
    """

    subject: str
    roles: frozenset[Role] = frozenset()
    by_key: bool = field(default=False, kw_only=True)
    scope: str | None = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        return f"Principal({', '.join(sorted(self.roles)) or 'anonymous'})"

    @property
    def is_anonymous(self) -> bool:
        return not self.subject

    def may(self, *roles: Role) -> bool:
        """Whether it has one of these roles, and is not bound to something else."""
        return self.scope is None and not self.roles.isdisjoint(roles)


ANONYMOUS: Final = Principal("")


def roles_named(names: Iterable[object]) -> frozenset[Role]:
    """The roles of these names, in whatever case; what names none of ours is left out."""
    known = {role.value: role for role in Role}
    return frozenset(known[name.upper()] for name in names if isinstance(name, str) and name.upper() in known)
