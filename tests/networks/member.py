"""A process of its own on a test's database, for a test to kill: `python -m tests.networks.member URL`."""

import asyncio
import sys
from datetime import timedelta

from parkgraph.db.engine import Database
from parkgraph.networks.service import Networks
from tests.networks.scripted import batch, feed


async def main(url: str) -> None:
    service = Networks([feed("city", batch("theirs"), every=timedelta(milliseconds=20))], Database(url))
    await service.start()
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
