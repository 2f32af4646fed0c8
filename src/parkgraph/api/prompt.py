"""Time limits that cost nothing where nothing is waited for."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """What this work gives. Raises TimeoutError where it waits for longer.

    It is begun at once, and a timer set when it first waits for something: what only computes cannot be interrupted,
    and most queries do.
    """
    try:
        awaited = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    async with asyncio.timeout(seconds):
        return await _rest(work, awaited)


@coroutine
def _rest(work: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """Of a coroutine that has begun, and waits for this."""
    while True:
        try:
            sent = yield awaited
        except GeneratorExit:
            work.close()
            raise
        except BaseException as fault:  # noqa: BLE001
            go_on = partial(work.throw, fault)
        else:
            go_on = partial(work.send, sent)
        try:
            awaited = go_on()
        except StopIteration as done:
            result: T = done.value
            return result
