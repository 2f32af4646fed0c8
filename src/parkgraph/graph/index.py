"""Spatial index over places: which of them lie in an area, and how far away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shapely import STRtree, box, points

from parkgraph.domain.geo import Area, Bounds, Coordinates, bounds_of
from parkgraph.domain.place import Place

FEW: Final = 256
"""So many places may have come or moved since the large tree was planted, or one in SHARE of them."""

SHARE: Final = 16


@dataclass(frozen=True, slots=True)
class _Tree:
    """An R-tree of positions. `standing`: the place at each of them, None where it is no longer."""

    tree: STRtree
    positions: Sequence[Coordinates]
    number_of: Mapping[UUID, int]
    standing: Sequence[Place | None]

    def near(self, boxes: Sequence[Bounds]) -> Iterable[Place]:
        """The places in the boxes, each once."""
        hits = self.tree.query([box(b.west, b.south, b.east, b.north) for b in boxes])[1]
        return (place for number in set(hits.tolist()) if (place := self.standing[number]))


def _plant(places: Iterable[Place]) -> _Tree:
    standing = tuple(places)
    positions = tuple(place.location for place in standing)
    tree = STRtree(points([(at.longitude, at.latitude) for at in positions]) if positions else [])
    tree.query(box(0, 0, 0, 0))  # the first question builds it: here, not in an answer
    return _Tree(tree, positions, {place.id: number for number, place in enumerate(standing)}, standing)


class SpatialIndex:
    """Immutable. A large tree, and a small one of the places that came or moved since that was planted."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._large = _plant(places)
        self._small = _plant(())

    def within(self, area: Area) -> list[Place]:
        """Every place in the area, in no order that means anything."""
        boxes = bounds_of(area).split()
        return [p for tree in (self._large, self._small) for p in tree.near(boxes) if area.contains(p.location)]

    def over(self, places: Mapping[UUID, Place], changed: Collection[UUID]) -> "SpatialIndex":
        """The index over these places, which differ from those before in the changed ones only."""
        large = self._large
        standing = list(large.standing)
        elsewhere = {place.id: place for place in self._small.standing if place and place.id not in changed}
        for place_id in changed:
            place, number = places.get(place_id), large.number_of.get(place_id)
            at_home = place is not None and number is not None and large.positions[number] == place.location
            if number is not None:
                standing[number] = place if at_home else None
            if place and not at_home:
                elsewhere[place_id] = place
        if len(elsewhere) > max(FEW, len(places) // SHARE) or len(standing) > max(FEW, 2 * len(places)):
            return SpatialIndex(places.values())
        after = SpatialIndex()
        after._large = _Tree(large.tree, large.positions, large.number_of, standing)
        after._small = _plant(elsewhere.values())
        return after
