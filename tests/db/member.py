"""A process that shares an embedded server: `python member.py DATA_DIR`.

Prints the server's URL once it has started it or joined it, and leaves when its standard input ends.
"""

import asyncio
import signal
import sys
from pathlib import Path

from parkgraph.db.embedded import EmbeddedServer


async def main() -> None:
    me = asyncio.current_task()
    assert me is not None
    # Without the loop's own handler a signal that comes just as it goes to sleep is slept through.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, me.cancel)
    server = EmbeddedServer(Path(sys.argv[1]))
    sys.stdout.write(await server.start() + "\n")
    sys.stdout.flush()
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    await stdin.read()
    await server.stop()


asyncio.run(main())
