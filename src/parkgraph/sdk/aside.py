"""Long computing aside from the event loop, so that others have their turn: in the server by a thread."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Runner = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Gives what the work gives, as `asyncio.to_thread` does."""

_runner: Final[ContextVar[Runner | None]] = ContextVar("runner", default=None)


async def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the work gives: an adapter's call that computes aside starts no thread of its own, and waits for none.

    Where nobody else has a turn, as in `adapter check`, it is done at once.
    """
    run = _runner.get()
    if run is None:
        return work(*args, **kwargs)
    done: R = await run(lambda: work(*args, **kwargs))
    return done


@contextmanager
def computed_by(run: Runner) -> Iterator[None]:
    """Within, what is computed aside is computed by this."""
    before = _runner.set(run)
    try:
        yield
    finally:
        _runner.reset(before)
