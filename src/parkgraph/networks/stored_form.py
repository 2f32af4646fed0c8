"""The stored form of a network's answer: JSON, a line of particulars and then a line for each item, compressed.

Reading gives back exactly what was written. What an older ParkGraph wrote, and this one cannot read, raises ValueError.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.alike import Alike
from parkgraph.sdk.batch import Rejected

Item = TypeVar("Item", Listing, OccupancyUpdate)

FORMAT: Final = 2
AT_ONCE: Final = 500
"""Items that are written in one go."""

AT_ONCE_BYTES: Final = 1 << 16
"""Compressed bytes that are read in one go."""

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
    digest, packer, packed = sha256(), zlib.compressobj(6), list[bytes]()
    for lines in _written(items, particulars):
        digest.update(lines)
        packed.append(packer.compress(lines))
    return Body(b"".join([*packed, packer.flush()]), digest.hexdigest())


def _written(items: Iterable[Listing | OccupancyUpdate], particulars: Particulars) -> Iterator[bytes]:
    """A few lines at a time: all of a large network's are as large as what it has in memory."""
    yield _text(particulars)
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield b"".join(b"\n" + _text(item) for item in some)


def _text(value: object) -> bytes:
    return orjson.dumps(value, _plain, orjson.OPT_PASSTHROUGH_DATETIME)


class Reader(Generic[Item]):
    """Reads bodies of one kind of item."""

    def __init__(self, kind: type[Item]) -> None:
        self._items: TypeAdapter[Item] = TypeAdapter(kind)
        self._particulars = TypeAdapter(Particulars)

    def read(self, compressed: bytes, before: Iterable[Item] = ()) -> tuple[Particulars, dict[str, Item]]:
        """The particulars, and the items by their local id, equal parts of them and those before as one object.

        Raises ValueError.
        """
        lines = _lines(compressed)
        particulars = self._particulars.validate_json(next(lines), strict=True)
        if particulars.format != FORMAT:
            raise ValueError("another format")
        alike, items = Alike(), dict[str, Item]()
        for known in before:
            alike.share(known)
        for line in lines:
            item = self._items.validate_json(line, strict=True)
            alike.share(item)
            items[item.local_id] = item
        return particulars, items


def _lines(compressed: bytes) -> Iterator[bytes]:
    """One at least. Raises ValueError where it is not compressed, or not to its end."""
    unpacker, rest = zlib.decompressobj(), b""
    try:
        for start in range(0, len(compressed), AT_ONCE_BYTES):
            *lines, rest = (rest + unpacker.decompress(compressed[start : start + AT_ONCE_BYTES])).split(b"\n")
            yield from lines
    except zlib.error:
        raise ValueError("not compressed") from None
    if not unpacker.eof:
        raise ValueError("cut off")
    yield rest


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
