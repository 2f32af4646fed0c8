"""One rate table as the network writes it, ending in ours where its meaning is certain.

Networks write the same tariff in several ways, and APDS leaves open what some of them mean. `README.md` says which
reading is taken, and why; whatever else there is gives a text, and no price.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from parkgraph.domain.tariff import RateLine, RateLineKind, RateTable
from parkgraph.sdk.rate_tables import read_rate_table
from parkgraph_apds.validity import NotUnderstood, Validity, read_dates, read_validity
from parkgraph_apds.values import fields, number, objects, text

MAX_LINES: Final = 100
MAX_TEXT: Final = 1000
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
A_HUNDREDTH: Final = Decimal("0.01")
SECOND: Final = timedelta(seconds=1)

TABLE_NOTES: Final = {
    "id", "version", "rateTableName", "rateTableID", "rateType", "rateResponsibleParty", "validation", "lastUpdated",
    "additionalInformation", "availability", "className",
}  # fmt: skip
"""Keys of a table that make no difference to a price (`validation`: whether shops may pay for the driver)."""

TABLE_TIMES: Final = {"validity", "validityStart", "validityEnd"}
COLLECTION_NOTES: Final = {"id", "version", "className", "validStart", "validEnd"}
LINE_NOTES: Final = {"id", "version", "className", "description"}
_SECONDS: Final = re.compile(r"P([0-9]{1,9})S")


class Tariff(NamedTuple):
    """What a place costs; both are None where nothing is known."""

    rates: RateTable | None = None
    text: str | None = None


NO_TARIFF: Final = Tariff()


def to_tariff(document: object, validity: Validity, zone: tzinfo) -> Tariff:
    """Of a table that holds where a right with this validity does; `zone` is where the place stands."""
    if fields(document).get("availability") not in (None, "public"):
        return NO_TARIFF
    words = _words(fields(document))
    try:
        return Tariff(_rate_table(fields(document), validity, zone), words)
    except ValueError:
        return Tariff(None, words)


def _rate_table(document: Mapping[str, object], right: Validity, zone: tzinfo) -> RateTable:
    """Raises ValueError where there is no exact reading."""
    if set(document) - TABLE_NOTES - TABLE_TIMES - {"rateLineCollections"}:
        raise NotUnderstood("a key that may change the price")
    collections = document.get("rateLineCollections")
    if not isinstance(collections, list) or len(collections) != 1:
        raise NotUnderstood("several collections: whether they add up is not said")
    collection = fields(collections[0])
    validity = (
        right
        & read_validity(document.get("validity"), zone)
        & read_dates(document.get("validityStart"), document.get("validityEnd"), zone)
        & read_dates(collection.get("validStart"), collection.get("validEnd"), zone)
    )
    lines = collection.get("rateLines")
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        raise NotUnderstood("no lines, or too many")
    said = {key: value for key, value in collection.items() if key not in COLLECTION_NOTES and value is not None}
    table = read_rate_table({"rateLineCollections": [said | {"rateLines": [_line(fields(line)) for line in lines]}]})
    return validity.limit(_certain(table))


def _line(line: Mapping[str, object]) -> dict[str, object]:
    """An increment that is missing makes a tier of it: "Up to 2 hours", of which NPP's and APDS's samples are made."""
    said = {key: _duration(value) for key, value in line.items() if key not in LINE_NOTES and value is not None}
    bounded = "durationStart" in said and "durationEnd" in said
    if said.get("rateLineType") == "incrementingRate" and "incrementPeriod" not in said and bounded:
        said["rateLineType"] = "flatRateTier"
    return said


def _duration(value: object) -> object:
    """NPP writes seconds without the T that ISO 8601 has before them."""
    seconds = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    return f"PT{seconds[1]}S" if seconds else value


def _certain(table: RateTable) -> RateTable:
    """The table with its lines joined. Raises NotUnderstood where lines overlap, leave gaps, or may mean two things."""
    (collection,) = table.collections
    if table.added_tax and table.added_tax < A_HUNDREDTH:
        raise NotUnderstood("a tax below one: of a hundred, or of the whole")
    lines = _joined(collection.lines)
    tiers = [line for line in lines if line.kind is RateLineKind.TIER]
    if len(tiers) > 1 and len(tiers) < len(lines):
        raise NotUnderstood("tiers beside other lines: whether they add up is not said")
    if any(later.value < earlier.value for earlier, later in pairwise(tiers)):
        raise NotUnderstood("a tier that is cheaper than the one before: they might add up")
    open_ended = not isinstance(collection.max_time, timedelta) or collection.max_time > DAY
    unsure = collection.caps and collection.reset is None and open_ended
    return replace(
        table,
        collections=(replace(collection, lines=lines),),
        known_until=DAY if unsure else None,
    )


def _joined(lines: Sequence[RateLine]) -> tuple[RateLine, ...]:
    """Each line begins where the one before ends: up to 00:59:59 is up to 01:00, and from 01:01 is from 01:00."""
    ordered = sorted(lines, key=lambda line: line.start)
    joined: list[RateLine] = []
    for line in ordered:
        end = line.end + SECOND if line.end is not None and (line.end + SECOND) % MINUTE == timedelta(0) else line.end
        start = line.start
        if joined and joined[-1].end is not None and start - joined[-1].end in (SECOND, MINUTE):
            start = joined[-1].end
        if start != (joined[-1].end if joined else timedelta(0)):
            raise NotUnderstood("lines that overlap, or leave a gap")
        joined.append(replace(line, start=start, end=end))
    return tuple(joined)


def _words(document: Mapping[str, object]) -> str | None:
    """The table's name, and each line that has words of its own with its value."""
    found = [text(document.get("rateTableName"))]
    for collection in objects(document.get("rateLineCollections")):
        currency = text(collection.get("applicableCurrency")) or ""
        for line in objects(collection.get("rateLines")):
            words, value = text(line.get("description")), number(line.get("value"))
            found.append(f"{words}: {value:.2f} {currency}".rstrip() if words and value is not None else words)
    return "; ".join(filter(None, found))[:MAX_TEXT] or None
