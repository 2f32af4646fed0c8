"""`parkgraph key`."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from parkgraph import identity
from parkgraph.accounts import api_key
from parkgraph.accounts.api_key import ApiKey
from parkgraph.accounts.api_keys import ApiKeys, Created, TooMany
from parkgraph.accounts.principal import Role
from parkgraph.accounts.refusals import AccountsUnavailable
from parkgraph.cli.common import OUT, ConfigOption, day, group
from parkgraph.database import open_database
from parkgraph.settings import load
from parkgraph.start_error import StartError

app = group("API keys of accounts.")

T = TypeVar("T")


@app.command("create")
def key_create(
    account: Annotated[str, typer.Option(help="Whose it is: for a user of an issuer, ISSUER|SUBJECT.")],
    label: Annotated[str, typer.Option(help="What it is for; two of an account's labels may live at a time.")],
    role: Annotated[list[Role], typer.Option(case_sensitive=False, help="May be given several times.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="After which it expires; without, never.")] = None,
    config: ConfigOption = None,
) -> None:
    """Make a key for an account, and print it: it is kept nowhere, and never shown again."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None

    async def create(of: ApiKeys) -> Created | TooMany:
        try:
            return await of.create(account, frozenset(role), label, expires_at)
        except ValueError as refusal:
            raise typer.BadParameter(str(refusal)) from None

    made = _on_keys(config, create)
    if isinstance(made, TooMany):
        live = ", ".join(str(key.id) for key in made.live)
        raise StartError(f"the account has as many live keys as it may: revoke one of {live}")
    typer.echo(made.text)


@app.command("list")
def key_list(
    account: Annotated[str | None, typer.Option(help="Only this account's.")] = None, config: ConfigOption = None
) -> None:
    """All keys, the newest first; the keys themselves are kept nowhere."""
    OUT.print(_key_table(_on_keys(config, lambda of: of.list(account))))


@app.command("revoke")
def key_revoke(
    key: Annotated[str, typer.Argument(help="Its id, as `parkgraph key list` prints it, or what it begins with.")],
    config: ConfigOption = None,
) -> None:
    """End a key: within a few seconds it opens nothing any more."""
    key_id = api_key.id_in(key)
    if key_id is None or _on_keys(config, lambda of: of.revoke(key_id)) is None:
        raise typer.BadParameter(f"there is no key {key[:40]!r}; `parkgraph key list` prints them all")
    OUT.print(f"{key_id} is revoked.", highlight=False)


def _on_keys(config: Path | None, work: Callable[[ApiKeys], Coroutine[Any, Any, T]]) -> T:
    async def on_database() -> T:
        settings = load(config, os.environ)
        async with open_database(settings) as database, identity.open_identity(settings, database) as opened:
            return await work(opened.keys)

    try:
        return asyncio.run(on_database())
    except AccountsUnavailable:
        raise StartError("the database cannot be used right now: try again") from None


def _key_table(keys: Iterable[ApiKey]) -> Table:
    table = Table("Id", "Account", "Label", "Roles", "Made", "Last used", "Ends", box=box.SIMPLE_HEAD)
    for key in keys:
        ends = f"[red]revoked[/] {key.revoked_at:%Y-%m-%d}" if key.revoked_at else day(key.expires_at)
        roles, used = ", ".join(sorted(key.roles)), day(key.last_used_at)
        table.add_row(str(key.id), escape(key.account), escape(key.label), roles, day(key.created_at), used, ends)
    return table
