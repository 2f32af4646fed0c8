"""Which kind of document it is, by its shape: of ParkAPI, of an ArcGIS server, of a CKAN store, or a feed of RSS."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from parkgraph.sdk import Malformed, Response
from parkgraph_parkendd import arcgis, ckan, lots, rss
from parkgraph_parkendd.count import Count


class Document(NamedTuple):
    """`read` makes a count of a row, or raises ValueError; `id_of` names a row that could not be read."""

    rows: Sequence[Any]
    read: Callable[[Any], Count]
    id_of: Callable[[Any], object]
    as_of: datetime | None = None
    complete: bool = True


def parse(response: Response, zone: ZoneInfo) -> Document:
    """Raises Malformed for what is none of them. Times without an offset are of this zone, but ParkAPI's are UTC."""
    if response.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Document(rss.items(response.content), rss.to_count, rss.id_of)
    document = response.json()
    if not isinstance(document, dict):
        raise Malformed("the answer is no document of a city")
    if isinstance(rows := document.get("lots"), list):
        updated = lots.utc(document.get("last_updated"))
        return Document(rows, lambda row: lots.to_count(row, updated), lambda row: row.get("id", row["name"]), updated)
    if isinstance(rows := document.get("features"), list):
        arcgis.check_position_system(document)
        more = document.get("exceededTransferLimit") is True
        return Document(
            rows,
            lambda row: arcgis.to_count(row, zone),
            lambda row: row["attributes"]["IDENTIFIER"],
            complete=not more,
        )
    result = document.get("result")
    if isinstance(result, dict) and isinstance(rows := result.get("records"), list):
        return Document(
            rows,
            lambda row: ckan.to_count(row, zone),
            lambda row: row["garageCode"],
            complete=not ckan.has_more(result),
        )
    raise Malformed("the answer is no document of a city")
