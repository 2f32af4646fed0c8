"""The stored form of a network's answer: JSON, a line of particulars and then a line for each item, compressed.

Reading gives back exactly what was written. What an older ParkGraph wrote, and this one cannot read, raises ValueError.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.batch import Rejected

Item = TypeVar("Item", Listing, OccupancyUpdate)

FORMAT: Final = 2
_DURATION: Final = TypeAdapter(timedelta)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What belongs to an answer besides its items. `source`: where the network had it from."""

    format: int = FORMAT
    source: str = ""
    rejected: tuple[Rejected, ...] = ()
    smaller_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Compressed text, and the digest of the text before that."""

    compressed: bytes
    digest: str


def write(items: Iterable[Listing | OccupancyUpdate], particulars: Particulars) -> Body:
    """Equal answers give equal bodies. Raises TypeError for a number that JSON cannot hold (beyond 64 bits)."""
    lines = b"\n".join([text(row) for row in (particulars, *items)])
    return Body(zlib.compress(lines, level=6), sha256(lines).hexdigest())


def text(value: object) -> bytes:
    """A value as it is written. Raises TypeError as `write`."""
    return orjson.dumps(value, _plain, orjson.OPT_PASSTHROUGH_DATETIME)


class Reader(Generic[Item]):
    """Reads bodies of one kind of item."""

    def __init__(self, kind: type[Item]) -> None:
        self._items: TypeAdapter[Item] = TypeAdapter(kind)
        self._particulars = TypeAdapter(Particulars)

    def read(self, compressed: bytes) -> tuple[Particulars, dict[str, Item]]:
        """The particulars, and the items by their local id. Raises ValueError."""
        try:
            first, *rows = zlib.decompress(compressed).split(b"\n")
        except zlib.error:
            raise ValueError("not compressed") from None
        particulars = self._particulars.validate_json(first, strict=True)
        if particulars.format != FORMAT:
            raise ValueError("another format")
        items = (self._items.validate_json(row, strict=True) for row in rows)
        return particulars, {item.local_id: item for item in items}


LISTINGS: Final = Reader(Listing)
OCCUPANCIES: Final = Reader(OccupancyUpdate)


def _plain(value: object) -> object:
    match value:
        case frozenset():
            return sorted(value)
        case Decimal() | ZoneInfo():
            return str(value)
        case datetime():
            # JSON's offsets have no seconds; the instant matters, so such a one is told in UTC.
            offset = value.utcoffset()
            return (value if offset is not None and not offset % _MINUTE else value.astimezone(UTC)).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _DURATION.dump_python(value, mode="json")
        case _:
            raise TypeError(f"{type(value).__name__} has no stored form")


_MINUTE: Final = timedelta(minutes=1)
