"""What operators decided about pairs of listings."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from parkgraph.domain.place import ListingKey

Pair = tuple[ListingKey, ListingKey]


@dataclass(frozen=True, slots=True)
class Pins:
    """Pairs that are one place, and pairs that are not, for ever; the order within a pair is free.

    They go before all evidence, but not before a network's licence. Where they contradict each other, different wins.
    """

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()

    def part(self, a: ListingKey, b: ListingKey) -> bool:
        return (a, b) in self.different or (b, a) in self.different

    def listings_that_differ(self, other: "Pins") -> set[ListingKey]:
        """The listings that another set of pins says something else about."""
        return {key for pair in (self.same ^ other.same) | (self.different ^ other.different) for key in pair}

    def partners(self) -> dict[ListingKey, set[ListingKey]]:
        """Whom each listing is pinned to."""
        partners: dict[ListingKey, set[ListingKey]] = {}
        for a, b in self.same:
            partners.setdefault(a, set()).add(b)
            partners.setdefault(b, set()).add(a)
        return partners

    def groups(self, members: Collection[ListingKey]) -> list[tuple[ListingKey, ...]]:
        """These listings in sorted groups, those in one that are pinned to be one place."""
        group_of = {key: [key] for key in members}
        for a, b in sorted((min(pair), max(pair)) for pair in self.same):
            left, right = group_of.get(a), group_of.get(b)
            if left is None or right is None or left is right:
                continue
            if any(self.part(x, y) for x in left for y in right):
                continue
            left += right
            group_of |= dict.fromkeys(right, left)
        return [tuple(sorted(group)) for group in {id(group): group for group in group_of.values()}.values()]


NO_PINS: Final = Pins()
