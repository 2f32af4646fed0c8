from math import asin, atan2, cos, degrees, radians, sin

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import EARTH_RADIUS_M, Coordinates
from parkgraph.graph.matching.evidence import REACH_M
from parkgraph.graph.matching.grid import around, cell

positions = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))


def travel(start: Coordinates, bearing: float, metres: float) -> Coordinates:
    """Along a great circle."""
    angle, phi = metres / EARTH_RADIUS_M, radians(start.latitude)
    sine = sin(phi) * cos(angle) + cos(phi) * sin(angle) * cos(bearing)
    east = atan2(sin(bearing) * sin(angle) * cos(phi), cos(angle) - sin(phi) * sine)
    longitude = (start.longitude + degrees(east) + 180) % 360 - 180
    return Coordinates(degrees(asin(max(-1.0, min(1.0, sine)))), longitude)


@given(positions, st.floats(0, 6.3), st.floats(0, REACH_M * 0.999))
def test_whatever_is_in_reach_lies_in_a_cell_around(start: Coordinates, bearing: float, metres: float) -> None:
    assert cell(travel(start, bearing, metres)) in set(around(start))


@given(positions)
def test_there_are_at_most_nine_cells_around_each_once(position: Coordinates) -> None:
    cells = list(around(position))
    assert len(cells) == len(set(cells)) <= 9
