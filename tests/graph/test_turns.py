import asyncio
import socket

from parkgraph.graph.turns import EVERY_S, LOOKS, Turns


async def test_between_two_computations_the_sockets_are_looked_at() -> None:
    """What arrives while many wait is heard after one computation, not after all of them."""
    now, done, done_when_heard = 0.0, 0, None
    turns = Turns(lambda: now)
    here, there = socket.socketpair()
    here.setblocking(False)

    async def compute() -> None:
        nonlocal done, now
        await turns.take(0)
        if done == 0:
            there.send(b"!")
        done += 1
        now += EVERY_S

    async def listen() -> None:
        nonlocal done_when_heard
        await asyncio.get_running_loop().sock_recv(here, 1)
        done_when_heard = done

    with here, there:
        await asyncio.gather(listen(), *(compute() for _ in range(10)))
    assert done == 10
    assert done_when_heard is not None
    assert done_when_heard <= 2


async def test_what_is_due_first_comes_first_and_who_gives_up_holds_up_nobody() -> None:
    turns, came = Turns(), list[float]()

    async def compute(ends: float) -> None:
        await turns.take(ends)
        came.append(ends)

    first, *others = [asyncio.create_task(compute(ends)) for ends in (9, 3, 1, 2, 1)]
    await asyncio.sleep(0)
    others[1].cancel()
    await asyncio.wait([first, *others])
    assert came == [9, 1, 2, 3]


async def test_a_turn_that_is_given_up_when_it_has_come_is_handed_on() -> None:
    turns, came = Turns(), list[float]()

    async def compute(ends: float) -> None:
        await turns.take(ends)
        came.append(ends)
        if ends == 0:
            second.cancel()

    first, second, third = (asyncio.create_task(compute(ends)) for ends in range(3))
    await asyncio.wait([first, second, third])
    assert came == [0, 2]
    await turns.take(5)


async def test_what_begins_soon_after_the_sockets_were_looked_at_waits_for_nothing() -> None:
    now, passes = 0.0, 0
    turns = Turns(lambda: now)

    async def tick() -> None:
        nonlocal passes
        while True:
            passes += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    taken = []
    for now in (0, EVERY_S / 2, EVERY_S, 2 * EVERY_S):  # noqa: B007
        passes = 0
        await turns.take(0)
        taken.append(passes)
    ticking.cancel()
    assert taken == [LOOKS, 0, LOOKS, LOOKS]
