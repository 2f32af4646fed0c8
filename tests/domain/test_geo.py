from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Bounds, Circle, Coordinates, bounds_around, bounds_of, circle_around

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
positions = st.builds(Coordinates, latitudes, longitudes)

STUTTGART = Coordinates(48.7838, 9.1829)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (-91, 0), (0, 181), (nan, 0), (0, nan), (inf, 0)])
def test_a_position_off_the_earth_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match=r"latitude|longitude"):
        Coordinates(latitude, longitude)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert Coordinates(48, 9).distance_m(Coordinates(49, 9)) == pytest.approx(111_195, abs=1)


def test_the_shorter_way_crosses_the_antimeridian() -> None:
    assert Coordinates(0, 179.9).distance_m(Coordinates(0, -179.9)) == pytest.approx(22_239, abs=1)


@given(positions, positions)
def test_distances_to_many_are_the_very_same(a: Coordinates, b: Coordinates) -> None:
    assert a.distances_m([b.latitude, a.latitude], [b.longitude, a.longitude]) == [a.distance_m(b), 0]


@given(positions, positions)
def test_distance_is_symmetric_and_zero_only_for_the_same_place(a: Coordinates, b: Coordinates) -> None:
    assert a.distance_m(b) == pytest.approx(b.distance_m(a))
    assert a.distance_m(a) == 0


@given(positions, st.floats(1, 50_000), positions)
def test_the_box_around_a_circle_contains_the_circle(centre: Coordinates, radius: float, other: Coordinates) -> None:
    circle = Circle(centre, radius * 0.999_999)
    if circle.contains(other):
        assert Circle(centre, radius).bounds.contains(other)


@given(st.floats(-89, 89), longitudes, st.floats(1, 50_000), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_the_box_contains_what_is_near_the_centre(
    latitude: float, longitude: float, radius: float, north: float, east: float
) -> None:
    centre = Coordinates(latitude, longitude)
    wrapped = (longitude + east + 180) % 360 - 180
    other = Coordinates(max(-90, min(90, latitude + north)), wrapped)
    if Circle(centre, radius * 0.999_999).contains(other):
        assert Circle(centre, radius).bounds.contains(other)


@given(st.floats(-89, 89), longitudes, positions, st.floats(1, 50_000), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_a_widened_box_contains_what_is_that_near_to_it(
    latitude: float, longitude: float, other: Coordinates, metres: float, north: float, east: float
) -> None:
    corner = Coordinates(latitude, longitude)
    box = bounds_around([corner, other])
    assert box is not None
    near = Coordinates(max(-90, min(90, latitude + north)), (longitude + east + 180) % 360 - 180)
    if Circle(corner, metres * 0.999_999).contains(near):
        assert box.widened(metres).contains(near)


def test_a_box_that_is_widened_crosses_the_antimeridian() -> None:
    wide = Bounds(-18, 177, -16, 179.99).widened(5_000)
    assert wide.west > wide.east
    assert wide.contains(Coordinates(-17, -179.99))
    assert not wide.contains(Coordinates(-17, 0))
    assert Bounds(-90, -180, 90, 180).widened(5_000) == Bounds(-90, -180, 90, 180)


def test_there_is_no_box_around_nothing() -> None:
    assert bounds_around([]) is None


def test_bounds_across_the_antimeridian_are_two_boxes() -> None:
    fiji = Bounds(-20, 177, -15, -178)
    assert fiji.contains(Coordinates(-18, 178.4))
    assert fiji.contains(Coordinates(-17, -179))
    assert not fiji.contains(Coordinates(-18, 0))
    assert fiji.split() == (Bounds(-20, 177, -15, 180), Bounds(-20, -180, -15, -178))
    assert fiji.centre == Coordinates(-17.5, 179.5)


def test_bounds_upside_down_are_refused() -> None:
    with pytest.raises(ValueError, match="south"):
        Bounds(49, 9, 48, 10)


def test_boxes_that_share_a_strip_intersect() -> None:
    assert Bounds(47, 8, 49, 10).intersects(Bounds(48.9, 9.9, 50, 11))
    assert Bounds(-20, 177, -15, -178).intersects(Bounds(-18, -180, -17, -179))
    assert not Bounds(47, 8, 48, 9).intersects(Bounds(48.5, 8, 49, 9))


def test_a_radius_is_positive_and_finite() -> None:
    for radius in (0, -1, nan, inf):
        with pytest.raises(ValueError, match="radius"):
            Circle(STUTTGART, radius)


def test_the_bounds_of_an_area_are_its_own_or_those_around_it() -> None:
    box = Bounds(48, 9, 49, 10)
    assert bounds_of(box) is box
    assert bounds_of(Circle(STUTTGART, 1000)).contains(STUTTGART)


def test_a_circle_around_an_area_holds_it() -> None:
    circle = Circle(STUTTGART, 1000)
    assert circle_around(circle) is circle
    box = Bounds(48, 9, 48.5, 9.75)
    around = circle_around(box)
    corners = [Coordinates(latitude, longitude) for latitude in (48, 48.5) for longitude in (9, 9.75)]
    assert all(around.contains(corner) for corner in corners)
    assert around.radius_m < 50_000
