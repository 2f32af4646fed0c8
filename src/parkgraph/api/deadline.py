"""By when what a search found can still be asked for more, in the same query.

A search says so where it was asked; what is resolved below it sees that, and what stands beside it does not: fields
that wait are tasks of their own.
"""

from contextvars import ContextVar
from typing import Final

_ENDS: Final[ContextVar[float | None]] = ContextVar("ends", default=None)


def begin() -> None:
    """Another operation: a request may have the context of the one before it on its connection."""
    _ENDS.set(None)


def answer_by(ends: float) -> None:
    """`ends`: an instant of the loop's clock."""
    _ENDS.set(ends)


def ends() -> float | None:
    """None where no search was asked."""
    return _ENDS.get()
