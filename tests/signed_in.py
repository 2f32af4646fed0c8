"""Whoever a test needs: tokens for development, as `parkgraph token` makes them."""

from datetime import timedelta
from pathlib import Path

from parkgraph.accounts import development
from parkgraph.accounts.principal import Role
from parkgraph.accounts.tokens import account


def token(data_dir: Path, *roles: Role, subject: str = "anna", lifetime: timedelta = timedelta(hours=1)) -> str:
    """For a server in development whose data_dir is this. Every principal is a DRIVER besides."""
    return development.mint(data_dir, subject, frozenset(roles), lifetime)


def bearer(data_dir: Path, *roles: Role, subject: str = "anna") -> dict[str, str]:
    """The header of a request."""
    return {"Authorization": f"Bearer {token(data_dir, *roles, subject=subject)}"}


def subject_of(name: str) -> str:
    """What the principal of such a token is called in the database."""
    return account(development.NAME, name)
