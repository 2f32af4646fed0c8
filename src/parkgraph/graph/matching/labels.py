"""Labelled pairs of listings, as files: one listing a line as JSON, one pair a line with tabs between its columns."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing, ListingKey, PlaceKind

_COLUMNS: Final = ("source_a", "uid_a", "source_b", "uid_b", "label")
_KINDS: Final = (
    (PlaceKind.ON_STREET, ("on_street", "on-street", "straßenrand")),
    (PlaceKind.UNDERGROUND, ("underground", "tiefgarage")),
    (PlaceKind.GARAGE, ("car_park", "parkhaus", "mlcp", "garage")),
    (PlaceKind.PARK_AND_RIDE, ("park-ride", "park_and_ride")),
    (PlaceKind.SURFACE, ("off_street_parking_ground", "off-street open", "parkplatz", "surface")),
)
_OF_STOPS: Final = "DHID:"
"""Ids of the station that a lot belongs to, not of the lot."""


class BadLabels(ValueError):
    """A file that cannot be read as listings or labels; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody judged of two listings. `lineage` says how far the two networks are independent of each other."""

    a: ListingKey
    b: ListingKey
    same: bool
    area: str = ""
    lineage: str = ""
    hard: bool = False
    why: str = ""


def read_listings(path: Path) -> dict[ListingKey, Listing]:
    """Raises BadLabels."""
    listings: dict[ListingKey, Listing] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            listings[ListingKey(str(row["source"]), str(row["uid"]))] = _listing(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadLabels(f"{path.name}, line {number}, is not a listing: {_reason(error)}.") from error
    return listings


def _listing(row: Mapping[str, Any]) -> Listing:
    kind = (_text(row, "type") or "").casefold()
    return Listing(
        local_id=str(row["uid"]),
        name=(_text(row, "name") or "").strip() or "?",
        location=Coordinates(_number(row, "lat"), _number(row, "lon")),
        address=_text(row, "address"),
        operator=_text(row, "operator"),
        capacity=_capacity(row),
        kind=next((found for found, words in _KINDS if any(word in kind for word in words)), PlaceKind.UNKNOWN),
        external_ids=frozenset(each for each in row.get("ext") or () if not each.startswith(_OF_STOPS)),
    )


def _text(row: Mapping[str, Any], column: str) -> str | None:
    value = row.get(column)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"its {column} is not text")


def _number(row: Mapping[str, Any], column: str) -> float:
    try:
        return float(row[column])
    except (TypeError, ValueError):
        raise ValueError(f"its {column} is not a number") from None


def _capacity(row: Mapping[str, Any]) -> int | None:
    """0 is what networks say for unknown."""
    value = row.get("capacity") or 0
    if isinstance(value, int | float) and value == int(value if isfinite(value) else 0):
        return int(value) or None
    raise ValueError("its capacity is not a whole number")


def read_labels(path: Path, listings: Mapping[ListingKey, Listing]) -> list[Label]:
    """Raises BadLabels, also for a listing that `listings` does not have."""
    rows = csv.DictReader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    if missing := [column for column in _COLUMNS if column not in (rows.fieldnames or ())]:
        raise BadLabels(f"{path.name} has no column {missing[0]}.")
    return [_label(path, number, row, listings) for number, row in enumerate(rows, start=2)]


def _label(path: Path, number: int, row: Mapping[str, str | None], listings: Mapping[ListingKey, Listing]) -> Label:
    a = ListingKey(row["source_a"] or "", row["uid_a"] or "")
    b = ListingKey(row["source_b"] or "", row["uid_b"] or "")
    for key in (a, b):
        if key not in listings:
            raise BadLabels(f"{path.name}, line {number}: there is no listing {key.network} {key.local_id}.")
    if row["label"] not in ("same", "different"):
        raise BadLabels(f"{path.name}, line {number}: a label is same or different, not {row['label']!r}.")
    return Label(
        a=a,
        b=b,
        same=row["label"] == "same",
        area=row.get("area") or "",
        lineage=row.get("lineage") or "",
        hard=row.get("hard") == "1",
        why=row.get("why") or "",
    )


def _lines(path: Path) -> list[str]:
    try:
        # Only at line feeds: other separators may stand in a name. A byte order mark is no part of the first column.
        text = path.read_text(encoding="utf-8-sig").removesuffix("\n")
        return [line.removesuffix("\r") for line in text.split("\n")] if text else []
    except OSError as error:
        raise BadLabels(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadLabels(f"{path.name} is not text in UTF-8.") from error


def _reason(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
