"""Spatial index over places: which of them lie in an area, and how far away."""

from collections.abc import Sequence

from shapely import STRtree, box, points

from parkgraph.domain.geo import Area, bounds_of
from parkgraph.domain.place import Place


class SpatialIndex:
    """An immutable R-tree over positions; the exact test follows the box test."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)
        self._tree = STRtree(points([(p.location.longitude, p.location.latitude) for p in places]) if places else [])

    def within(self, area: Area) -> list[Place]:
        """Every place in the area, in the order in which they were given."""
        boxes = [box(b.west, b.south, b.east, b.north) for b in bounds_of(area).split()]
        hits = {int(i) for i in self._tree.query(boxes)[1]} if self._places else set()
        return [place for i in sorted(hits) if area.contains((place := self._places[i]).location)]
