from collections.abc import Iterable
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from parkgraph.domain.geo import Area, Bounds, Circle, Coordinates
from parkgraph.domain.place import Place
from parkgraph.graph.index import ROWS_PER_DEGREE, TILES_PER_DEGREE, SpatialIndex
from parkgraph.graph.merging import merge
from tests.graph.listings import keyed, listing

positions = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))
near_each_other = st.builds(Coordinates, st.floats(48, 48.5), st.floats(9, 9.5))
on_edges = st.builds(
    lambda row, column: Coordinates(48 + row / TILES_PER_DEGREE, 9 + column / TILES_PER_DEGREE),
    st.integers(0, 3),
    st.integers(0, 3),
)
circles = st.builds(Circle, near_each_other | on_edges, st.floats(1, 50_000))
boxes = st.builds(
    lambda a, b: Bounds(min(a.latitude, b.latitude), a.longitude, max(a.latitude, b.latitude), b.longitude),
    positions | on_edges,
    positions | on_edges,
)
everywhere = Bounds(-90, -180, 90, 180)


@given(st.lists(near_each_other | on_edges | positions, max_size=30), circles | boxes)
@example([Coordinates(90, 180), Coordinates(-90, -180), Coordinates(0, 180)], everywhere)
@example([Coordinates(0, 179.999), Coordinates(0, -179.999), Coordinates(0, 0)], Bounds(-1, 179, 1, -179))
@example([Coordinates(0, 10.001)], Bounds(-1, 10.0005, 1, 10.0001))
@example([Coordinates(89.99, 0), Coordinates(89.99, 180)], Circle(Coordinates(90, 0), 2_000))
def test_the_index_finds_what_a_look_at_every_place_finds(at: list[Coordinates], area: Area) -> None:
    places = [place(number, where) for number, where in enumerate(at)]
    assert by_id(found(over(places), area)) == [each for each in places if area.contains(each.location)]


@given(st.lists(near_each_other | on_edges | positions, max_size=30), circles | boxes)
@example([Coordinates(48.1, 9.1)] * 3, Circle(Coordinates(48.1, 9.1), 1))
def test_what_is_found_is_told_with_its_distance_and_the_nearest_first(at: list[Coordinates], area: Area) -> None:
    told = over(place(number, where) for number, where in enumerate(at)).within(area)
    assert [metres for metres, _, _ in told] == [area.centre.distance_m(each.location) for _, _, each in told]
    assert [each for _, _, each in told] == [e for _, _, e in sorted(told, key=lambda one: (one[0], one[2].id))]


@given(
    st.lists(st.dictionaries(st.integers(0, 9), st.none() | near_each_other | on_edges, max_size=10), max_size=6),
    circles,
)
def test_an_index_over_what_changed_is_as_one_over_everything(
    changes: list[dict[int, Coordinates | None]], area: Area
) -> None:
    before: dict[UUID, Place] = {}
    index = SpatialIndex()
    for change in changes:
        after = {id_: each for id_, each in before.items() if id_.int not in change}
        after |= {UUID(int=number): place(number, where) for number, where in change.items() if where is not None}
        index = index.over(before, after, {UUID(int=number) for number in change})
        before = after
    assert by_id(found(index, everywhere)) == by_id(before.values())
    assert by_id(found(index, area)) == by_id([each for each in before.values() if area.contains(each.location)])


def test_an_index_is_the_same_in_whatever_order_its_places_came() -> None:
    places = [place(number, Coordinates(48, 9 + number % 3 / 1000)) for number in range(9)]
    one_by_one: dict[UUID, Place] = {}
    index = SpatialIndex()
    for each in reversed(places):
        before, one_by_one = one_by_one, {**one_by_one, each.id: each}
        index = index.over(before, one_by_one, {each.id})
    assert index == over(places)


def test_what_lies_elsewhere_is_shared_with_the_index_before() -> None:
    places = [place(0, Coordinates(48, 9)), place(1, Coordinates(48, 9.5)), place(2, Coordinates(49, 9))]
    before = {each.id: each for each in places}
    after = {**before, UUID(int=0): place(0, Coordinates(48.001, 9))}
    old = over(places)
    new = old.over(before, after, {UUID(int=0)})
    assert old._rows[row_of(places[2])] is new._rows[row_of(places[2])]
    assert found(old, everywhere) != found(new, everywhere)
    assert old.not_in(new) == [old._rows[row_of(places[0])]]


def test_an_index_of_which_all_went_holds_nothing() -> None:
    places = [place(0, Coordinates(48, 9)), place(1, Coordinates(48.5, 9))]
    before = {each.id: each for each in places}
    assert over(places).over(before, {}, set(before)) == SpatialIndex()


def over(places: Iterable[Place]) -> SpatialIndex:
    after = {each.id: each for each in places}
    return SpatialIndex().over({}, after, set(after))


def row_of(of: Place) -> int:
    return int(of.location.latitude * ROWS_PER_DEGREE)


def place(number: int, where: Coordinates) -> Place:
    return merge(UUID(int=number), [keyed("a", listing(str(number), location=where))])


def by_id(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda each: each.id)


def found(index: SpatialIndex, area: Area) -> list[Place]:
    return [each for _, _, each in index.within(area)]
