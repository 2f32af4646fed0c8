"""What stands beside the counts: ParkAPI's GeoJSON of a city, with positions, addresses and capacities."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parkgraph.domain.geo import Coordinates
from parkgraph.sdk import Malformed, one_line


@dataclass(frozen=True, slots=True)
class Fact:
    name: str | None
    type: str | None
    address: str | None
    total: int | None
    location: Coordinates | None


@dataclass(frozen=True, slots=True)
class Facts:
    """By id, by the identifier in `aux`, and by name."""

    by_key: Mapping[str, Fact]

    @classmethod
    def of(cls, document: object) -> "Facts":
        """A feature that says nothing readable is none. Raises Malformed."""
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(features, list):
            raise Malformed("geojson_url leads to no GeoJSON FeatureCollection")
        found: dict[str, Fact] = {}
        for feature in features:
            properties = feature.get("properties") if isinstance(feature, dict) else None
            if isinstance(properties, dict) and properties.get("type") != "city":
                fact = _fact(properties, feature.get("geometry"))
                for key in (properties.get("name"), _identifier(properties.get("aux")), properties.get("id")):
                    if isinstance(key, str) and key:
                        found[key] = fact
        return cls(found)

    def find(self, *keys: str) -> Fact | None:
        return next((self.by_key[key] for key in keys if key in self.by_key), None)


def _fact(properties: Mapping[str, Any], geometry: object) -> Fact:
    total = properties.get("total")
    return Fact(
        name=_text(properties.get("name")),
        type=_text(properties.get("type")),
        address=_text(properties.get("address")),
        total=total if type(total) is int and 0 < total <= 100_000 else None,
        location=_point(geometry),
    )


def _identifier(aux: object) -> object:
    """Köln's GeoJSON holds it in a JSON text."""
    try:
        said = json.loads(aux) if isinstance(aux, str) else None
    except (ValueError, RecursionError):
        return None
    return said.get("identifier") if isinstance(said, dict) else None


def _text(value: object) -> str | None:
    return one_line(value[:200]) or None if isinstance(value, str) else None


def _point(geometry: object) -> Coordinates | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    return position(*at) if isinstance(at := geometry.get("coordinates"), list) and len(at) == 2 else None


def position(longitude: object, latitude: object) -> Coordinates | None:
    """None where they are none on Earth; 0, 0 is nobody's position."""
    plain = isinstance(longitude, (int, float)) and isinstance(latitude, (int, float))
    if not plain or isinstance(longitude, bool) or isinstance(latitude, bool) or (longitude, latitude) == (0, 0):
        return None
    try:
        return Coordinates(float(latitude), float(longitude))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None
