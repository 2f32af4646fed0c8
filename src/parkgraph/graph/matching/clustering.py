"""Groups of listings that are one place, and listings that describe a part of what another describes.

Two listings are linked where the model holds it for likelier than not that they are one place. What links connect
is then grouped by average linkage, so that a single wrong link cannot chain, and two networks' listings at one
station find one partner each: a network's two listings are never one place, and the surest pair is joined first.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import linkage
from parkgraph.graph.matching.evidence import REACH_M, contradicts, same_street, weigh
from parkgraph.graph.matching.features import Features
from parkgraph.graph.matching.grid import Cell, around, cell
from parkgraph.graph.matching.model import TRAINED, Model
from parkgraph.graph.matching.parts import NEAR_M, Kin, PartOf, parts_of
from parkgraph.graph.matching.pins import NO_PINS, Pins
from parkgraph.graph.matching.relation import Relation

ALIKE: Final = 0.6
"""Names that agree this far may be those of a whole and of its part."""

SAME_NAME: Final = 0.9

Listings = Mapping[ListingKey, Features]
Cells = dict[Cell, tuple[ListingKey, ...]]


@dataclass(frozen=True, slots=True)
class _Memory:
    """What need not be worked out again. Never changed; `links` are log-odds above 0, `kin` how alike names are."""

    listings: Listings = field(default_factory=dict)
    pins: Pins = NO_PINS
    cells: Cells = field(default_factory=dict)
    links: Relation = field(default_factory=Relation)
    kin: Relation = field(default_factory=Relation)
    parts: Mapping[ListingKey, tuple[ListingKey, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clustering:
    """Each listing in exactly one cluster; clusters, their members and parts are sorted."""

    clusters: list[tuple[ListingKey, ...]] = field(default_factory=list)
    parts: tuple[PartOf, ...] = ()
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)


def cluster(listings: Listings, pins: Pins = NO_PINS, *, model: Model = TRAINED) -> Clustering:
    """Which of these listings are one place, and which are parts of one."""
    return recluster(Clustering(), listings, listings.keys(), pins, model=model)


def recluster(
    previous: Clustering,
    listings: Listings,
    changed: Collection[ListingKey],
    pins: Pins = NO_PINS,
    *,
    model: Model = TRAINED,
) -> Clustering:
    """As `cluster(listings, pins)`, looking only near what changed since `previous`, which had the same model.

    `changed` are at least the listings that were added, removed or have other features.
    """
    before = previous._memory
    edition = _Edition(before, listings, pins, model)
    edition.move(before, sorted(changed))
    regrouped: set[ListingKey] = set()
    found: list[tuple[ListingKey, ...]] = []
    for component in edition.components():
        regrouped |= component
        found += edition.group(sorted(component))
    gone = set(changed) - listings.keys()
    kept = (each for each in previous.clusters if each[0] not in regrouped and each[0] not in gone)
    clusters = sorted([*kept, *found])
    return Clustering(clusters, edition.parts_of_others(clusters), edition.memory())


class _Edition:
    """The next memory, made from the one before by looking near what changed."""

    def __init__(self, before: _Memory, listings: Listings, pins: Pins, model: Model) -> None:
        self.listings, self.pins, self.model = listings, pins, model
        self.cells, self.parts = dict(before.cells), dict(before.parts)
        self.links, self.kin = Relation(before.links), Relation(before.kin)
        self.pinned = pins.partners()
        self.touched = pins.listings_that_differ(before.pins)

    def memory(self) -> _Memory:
        return _Memory(dict(self.listings), self.pins, self.cells, self.links, self.kin, self.parts)

    def move(self, before: _Memory, changed: list[ListingKey]) -> None:
        """Take the changed listings out of where they were, and put them where they are."""
        self.touched |= {*changed, *self.links.drop(changed), *self.kin.drop(changed)}
        self.touched.update(*(self.pinned.get(key, ()) for key in changed))
        arrived = [key for key in changed if key in self.listings and self.listings[key].may_merge]
        for key in changed:
            if key in before.listings and before.listings[key].may_merge:
                self._leave(cell(before.listings[key].location), key)
        for key in arrived:
            self._meet(key)
            place = cell(self.listings[key].location)
            self.cells[place] = (*self.cells.get(place, ()), key)
        for key in sorted(self.touched):
            self.touched.update(self._find_parts(key))

    def _leave(self, place: Cell, key: ListingKey) -> None:
        left = tuple(each for each in self.cells[place] if each != key)
        if left:
            self.cells[place] = left
        else:
            del self.cells[place]

    def _meet(self, key: ListingKey) -> None:
        """Link a listing with those that stand near it already."""
        x = self.listings[key]
        for place in around(x.location):
            for other in self.cells.get(place, ()):
                if other.network == key.network:
                    continue
                y = self.listings[other]
                metres = x.location.distance_m(y.location)
                if metres > REACH_M or contradicts(x, y):
                    continue
                evidence = weigh(x, y, metres)
                if (log_odds := self.model.log_odds(evidence)) > 0:
                    self.links.put(key, other, log_odds)
                if (
                    metres <= NEAR_M
                    and x.capacity
                    and y.capacity
                    and (same_street(x, y) or evidence.name_alike >= ALIKE)
                ):
                    self.kin.put(key, other, evidence.name_alike)
                    self.touched.add(other)

    def _find_parts(self, key: ListingKey) -> Collection[ListingKey]:
        """Look for the parts of a listing; the listings that became one or are one no more."""
        before = self.parts.pop(key, ())
        whole = self.listings.get(key)
        now = parts_of(whole.capacity, self._kin(key)) if whole and whole.capacity and self.kin.of(key) else ()
        if now:
            self.parts[key] = now
        return () if now == before else (*before, *now)

    def _kin(self, key: ListingKey) -> Iterator[Kin]:
        whole = self.listings[key]
        for other, alike in self.kin.of(key).items():
            y = self.listings[other]
            yield Kin(other, y.capacity or 0, numbered=alike >= SAME_NAME and bool(y.codes) and not whole.codes)

    def components(self) -> Iterator[set[ListingKey]]:
        """What links and pins connect with something that was touched: all that may be grouped otherwise now."""
        seen: set[ListingKey] = set()
        for start in sorted(self.touched & self.listings.keys()):
            if start in seen:
                continue
            component = {start}
            ahead = [start]
            while ahead:
                key = ahead.pop()
                for other in (*self.links.of(key), *self.pinned.get(key, ())):
                    if other not in component and other in self.listings:
                        component.add(other)
                        ahead.append(other)
            seen |= component
            yield component

    def group(self, component: Collection[ListingKey]) -> list[tuple[ListingKey, ...]]:
        if len(component) == 1:
            return [tuple(component)]
        alone = [(key,) for key in component if not self.listings[key].may_merge]
        mergeable = [key for key in component if self.listings[key].may_merge]
        return linkage.merge([*alone, *self.pins.groups(mergeable)], self._log_odds, self.links.of)

    def parts_of_others(self, clusters: list[tuple[ListingKey, ...]]) -> tuple[PartOf, ...]:
        """What is a part of another place; not where operators said that it is the same one, or another."""
        pairs = sorted(PartOf(whole, part) for whole, parts in self.parts.items() for part in parts)
        if self.pins == NO_PINS:
            return tuple(pairs)
        cluster_of = {key: cluster for cluster in clusters for key in cluster}
        return tuple(
            pair for pair in pairs if cluster_of[pair.whole] != cluster_of[pair.part] and not self.pins.part(*pair)
        )

    def _log_odds(self, a: ListingKey, b: ListingKey) -> float | None:
        if a.network == b.network or self.pins.part(a, b):
            return None
        if b in self.parts.get(a, ()) or a in self.parts.get(b, ()):
            return None
        if (known := self.links.of(a).get(b)) is not None:
            return known
        x, y = self.listings[a], self.listings[b]
        metres = x.location.distance_m(y.location)
        if metres > REACH_M or contradicts(x, y):
            return None
        return self.model.log_odds(weigh(x, y, metres))
