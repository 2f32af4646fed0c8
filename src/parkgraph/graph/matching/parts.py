"""Which listings describe parts of what another describes: 433 spaces here are 297 and 136 there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

from parkgraph.domain.place import ListingKey

NEAR_M: Final = 200.0
MOST: Final = 4
SLACK: Final = 0.015
"""How far the sum of parts may be from the whole, as a share of it: networks count at different times."""

NUMBERED_SLACK: Final = 0.1
"""The same where the parts are all that bear the whole's name with numbers: "Klinik" and "Klinik P1" to "Klinik P4"."""

LEAST_WHOLE: Final = 40
"""Small numbers add up by accident."""

LEAST_SHARE: Final = 0.2
"""A part without a number has at least this share of the whole; less is within what networks disagree about."""

_LOOKED_AT: Final = 8


class PartOf(NamedTuple):
    """The listing `part` describes a part of what the listing `whole` describes."""

    whole: ListingKey
    part: ListingKey


@dataclass(frozen=True, slots=True)
class Kin:
    """A listing near by, of a like name or on the same street; `numbered` if it bears the same name with a number."""

    key: ListingKey
    capacity: int
    numbered: bool = False


def parts_of(capacity: int, kin: Iterable[Kin]) -> tuple[ListingKey, ...]:
    """Those among the kin that add up to a capacity.

    They are of one network, which has to say of several facilities what another says of one. A network that has one
    of about the whole's capacity has no parts of it. Of several answers the closest, then the one of fewest parts.
    """
    if capacity < LEAST_WHOLE:
        return ()
    by_network: dict[str, list[Kin]] = {}
    for each in sorted(kin, key=lambda each: each.key):
        by_network.setdefault(each.key.network, []).append(each)
    answers = (
        (abs(sum(each.capacity for each in chosen) - capacity), len(chosen), tuple(each.key for each in chosen))
        for ours in by_network.values()
        if all(abs(each.capacity - capacity) > capacity * NUMBERED_SLACK for each in ours)
        for chosen in _answers(capacity, ours)
    )
    return min(answers, default=(0, 0, ()))[2]


def _answers(capacity: int, ours: Sequence[Kin]) -> Iterator[Sequence[Kin]]:
    numbered = [each for each in ours if each.numbered]
    if len(numbered) > 1 and _add_up(numbered, capacity, NUMBERED_SLACK):
        yield numbered
    able = [each for each in ours if capacity * LEAST_SHARE <= each.capacity < capacity][:_LOOKED_AT]
    for count in range(2, MOST + 1):
        yield from (chosen for chosen in combinations(able, count) if _add_up(chosen, capacity, SLACK))


def _add_up(chosen: Iterable[Kin], capacity: int, slack: float) -> bool:
    return abs(sum(each.capacity for each in chosen) - capacity) <= capacity * slack
