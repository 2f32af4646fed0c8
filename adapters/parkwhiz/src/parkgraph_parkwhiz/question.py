"""What is asked, in the network's units."""

from collections.abc import Mapping
from math import ceil
from typing import Final

from parkgraph.domain.geo import Circle
from parkgraph.domain.stay import Stay

METRES_PER_MILE: Final = 1609.344
WIDEST_M: Final = 50_000.0
"""The widest radius that is asked: a wider area is asked around its centre only."""


def parameters(circle: Circle, stay: Stay) -> Mapping[str, str]:
    """Of `GET /quotes/`: the radius in miles, rounded up; the instants with their offset."""
    miles = ceil(min(circle.radius_m, WIDEST_M) / METRES_PER_MILE * 100) / 100
    return {
        "q": f"coordinates:{circle.centre.latitude:.6f},{circle.centre.longitude:.6f} distance:{miles:.2f}",
        "start_time": stay.arrive.isoformat(timespec="seconds"),
        "end_time": stay.leave.isoformat(timespec="seconds"),
        "sort": "distance:asc",
        "option_types": "all",
        "returns": "offstreet_bookable",
    }
