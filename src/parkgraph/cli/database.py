"""`parkgraph db`."""

import asyncio
import os

from parkgraph.cli.common import OUT, ConfigOption, group
from parkgraph.database import open_database
from parkgraph.settings import load

app = group("The database.")


@app.command("upgrade")
def db_upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the newest schema."""
    settings = load(config, os.environ)

    async def upgrade() -> None:
        async with open_database(settings):
            OUT.print("The database is at the newest schema.")

    asyncio.run(upgrade())
