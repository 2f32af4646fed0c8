from unittest import mock
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Area, Bounds, Circle, Coordinates
from parkgraph.domain.place import Place
from parkgraph.graph import index
from parkgraph.graph.index import SpatialIndex
from parkgraph.graph.merging import merge
from tests.graph.listings import keyed, listing

positions = st.builds(Coordinates, st.floats(-89, 89), st.floats(-180, 180))
near_each_other = st.builds(Coordinates, st.floats(48, 48.5), st.floats(9, 9.5))
circles = st.builds(Circle, near_each_other, st.floats(1, 50_000))
boxes = st.builds(
    lambda a, b: Bounds(min(a.latitude, b.latitude), a.longitude, max(a.latitude, b.latitude), b.longitude),
    positions,
    positions,
)


@given(st.lists(near_each_other | positions, max_size=30), circles | boxes)
def test_the_index_finds_what_a_look_at_every_place_finds(at: list[Coordinates], area: Area) -> None:
    places = [place(number, where) for number, where in enumerate(at)]
    assert by_id(SpatialIndex(places).within(area)) == [each for each in places if area.contains(each.location)]


@given(
    st.lists(st.dictionaries(st.integers(0, 9), st.none() | near_each_other, max_size=10), max_size=6),
    circles,
    st.integers(0, 3),
)
def test_an_index_over_what_changed_is_as_one_over_everything(
    changes: list[dict[int, Coordinates | None]], area: Area, few: int
) -> None:
    places: dict[UUID, Place] = {}
    with mock.patch.multiple(index, FEW=few, SHARE=100):
        over = SpatialIndex()
        for change in changes:
            for number, where in change.items():
                if where is None:
                    places.pop(UUID(int=number), None)
                else:
                    places[UUID(int=number)] = place(number, where)
            over = over.over(places, [UUID(int=number) for number in change])
    expected = [each for each in places.values() if area.contains(each.location)]
    assert by_id(over.within(area)) == by_id(expected)


def place(number: int, where: Coordinates) -> Place:
    return merge(UUID(int=number), [keyed("a", listing(str(number), location=where))])


def by_id(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda each: each.id)
