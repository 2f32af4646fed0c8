"""Long computing aside from the event loop, so that others have their turn: in the server by a thread."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_by_threads: Final = ContextVar("by_threads", default=False)


async def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the work gives: an adapter's call that computes aside starts no thread of its own, and waits for none.

    Where nobody else has a turn, as in `adapter check`, it is done at once.
    """
    return await asyncio.to_thread(work, *args, **kwargs) if _by_threads.get() else work(*args, **kwargs)


@contextmanager
def by_threads() -> Iterator[None]:
    """Within, what is computed aside is computed by a thread."""
    before = _by_threads.set(True)
    try:
        yield
    finally:
        _by_threads.reset(before)
