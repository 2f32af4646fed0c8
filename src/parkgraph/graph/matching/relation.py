"""A symmetric relation between listings with a number for each pair; an edition shares what it does not change."""

from collections.abc import Iterable, Mapping

from parkgraph.domain.place import ListingKey

Others = dict[ListingKey, float]


class Relation:
    """Changing one never changes the one that it was made from."""

    def __init__(self, earlier: "Relation | None" = None) -> None:
        self._others: dict[ListingKey, Others] = dict(earlier._others) if earlier else {}
        self._own: set[ListingKey] = set()

    def of(self, key: ListingKey) -> Mapping[ListingKey, float]:
        return self._others.get(key, {})

    def put(self, a: ListingKey, b: ListingKey, number: float) -> None:
        self._editable(a)[b] = number
        self._editable(b)[a] = number

    def drop(self, keys: Iterable[ListingKey]) -> set[ListingKey]:
        """Take all pairs of these listings out; the other ends of those."""
        ends: set[ListingKey] = set()
        for key in keys:
            for other in self._others.pop(key, {}):
                ends.add(other)
                others = self._editable(other)
                others.pop(key, None)
                if not others:
                    del self._others[other]
        return ends

    def _editable(self, key: ListingKey) -> Others:
        if key not in self._own or key not in self._others:
            self._others[key] = dict(self._others.get(key, {}))
            self._own.add(key)
        return self._others[key]
