"""Many things, so many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many at a time, until none is left."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
