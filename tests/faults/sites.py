"""Every site of the catalogue in a process of its own: `python -m tests.faults.sites` prints where they are, as JSON,
and serves until its standard input ends. What happens in the process of whoever asks is not among them.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from tests.faults.adapters import well
from tests.faults.catalogue import FAULTS
from tests.sdk.server import serving

WELL = "well"


async def main() -> None:
    async with AsyncExitStack() as stack:
        urls = {WELL: (await stack.enter_async_context(serving(well))).url}
        for fault in FAULTS:
            if not fault.local:
                urls[fault.name] = (await stack.enter_async_context(fault.site())).url
        sys.stdout.write(json.dumps(urls) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
