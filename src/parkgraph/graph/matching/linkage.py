"""Average linkage: groups whose members agree on the whole, so that a single wrong pair cannot chain."""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Final

from parkgraph.domain.place import ListingKey

Group = tuple[ListingKey, ...]
"""Sorted."""

Score = Callable[[ListingKey, ListingKey], float | None]
"""The log-odds that two listings are one place; None is out of the question."""

OUT_OF_THE_QUESTION: Final = -5.0
"""Log-odds of less, 1 to 150, forbid a join whatever the other pairs say."""

ENOUGH: Final = 5.0
"""Surer than this counts as this, so that many copies of one listing do not carry an unlikely one along."""


def merge(groups: Iterable[Group], score: Score, links: Callable[[ListingKey], Iterable[ListingKey]]) -> list[Group]:
    """Join these groups, the surest first, while a join is likelier right than wrong; sorted.

    `links` of a listing are all those with which its score is above 0: only through them can a mean be.
    """
    group_of = {key: group for group in groups for key in group}
    heap: list[tuple[float, Group, Group]] = []

    def propose(group: Group, others: Iterable[Group]) -> None:
        for other in others:
            if (mean := _mean(group, other, score)) > 0:
                heappush(heap, (-mean, min(group, other), max(group, other)))

    def linked(group: Group) -> set[Group]:
        return {group_of[end] for key in group for end in links(key) if end in group_of} - {group}

    for group in set(group_of.values()):
        propose(group, (other for other in linked(group) if group < other))
    while heap:
        _, left, right = heappop(heap)
        if group_of[left[0]] == left and group_of[right[0]] == right:  # neither has grown since
            group = tuple(sorted(left + right))
            group_of |= dict.fromkeys(group, group)
            propose(group, linked(group))
    return sorted(set(group_of.values()))


def _mean(left: Group, right: Group, score: Score) -> float:
    """Of the scores of all pairs across; below 0 where one of them is out of the question."""
    total = 0.0
    for a in left:
        for b in right:
            each = score(a, b)
            if each is None or each < OUT_OF_THE_QUESTION:
                return -1.0
            total += min(each, ENOUGH)
    return total / (len(left) * len(right))
