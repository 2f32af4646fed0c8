"""A symmetric relation between listings with a number for each pair; an edition shares what it does not change."""

from collections.abc import Iterable, Mapping

from parkgraph.domain.place import ListingKey
from parkgraph.graph.shards import Shards

Others = tuple[tuple[ListingKey, float], ...]
"""Most have one or two, and a map of so few would be large."""

Pairs = Shards[ListingKey, Others]
"""Of each listing, the other ends with their numbers."""


class Relation:
    """Changing one never changes the pairs that it was made from."""

    def __init__(self, earlier: Pairs) -> None:
        self._others = earlier.edit()

    def done(self) -> Pairs:
        """What the next one is made from. No more changes after this."""
        return self._others.done()

    def of(self, key: ListingKey) -> Mapping[ListingKey, float]:
        return dict(self._others.get(key, ()))

    def put(self, a: ListingKey, b: ListingKey, number: float) -> None:
        """Of a pair that has none yet."""
        self._others[a] = (*self._others.get(a, ()), (b, number))
        self._others[b] = (*self._others.get(b, ()), (a, number))

    def drop(self, keys: Iterable[ListingKey]) -> set[ListingKey]:
        """Take all pairs of these listings out; the other ends of those."""
        ends: set[ListingKey] = set()
        for key in keys:
            for other, _ in self._others.get(key, ()):
                ends.add(other)
                if left := tuple(pair for pair in self._others[other] if pair[0] != key):
                    self._others[other] = left
                else:
                    del self._others[other]
            self._others.pop(key, None)
        return ends
