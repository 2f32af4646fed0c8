"""Owners of yards, as the API knows them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from parkgraph.accounts.principal import Role
from parkgraph.api.access import For
from parkgraph.api.context import Info
from parkgraph.api.errors import CodedError, ErrorCode
from parkgraph.yards.service import Editor, YardsUnavailable

OWNERS: Final = For(Role.OWNER, Role.OPERATOR)


@contextmanager
def available() -> Iterator[None]:
    """Where yards cannot be read or kept, the answer is UNAVAILABLE."""
    try:
        yield
    except YardsUnavailable:
        words = "Yards cannot be read or kept right now. Ask the same again in a moment."
        raise CodedError(ErrorCode.UNAVAILABLE, words) from None


def editor(info: Info) -> Editor:
    """Whoever asks. A key that is bound to something else owns nothing here."""
    principal = info.context.principal
    return Editor(principal.subject if principal.may(*Role) else "", all_yards=principal.may(Role.OPERATOR))
