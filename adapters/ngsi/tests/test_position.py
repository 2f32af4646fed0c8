import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing
from parkgraph.sdk import RowRejected
from parkgraph_ngsi.position import centre

MakeListing = Callable[..., Listing]
SQUARE = [[8.0, 49.0], [8.2, 49.0], [8.2, 49.2], [8.0, 49.2], [8.0, 49.0]]


@pytest.mark.parametrize(
    "location",
    [
        {"type": "Point", "coordinates": [8.1, 49.1]},
        {"type": "Point", "coordinates": [8.1, 49.1, 112.0]},
        {"type": "Point", "coordinates": ["8.1", "49.1"]},
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[[[1, 1], [1.01, 1], [1, 1.01], [1, 1]]], [SQUARE]]},
        {"type": "LineString", "coordinates": [[8.0, 49.0], [8.2, 49.2]]},
        {"type": "MultiPoint", "coordinates": [[8.0, 49.0], [8.2, 49.2]]},
        '{"type": "Point", "coordinates": [8.1, 49.1]}',
        "49.1, 8.1",
    ],
    ids=str,
)
def test_a_location_is_geojson_or_latitude_and_longitude_in_a_text(listing_with: MakeListing, location: object) -> None:
    found = listing_with(location=location).location
    assert (found.latitude, found.longitude) == pytest.approx((49.1, 8.1))


def test_without_a_location_two_attributes_are_it(listing_with: MakeListing) -> None:
    assert listing_with(location=None, lat=49.1, lon="8.1").location == Coordinates(49.1, 8.1)


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "somewhere",
        "49.1",
        "49.1, 8.1, 3",
        "{",
        "[" * 100_000,
        '{"type": "Point", "coordinates": [NaN, NaN]}',
        {"type": "Point"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": [8.1]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point", "coordinates": [8.1, 149.1]},
        {"type": "Point", "coordinates": [476_000, 5_472_000]},
        {"type": "Point", "coordinates": {"longitude": 8.1}},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [7]},
        [8.1, 49.1],
    ],
    ids=lambda location: str(location)[:60],
)
def test_a_position_that_is_not_one_rejects_the_row(listing_with: MakeListing, location: object) -> None:
    with pytest.raises(RowRejected, match="it has no position"):
        listing_with(location=location)


CORNER = st.tuples(st.floats(-170, 170), st.floats(-85, 85)).map(list)


@given(st.lists(CORNER, min_size=1, max_size=12))
def test_the_centre_of_a_polygon_lies_within_its_box(ring: list[list[float]]) -> None:
    longitude, latitude = centre({"type": "Polygon", "coordinates": [ring]})
    near = 1e-6
    assert min(x for x, _ in ring) - near <= longitude <= max(x for x, _ in ring) + near
    assert min(y for _, y in ring) - near <= latitude <= max(y for _, y in ring) + near
    assert math.isfinite(longitude + latitude)


@given(st.integers(-100, 100), st.integers(-80, 80), st.booleans())
def test_the_centre_of_a_triangle_is_the_mean_of_its_corners_whichever_way_it_turns(
    x: int, y: int, clockwise: bool
) -> None:
    corners = [[x, y], [x + 3, y], [x, y + 6]]
    ring = [*reversed(corners)] if clockwise else corners
    assert centre({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}) == pytest.approx((x + 1, y + 2))
