"""Groups of listings that are one place, and listings that describe a part of what another describes.

Two listings are linked where the model holds it for likelier than not that they are one place. What links connect
is then grouped by average linkage, so that a single wrong link cannot chain, and two networks' listings at one
station find one partner each: a network's two listings are never one place, and the surest pair is joined first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import linkage
from parkgraph.graph.matching.evidence import REACH_M, contradicts, same_street, weigh
from parkgraph.graph.matching.features import Features
from parkgraph.graph.matching.grid import Cell, around, cell
from parkgraph.graph.matching.model import TRAINED, Model
from parkgraph.graph.matching.parts import NEAR_M, Kin, PartOf, parts_of
from parkgraph.graph.matching.pins import NO_PINS, Pins
from parkgraph.graph.matching.relation import Pairs, Relation
from parkgraph.graph.shards import Shards

ALIKE: Final = 0.6
"""Names that agree this far may be those of a whole and of its part."""

SAME_NAME: Final = 0.9

Listings = Mapping[ListingKey, Features]
Members = tuple[ListingKey, ...]
"""Of one cluster, sorted."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What need not be worked out again. Never changed; `links` are log-odds above 0, `kin` how alike names are.

    `parts` of each listing that has some, and the same as sorted `pairs`.
    """

    pins: Pins = NO_PINS
    cells: Shards[Cell, tuple[ListingKey, ...]] = field(default_factory=Shards)
    links: Pairs = field(default_factory=Shards)
    kin: Pairs = field(default_factory=Shards)
    parts: Shards[ListingKey, tuple[ListingKey, ...]] = field(default_factory=Shards)
    pairs: tuple[PartOf, ...] = ()


@dataclass(frozen=True, slots=True)
class Clustering:
    """Each listing in exactly one cluster. `parts` are sorted.

    `regrouped`: the clusters that this clustering formed anew, some of them as they were; all others are as before.
    """

    listings: Listings = field(default_factory=dict, repr=False, compare=False)
    parts: tuple[PartOf, ...] = ()
    regrouped: Sequence[Members] = field(default=(), repr=False, compare=False)
    _together: Shards[ListingKey, Members] = field(default_factory=Shards)
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    @property
    def clusters(self) -> list[Members]:
        """All of them, sorted."""
        return sorted({self.cluster_of(key) for key in self.listings})

    def cluster_of(self, key: ListingKey) -> Members:
        """Of a listing that is in one."""
        return self._together.get(key) or (key,)

    def over(self, listings: Listings) -> "Clustering":
        """The same of other listings that look the same."""
        return replace(self, listings=listings, regrouped=())


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

    `changed` are at least the listings that were added, removed or have other features, best in an order in which
    neighbours follow each other. `listings` are the clustering's from now on, and do not change.
    """
    edition = _Edition(previous, listings, pins, model)
    edition.move(changed)
    return edition.done()


class _Edition:
    """The next clustering, made from the one before by looking near what changed."""

    def __init__(self, before: Clustering, listings: Listings, pins: Pins, model: Model) -> None:
        memory = before._memory
        self.before, self.pairs = before.listings, memory.pairs
        self.listings, self.pins, self.model = listings, pins, model
        self.cells, self.parts, self.together = memory.cells.edit(), memory.parts.edit(), before._together.edit()
        self.links, self.kin = Relation(memory.links), Relation(memory.kin)
        self.pinned = pins.partners()
        self.touched = dict.fromkeys(pins.listings_that_differ(memory.pins))

    def done(self) -> Clustering:
        regrouped: list[Members] = []
        for component in self.components():
            for key in component:
                self.together.pop(key, None)
            for members in self.group(sorted(component)):
                regrouped.append(members)
                if len(members) > 1:
                    self.together.update(dict.fromkeys(members, members))
        links, kin = self.links.done(), self.kin.done()
        memory = _Memory(self.pins, self.cells.done(), links, kin, self.parts.done(), self.pairs)
        return Clustering(self.listings, self.parts_of_others(), regrouped, self.together.done(), memory)

    def move(self, changed: Collection[ListingKey]) -> None:
        """Take the changed listings out of where they were, and put them where they are."""
        ends = self.links.drop(changed) | self.kin.drop(changed)
        self.touched |= dict.fromkeys((*changed, *ends, *(i for key in changed for i in self.pinned.get(key, ()))))
        for key in changed:
            if (was := self.before.get(key)) and was.may_merge:
                self._leave(cell(was.location), key)
        for key in changed:
            if (now := self.listings.get(key)) is None:
                self.together.pop(key, None)
            elif now.may_merge:
                self._meet(key)
                place = cell(now.location)
                self.cells[place] = (*self.cells.get(place, ()), key)
        reparted = {key: found for key in list(self.touched) if (found := self._find_parts(key)) is not None}
        if reparted:
            kept = (pair for pair in self.pairs if pair.whole not in reparted)
            self.pairs = tuple(sorted([*kept, *(PartOf(key, part) for key, now in reparted.items() for part in now)]))

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
                    self.touched[other] = None

    def _find_parts(self, key: ListingKey) -> tuple[ListingKey, ...] | None:
        """The parts of a listing, where they are others than before; what became one, or is one no more, is touched."""
        before, kin = self.parts.get(key, ()), self.kin.of(key)
        whole = self.listings.get(key) if kin else None
        now = parts_of(whole.capacity, self._kin(whole, kin)) if whole and whole.capacity else ()
        if now == before:
            return None
        if now:
            self.parts[key] = now
        else:
            del self.parts[key]
        self.touched |= dict.fromkeys((*before, *now))
        return now

    def _kin(self, whole: Features, kin: Mapping[ListingKey, float]) -> Iterator[Kin]:
        for other, alike in kin.items():
            y = self.listings[other]
            yield Kin(other, y.capacity or 0, numbered=alike >= SAME_NAME and bool(y.codes) and not whole.codes)

    def components(self) -> Iterator[set[ListingKey]]:
        """What links and pins connect with something that was touched: all that may be grouped otherwise now."""
        seen: set[ListingKey] = set()
        for start in self.touched:
            if start in seen or start not in self.listings:
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

    def group(self, component: Collection[ListingKey]) -> list[Members]:
        if len(component) == 1:
            return [tuple(component)]
        # Whatever is linked may be merged: only a pin brings others here.
        alone = [(key,) for key in component if key in self.pinned and not self.listings[key].may_merge]
        mergeable = [key for key in component if key not in self.pinned or self.listings[key].may_merge]
        return linkage.merge([*alone, *self.pins.groups(mergeable)], self._log_odds, self.links.of)

    def parts_of_others(self) -> tuple[PartOf, ...]:
        """What is a part of another place; not where operators said that it is the same one, or another."""
        if self.pins == NO_PINS:
            return self.pairs
        of = self.together.get
        return tuple(pair for pair in self.pairs if not (pair.part in of(pair.whole, ()) or self.pins.part(*pair)))

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
