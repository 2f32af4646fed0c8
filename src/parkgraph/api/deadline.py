"""From when on a query has its time, and by when what a search found can still be asked for more, in the same query.

A search says so where it was asked; what is resolved below it sees that, and what stands beside it does not: fields
that wait are tasks of their own. Beside a search that waited for nothing it is seen: all searches of one query are due
at the same instant.
"""

from contextvars import ContextVar
from typing import Final

_ARRIVED: Final[ContextVar[float | None]] = ContextVar("arrived", default=None)
_ENDS: Final[ContextVar[float | None]] = ContextVar("ends", default=None)


def begin(arrived: float | None = None) -> None:
    """Another operation: a request may have the context of the one before it on its connection.

    `arrived`: when the request did that asks a query, by the loop's clock. What it waited for since, such as for its
    turn or for who asks, is a part of the time in which it is to be answered.
    """
    _ARRIVED.set(arrived)
    _ENDS.set(None)


def arrived() -> float | None:
    """None where nobody said so: then the time begins when it is asked for."""
    return _ARRIVED.get()


def answer_by(ends: float) -> None:
    """`ends`: an instant of the loop's clock."""
    _ENDS.set(ends)


def ends() -> float | None:
    """None where no search was asked."""
    return _ENDS.get()
