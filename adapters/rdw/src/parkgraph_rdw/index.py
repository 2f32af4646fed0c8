"""The list of all facilities: which there are, and which documents there are of each."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import AliasChoices, BeforeValidator, Field, ValidationError

from parkgraph.sdk import Malformed, Rejected
from parkgraph_rdw.row import Flag, Instant, Row, Text
from parkgraph_rdw.values import text

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A UUID in practice; it becomes a part of an address, so nothing else may be in it."""


def _identifier(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


class Entry(Row):
    """Earlier versions of the list called the identifier `uuid`. `live`: whether the network itself has live data."""

    id: Annotated[str, BeforeValidator(_identifier)] = Field(validation_alias=AliasChoices("identifier", "uuid"))
    name: Text = None
    limited_access: Flag = None
    dynamic_data_url: Text = None
    static_data_last_updated: Instant = None
    geo_location: Any = None

    @property
    def live(self) -> bool:
        """Live data at another host than the network's own are not asked for."""
        return (self.dynamic_data_url or "").rstrip("/").endswith(f"/dynamic/{self.id}")

    def is_in(self, cities: Sequence[str]) -> bool:
        """The name ends with the city in brackets ("Beekstraat (Apeldoorn)"), or begins with it ("APELDOORN-…")."""
        name = (self.name or "").casefold()
        return any(name.endswith(f"({city.casefold()})") or name.startswith(f"{city.casefold()}-") for city in cities)


def read_index(document: object) -> tuple[dict[str, Entry], tuple[Rejected, ...]]:
    """The facilities that may be asked for, by their id, and the rows that are none. Raises Malformed."""
    rows = _rows(document)
    entries: dict[str, Entry] = {}
    rejected: list[Rejected] = []
    for number, row in enumerate(rows, start=1):
        try:
            entry = Entry.model_validate(row)
        except ValidationError:
            name = text(row.get("name")) if isinstance(row, dict) else None
            rejected.append(Rejected((name or f"row {number}")[:100], "it has no identifier"))
            continue
        if entry.id in entries:
            rejected.append(Rejected(entry.id, "a second row with this id"))
        elif entry.limited_access:
            rejected.append(Rejected(entry.id, "its documents are not public"))
        else:
            entries[entry.id] = entry
    return entries, tuple(rejected)


def _rows(document: object) -> list[object]:
    if isinstance(document, dict):
        document = document.get("ParkingFacilities", document.get("parkingFacilities"))
    if not isinstance(document, list):
        raise Malformed("the answer is not a list under ParkingFacilities")
    return document
