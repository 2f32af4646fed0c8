"""A feature of an ArcGIS server, as Köln publishes its car parks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from parkgraph.sdk import Malformed, Row
from parkgraph_parkendd.count import Count, Spaces, Text, kind_of
from parkgraph_parkendd.facts import position
from parkgraph_parkendd.times import local

DEGREES: Final = (4326, 4258)
"""WGS 84, and ETRS89, which lies within a metre of it."""


class Point(Row):
    x: float
    y: float


class Attributes(Row):
    """`KAPAZITAET` is what is free, in spite of its name; -1 is unknown."""

    identifier: Text = Field(validation_alias="IDENTIFIER", min_length=1)
    name: Text | None = Field(default=None, validation_alias="PARKHAUS")
    free: Spaces = Field(default=None, validation_alias="KAPAZITAET")
    timestamp: Text | None = Field(default=None, validation_alias="TIMESTAMP")


class Feature(Row):
    attributes: Attributes
    geometry: Point | None = None


def check_position_system(document: Mapping[str, Any]) -> None:
    """Raises Malformed where positions are in metres."""
    system = document.get("spatialReference")
    if isinstance(system, dict) and system.get("latestWkid", system.get("wkid", 4326)) not in DEGREES:
        raise Malformed("its positions are in another system than degrees: ask the server for outSR=4326")


def to_count(row: object, zone: ZoneInfo) -> Count:
    """A row as it came. Raises ValueError where it is not what the network promises."""
    feature = Feature.model_validate(row)
    said = feature.attributes
    return Count(
        id=said.identifier,
        name=said.name,
        location=position(feature.geometry.x, feature.geometry.y) if feature.geometry else None,
        kind=kind_of(said.name),
        vacant=said.free,
        observed_at=_time(said.timestamp, zone),
    )


def _time(text: str | None, zone: ZoneInfo) -> datetime | None:
    return (text and local(text, "%Y-%m-%d %H:%M:%S", zone)) or None
