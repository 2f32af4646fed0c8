from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Area, Bounds, Circle, Coordinates
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
    places = [merge(UUID(int=i), [keyed("a", listing(str(i), location=where))]) for i, where in enumerate(at)]
    assert SpatialIndex(places).within(area) == [place for place in places if area.contains(place.location)]
