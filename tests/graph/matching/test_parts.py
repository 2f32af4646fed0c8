import pytest

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching.parts import Kin, parts_of


def kin(*capacities: int, network: str = "city", numbered: bool = False) -> list[Kin]:
    return [Kin(ListingKey(network, str(number)), size, numbered) for number, size in enumerate(capacities)]


def sizes(capacity: int, *groups: list[Kin]) -> list[int]:
    given = {each.key: each.capacity for group in groups for each in group}
    return [given[key] for key in parts_of(capacity, [each for group in groups for each in group])]


@pytest.mark.parametrize(
    ("whole", "others", "parts"),
    [
        (433, [297, 136], [297, 136]),
        (177, [77, 102], [77, 102]),
        (433, [297, 80, 136], [297, 136]),
        (300, [100, 100, 100], [100, 100, 100]),
        (433, [297, 150], []),
        (30, [15, 15], []),
        (314, [258, 55], []),
        (200, [], []),
    ],
    ids=["exact", "about", "of three", "thirds", "too many", "small", "a small share", "nothing"],
)
def test_parts_add_up_to_the_whole(whole: int, others: list[int], parts: list[int]) -> None:
    assert sizes(whole, kin(*others)) == parts


def test_a_network_that_has_the_whole_has_no_parts_of_it() -> None:
    assert sizes(433, kin(297, 136, 430)) == []


def test_parts_are_of_one_network() -> None:
    assert sizes(433, kin(297), kin(136, network="bahn")) == []
    assert sizes(433, kin(297, 137), kin(296, 137, network="bahn")) == [296, 137]


def test_all_that_bear_the_name_with_a_number_may_add_up_less_exactly() -> None:
    assert sizes(1681, kin(489, 750, 160, 249, numbered=True)) == [489, 750, 160, 249]
    assert sizes(1681, kin(489, 750, 160, 249)) == []
    assert sizes(1681, kin(489, 750, numbered=True)) == []
