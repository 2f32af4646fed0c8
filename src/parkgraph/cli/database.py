"""`parkgraph db`."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from parkgraph.cli.common import OUT, ConfigOption, group
from parkgraph.database import open_database, open_server
from parkgraph.db import backup
from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.settings import load
from parkgraph.start_error import StartError

app = group("The database.")


@app.command("upgrade")
def db_upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the newest schema."""
    settings = load(config, os.environ)

    async def upgrade() -> None:
        async with open_database(settings):
            OUT.print("The database is at the newest schema.")

    asyncio.run(upgrade())


@app.command("dump")
def db_dump(
    file: Annotated[Path, typer.Argument(help="The file to make; one that exists is left alone.")],
    config: ConfigOption = None,
) -> None:
    """Write all of the database into one file; servers go on meanwhile."""
    _on_server(config, lambda database: backup.dump(database, file, os.environ))
    OUT.print(f"{escape(str(file))}: {file.stat().st_size / 1e6:.1f} MB.", highlight=False, soft_wrap=True)


@app.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="What `parkgraph db dump` wrote.")], config: ConfigOption = None
) -> None:
    """Fill an empty database from a dump, and bring it to the newest schema."""
    _on_server(config, lambda database: backup.restore(database, file, os.environ))
    OUT.print("The database is restored, and at the newest schema.")


def _on_server(config: Path | None, work: Callable[[Database], Awaitable[None]]) -> None:
    settings = load(config, os.environ)

    async def run() -> None:
        async with open_server(settings) as database:
            try:
                await work(database)
            except DATABASE_FAULTS as fault:
                raise StartError(
                    f"the database cannot be used ({type(fault).__name__}): check [database] url"
                ) from None

    asyncio.run(run())
