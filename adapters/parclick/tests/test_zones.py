"""Which clock a car park lives by."""

import pytest

from parkgraph.domain.geo import Bounds, Circle, Coordinates
from parkgraph_parclick.zones import COVERAGE, zone_at, zone_named, zones_in

PLACES = [
    ("Madrid", 40.4168, -3.7038, "España", "Europe/Madrid"),
    ("Paris", 48.8534, 2.3488, "France", "Europe/Madrid"),
    ("Calais", 50.9513, 1.8587, "France", "Europe/Madrid"),
    ("Cherbourg", 49.6337, -1.6221, "France", "Europe/Madrid"),
    ("Dieppe", 49.9229, 1.0775, "France", "Europe/Madrid"),
    ("Berlin", 52.5200, 13.4050, "Deutschland", "Europe/Madrid"),
    ("Amsterdam", 52.3676, 4.9041, "Nederland", "Europe/Madrid"),
    ("Rome", 41.9028, 12.4964, "Italia", "Europe/Madrid"),
    ("Palermo", 38.1157, 13.3615, "Italia", "Europe/Madrid"),
    ("Palma", 39.5696, 2.6502, "España", "Europe/Madrid"),
    ("Lisbon", 38.7223, -9.1393, "Portugal", "Europe/Lisbon"),
    ("Porto", 41.1579, -8.6291, "Portugal", "Europe/Lisbon"),
    ("Faro", 37.0194, -7.9304, "Portugal", "Europe/Lisbon"),
    ("Viana do Castelo", 41.6932, -8.8329, "Portugal", "Europe/Lisbon"),
    ("Valença", 42.0282, -8.6330, "Portugal", "Europe/Lisbon"),
    ("Bragança", 41.8061, -6.7567, "Portugal", "Europe/Lisbon"),
    ("Elvas", 38.8815, -7.1628, "Portugal", "Europe/Lisbon"),
    ("Tui", 42.0477, -8.6443, "España", "Europe/Madrid"),
    ("Vigo", 42.2406, -8.7207, "España", "Europe/Madrid"),
    ("Badajoz", 38.8794, -6.9707, "España", "Europe/Madrid"),
    ("Huelva", 37.2614, -6.9447, "España", "Europe/Madrid"),
    ("London", 51.5072, -0.1276, "United Kingdom", "Europe/London"),
    ("Brighton", 50.8225, -0.1372, "United Kingdom", "Europe/London"),
    ("Dublin", 53.3498, -6.2603, "Ireland", "Europe/London"),
    ("Las Palmas", 28.1235, -15.4363, "España", "Atlantic/Canary"),
    ("Funchal", 32.6669, -16.9241, "Portugal", "Atlantic/Madeira"),
    ("Ponta Delgada", 37.7394, -25.6687, "Portugal", "Atlantic/Azores"),
]


@pytest.mark.parametrize(
    ("latitude", "longitude", "country", "zone"), [p[1:] for p in PLACES], ids=[p[0] for p in PLACES]
)
def test_a_city_keeps_the_clock_of_its_country(latitude: float, longitude: float, country: str, zone: str) -> None:
    position = Coordinates(latitude, longitude)
    assert str(zone_at(position, country)) == zone
    assert any(box.contains(position) for box in COVERAGE)


@pytest.mark.parametrize(
    ("latitude", "longitude", "country", "zone"), [p[1:] for p in PLACES], ids=[p[0] for p in PLACES]
)
def test_a_search_around_a_city_asks_by_its_clock(latitude: float, longitude: float, country: str, zone: str) -> None:
    zones = zones_in(Circle(Coordinates(latitude, longitude), 2_000).bounds)
    assert zone in [str(name) for name in zones]


@pytest.mark.parametrize(
    ("bounds", "zones"),
    [
        (Bounds(40.3, -3.8, 40.5, -3.6), ["Europe/Madrid"]),
        (Bounds(38.6, -9.3, 38.8, -9.0), ["Europe/Lisbon"]),
        (Bounds(38.8, -7.2, 38.9, -6.9), ["Europe/Madrid", "Europe/Lisbon"]),
        (Bounds(28.0, -15.6, 28.2, -15.3), ["Atlantic/Canary"]),
        (Bounds(38.0, -9.5, 41.0, -3.0), ["Europe/Madrid", "Europe/Lisbon"]),
    ],
)
def test_only_an_area_that_may_have_two_clocks_is_asked_with_both(bounds: Bounds, zones: list[str]) -> None:
    assert [str(zone) for zone in zones_in(bounds)] == zones


@pytest.mark.parametrize("country", ["Portugal", "PORTUGAL", "Portogallo"])
def test_a_country_is_known_by_its_name_in_any_language_of_the_network(country: str) -> None:
    assert str(zone_at(Coordinates(38.8815, -7.1628), country)) == "Europe/Lisbon"


@pytest.mark.parametrize("name", [None, "", "Nowhere/Here", "../etc/passwd", "Europe", "a\0b"])
def test_a_name_that_is_no_zone_is_none(name: str | None) -> None:
    assert zone_named(name) is None
