"""Reads the lines of `schemas.py`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """An argument, a value that is known after apply, or a block, whose `items` are what may stand in it."""

    name: str
    mark: str
    type: str = "string"
    items: tuple["Item", ...] = ()

    @property
    def is_block(self) -> bool:
        return self.mark == "{"


_TOKEN = re.compile(r"(\w+)([!?=])(?::(\w+))?|(\w+)\{|(\})")


def read(line: str) -> tuple[Item, ...]:
    """The items of a line. Raises ValueError for what is none."""
    if rest := _TOKEN.sub("", line).strip():
        raise ValueError(f"not understood: {rest!r}")
    return tuple(_items(_TOKEN.finditer(line)))


def _items(tokens: Iterator[re.Match[str]]) -> Iterator[Item]:
    for token in tokens:
        name, mark, kind, block, end = token.groups()
        if end:
            return
        yield Item(block, "{", items=tuple(_items(tokens))) if block else Item(name, mark, kind or "string")
