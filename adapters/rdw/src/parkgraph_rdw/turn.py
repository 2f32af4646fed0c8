"""Documents read one after the other, for as long as a turn lasts.

A refresh may not take as long as hundreds of documents do at the allowed rate: what is not read in one turn is read
in the next.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from parkgraph.sdk import Client, Denied, Malformed, RateLimited, Unavailable

GIVE_UP_AFTER = 3
"""Documents in a row that do not come: the network is down."""


@dataclass(slots=True)
class Turn:
    """`refused`: what will not come however often it is asked for, and why. `missed`: what did not come this time."""

    documents: dict[str, object] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    fault: Unavailable | RateLimited | None = None

    @property
    def read(self) -> int:
        return len(self.documents) + len(self.refused)


async def take_turn(client: Client, address: str, ids: Iterable[str], seconds: float) -> Turn:
    """Read `address`/id for each of the ids in order, within so many seconds."""
    turn = Turn()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _read(client, address, ids, turn)
    return turn


async def _read(client: Client, address: str, ids: Iterable[str], turn: Turn) -> None:
    in_a_row = 0
    for id_ in ids:
        try:
            turn.documents[id_] = (await client.get(f"{address}/{id_}")).json(exact=True)
        except Malformed:
            turn.refused[id_] = "its document is not JSON"
        except Denied:
            turn.refused[id_] = "its document is not public"
        except RateLimited as fault:
            turn.fault = fault
            return
        except Unavailable as fault:
            turn.missed.append(id_)
            turn.fault = fault
            in_a_row += 1
            if in_a_row == GIVE_UP_AFTER:
                return
            continue
        in_a_row = 0
