"""Rows that were read before: searches near each other bring the same rows again, and a row is read once.

So it is with whole answers: an answer is a function of its bytes and of the way it was asked for, or is read by `read`.
"""

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final, Generic, TypeVar

import orjson

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.batch import Batch, read_rows
from parkgraph.sdk.client import Response

Row = TypeVar("Row")
Item = TypeVar("Item", Listing, OccupancyUpdate)

KEPT: Final = 2_000
"""Rows of one adapter, of all questions together: fewer than its answers that are remembered hold anyway."""

COMPARED: Final = 65_536
"""Bytes of an answer that is kept to be compared with the next: that takes a hundredth of hashing it."""

_ONLY_JSON: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
"""Nothing else is written like a value of JSON, so that equal bytes are equal rows."""


class KnownRows(Generic[Item]):
    """A row that is byte for byte as before, asked for in the same way, is the very item of before.

    At most `limit` rows and ways to ask, those of whole answers counted once more, in two generations: what comes again
    moves to the young one; when that has half of them, the old one is forgotten.
    """

    def __init__(self, limit: int = KEPT) -> None:
        self._half = limit // 2
        self._young: dict[Hashable, dict[bytes, Item]] = {}
        self._old: dict[Hashable, dict[bytes, Item]] = {}
        self._young_answers: dict[Hashable, Batch[Item]] = {}
        self._old_answers: dict[Hashable, Batch[Item]] = {}
        self._last: tuple[Hashable, bytes, Batch[Item]] | None = None
        self._number = 0

    def read(
        self, rows: Iterable[Row], to_domain: Callable[[Row], Item], name: Callable[[Row], object], asked: Hashable
    ) -> Batch[Item]:
        """As `read_rows`. `asked`: all that `to_domain` looks at besides the row; of a stay its `repr`, since equal
        ones may have other offsets.

        A row that holds anything but what `Response.json` gives is read anew each time.
        """
        return self._read(rows, to_domain, name, asked)[0]

    def read_answer(
        self,
        answer: Response,
        rows: Callable[[Any], Iterable[Row]],
        to_domain: Callable[[Row], Item],
        name: Callable[[Row], object],
        asked: Hashable,
    ) -> Batch[Item]:
        """As `read`, of the rows that `rows` finds in the answer's JSON, where it looks at nothing else.

        An answer that is byte for byte as before, asked for in the same way, is the very batch of before, once each of
        its rows was known. Raises Malformed where it is not JSON, and what `rows` raises.
        """
        content = answer.content
        if self._last and self._last[1] == content and self._last[0] == asked:
            return self._last[2]
        mark = asked, blake2b(content, digest_size=16).digest()
        batch = self._young_answers.get(mark)
        if batch is None:
            batch, all_known = self._read(rows(answer.json()), to_domain, name, asked)
            before = self._old_answers.get(mark)
            if before or all_known:
                batch = self._young_answers[mark] = before or batch
                self._number += 1 + len(batch.items)
                self._grow_old()
        elif len(content) <= COMPARED:
            self._last = asked, content, batch
        return batch

    def _read(
        self, rows: Iterable[Row], to_domain: Callable[[Row], Item], name: Callable[[Row], object], asked: Hashable
    ) -> tuple[Batch[Item], bool]:
        """The batch, and whether every row was known and young."""
        if asked not in self._young:
            self._young[asked] = {}
            self._number += 1
        rows = list(rows)
        young, old = self._young[asked], self._old.get(asked, {})
        marks = [_mark(row) for row in rows]
        items = [None if mark is None else young.get(mark) for mark in marks]
        if rows and None not in items and len({item.local_id for item in items if item}) == len(items):
            return Batch(tuple(item for item in items if item)), True

        turns = iter(marks)

        def known(row: Row) -> Item:
            mark = next(turns)
            if mark is None:
                return to_domain(row)
            item = young.get(mark)
            if item is None:
                item = young[mark] = old.get(mark) or to_domain(row)
                self._number += 1
            return item

        batch = read_rows(rows, known, name)
        self._grow_old()
        return batch, False

    def _grow_old(self) -> None:
        if self._number >= self._half:
            self._old, self._young, self._number = self._young, {}, 0
            self._old_answers, self._young_answers = self._young_answers, {}


def _mark(row: object) -> bytes | None:
    """What only an equal row has: a hash of its JSON, for texts that stay would leave holes all over the memory.

    None where it is more than JSON.
    """
    try:
        return blake2b(orjson.dumps(row, _exact, _ONLY_JSON), digest_size=16).digest()
    except TypeError:
        return None


def _exact(value: object) -> orjson.Fragment:
    """A Decimal, digit for digit, and unlike the float of the same digits."""
    if type(value) is Decimal:
        return orjson.Fragment(f"d{value}".encode())
    raise TypeError
