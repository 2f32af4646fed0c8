"""The words of names and addresses, and in which tiles each of them stands: what a name is looked up in.

A refresh makes new blocks of words only where a word came to a tile or left it, and shares all others.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import merge
from itertools import chain
from typing import Final

from parkgraph.domain.place import Place
from parkgraph.graph.batched import batched
from parkgraph.graph.index import TILES_PER_DEGREE, SpatialIndex, Tile
from parkgraph.graph.matching.names import plain

IN_A_BLOCK: Final = 64
"""Words: a change copies one block for each word."""

AT_ONCE: Final = 10_000
"""Tiles whose words are taken in one go."""

_BREAK: Final = "\n"
_WORD: Final = re.compile(r"[^\W_]+")

_SOUTH: Final = -90 * TILES_PER_DEGREE
WEST: Final = -180 * TILES_PER_DEGREE
EAST: Final = 180 * TILES_PER_DEGREE
_COLUMN_BITS: Final = 16

Codes = Sequence[int]
"""Tiles as numbers, in order: by rows from south to north."""

Edits = Mapping[str, tuple[list[int], set[int]]]
"""Of each word the tiles, as numbers, to which it came, in order, and those that it left."""


@lru_cache(maxsize=4_096)
def words(text: str) -> tuple[str, ...]:
    """What is between signs and spaces, without accents and case."""
    return tuple(_WORD.findall(plain(text)))


def texts(place: Place) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What its networks call it, and the addresses that they give."""
    listings = [listing for _, listing in place.listings]
    return tuple(each.name for each in listings), tuple(each.address for each in listings if each.address)


def code(tile: Tile) -> int:
    row, column = tile
    return row - _SOUTH << _COLUMN_BITS | column - WEST


def tile_of(number: int) -> Tile:
    return (number >> _COLUMN_BITS) + _SOUTH, (number & (1 << _COLUMN_BITS) - 1) + WEST


@dataclass(frozen=True, slots=True)
class Block:
    """`text`: words in order, each after a break. `ends`: where in `tiles` those of each end."""

    text: str
    ends: "array[int]"
    tiles: "array[int]"

    @staticmethod
    def of(entries: Iterable[tuple[str, Codes]]) -> "Block":
        known, ends, tiles = [""], array("I"), array("I")
        for word, where in entries:
            known.append(word)
            tiles.extend(where)
            ends.append(len(tiles))
        return Block(_BREAK.join(known), ends, tiles)

    def __iter__(self) -> Iterator[tuple[str, Codes]]:
        begin, where = 0, memoryview(self.tiles)
        for word, end in zip(self.text.split(_BREAK)[1:], self.ends, strict=True):
            yield word, where[begin:end]
            begin = end

    def has(self, beginning: str) -> bool:
        return _BREAK + beginning in self.text


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Immutable. `_firsts`: the first word of each block."""

    _firsts: list[str] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)

    def begun_by(self, beginning: str) -> Iterator[tuple[str, Codes]]:
        """Every word that begins so, in order, and its tiles."""
        for number in range(self._block(beginning), len(self._blocks)):
            for word, tiles in self._blocks[number]:
                if word.startswith(beginning):
                    yield word, tiles
                elif word > beginning:
                    return

    def tiles(self, word: str) -> Codes:
        """Where this very word stands."""
        first = next(self.begun_by(word), ("", ()))
        return first[1] if first[0] == word else ()

    def has(self, beginning: str) -> bool:
        """Whether any word begins so."""
        number = self._block(beginning)
        return any(block.has(beginning) for block in self._blocks[number : number + 2])

    def over(self, before: SpatialIndex, after: SpatialIndex, tiles: Iterable[Tile]) -> "WordIndex":
        """The index over the places after; from those before, over which this one is, they differ in these tiles."""
        index = self
        for some in batched(sorted(tiles), AT_ONCE):
            edits: dict[str, tuple[list[int], set[int]]] = {}
            for tile in some:
                old, new = _words_of(before.tile(tile)), _words_of(after.tile(tile))
                for word in new - old:
                    edits.setdefault(word, ([], set()))[0].append(code(tile))
                for word in old - new:
                    edits.setdefault(word, ([], set()))[1].add(code(tile))
            index = index._edited(edits)
        return index

    def _edited(self, edits: Edits) -> "WordIndex":
        by_block: dict[int, list[str]] = {}
        for word in edits:
            by_block.setdefault(self._block(word), []).append(word)
        blocks = list(self._blocks)
        for number in sorted(by_block, reverse=True):
            entries = dict(chain.from_iterable(blocks[number : number + 1]))
            for word in by_block[number]:
                come, left = edits[word]
                entries[word] = _edited(entries.get(word, ()), come, left)
            stay = sorted((entry for entry in entries.items() if entry[1]), key=lambda entry: entry[0])
            blocks[number : number + 1] = map(Block.of, batched(stay, IN_A_BLOCK))
        return WordIndex([next(iter(block))[0] for block in blocks], blocks)

    def _block(self, word: str) -> int:
        """Of a word, or of the words that begin so: the first that may have it."""
        return max(0, bisect_right(self._firsts, word) - 1)


def _edited(tiles: Codes, come: list[int], left: set[int]) -> Codes:
    return array("I", (each for each in merge(tiles, come) if each not in left))


def _words_of(places: Iterable[Place]) -> set[str]:
    said = (text for place in places for text in chain(*texts(place)))
    return {word for text in said for word in words(text)}
