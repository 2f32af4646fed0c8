import asyncio
import socket

from parkgraph.graph.turns import Turns


async def test_between_two_computations_the_sockets_are_looked_at() -> None:
    """What arrives while many wait is heard after one computation, not after all of them."""
    turns = Turns()
    here, there = socket.socketpair()
    here.setblocking(False)
    done = 0
    done_when_heard = None

    async def compute() -> None:
        nonlocal done
        await turns.take()
        if done == 0:
            there.send(b"!")
        done += 1

    async def listen() -> None:
        nonlocal done_when_heard
        await asyncio.get_running_loop().sock_recv(here, 1)
        done_when_heard = done

    with here, there:
        await asyncio.gather(listen(), *(compute() for _ in range(10)))
    assert done == 10
    assert done_when_heard is not None
    assert done_when_heard <= 2
