"""Positions: degrees, metres in the place of degrees, and none."""

import sys
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.sdk import RowRejected
from parkgraph_datex2.position import position, projection

UTM32 = "EPSG:25832"


def facility(latitude: object, longitude: object) -> Element:
    return fromstring(
        "<parkingFacility><facilityLocation><locationForDisplay>"
        f"<latitude>{latitude}</latitude><longitude>{longitude}</longitude>"
        "</locationForDisplay></facilityLocation></parkingFacility>"
    )


def test_the_latitude_holds_the_northing_and_the_longitude_the_easting() -> None:
    schillerplatz = Coordinates(48.77676, 9.17878)
    assert position(facility("5402655.5", "513135.12"), projection(UTM32)).distance_m(schillerplatz) < 2


def test_degrees_are_kept_where_a_coordinate_system_is_set() -> None:
    assert position(facility("48.775013", "9.175955"), projection(UTM32)) == Coordinates(48.775013, 9.175955)


def test_metres_without_a_coordinate_system_are_rejected_with_the_setting_that_helps() -> None:
    with pytest.raises(RowRejected, match=r"setting crs, such as EPSG:25832"):
        position(facility("5402655.5", "513135.12"), None)


def test_metres_the_wrong_way_round_are_outside_of_the_area_of_the_system() -> None:
    with pytest.raises(RowRejected, match=UTM32):
        position(facility("513135.12", "5402655.5"), projection(UTM32))


@pytest.mark.parametrize("value", ["NaN", "inf", "-Infinity", "1_0", "x", "９", "1e999999999", "9" * 199])
def test_what_is_not_a_finite_number_is_rejected(value: str) -> None:
    with pytest.raises(RowRejected):
        position(facility(value, "9.1"), projection(UTM32))


def test_0_0_is_no_position() -> None:
    with pytest.raises(RowRejected, match="no position"):
        position(facility("0.0", "0.0"), None)


@pytest.mark.parametrize(
    "row",
    [
        "<parkingRecord/>",
        "<parkingRecord><parkingLocation/></parkingRecord>",
        "<parkingRecord><parkingLocation><area><areaName>Mitte</areaName></area></parkingLocation></parkingRecord>",
        "<r><facilityLocation><locationForDisplay><latitude>48</latitude></locationForDisplay></facilityLocation></r>",
    ],
)
def test_an_area_or_nothing_is_no_position(row: str) -> None:
    with pytest.raises(RowRejected, match="no position"):
        position(fromstring(row), None)


@given(st.floats(), st.floats())
def test_any_two_numbers_are_a_position_or_rejected(latitude: float, longitude: float) -> None:
    for project in (None, projection(UTM32)):
        try:
            found = position(facility(latitude, longitude), project)
        except RowRejected:
            continue
        assert isinstance(found, Coordinates)


@pytest.mark.parametrize("crs", ["", "EPSG:0", "EPSG:4326", "UTM", "+proj=utm +zone=32"])
def test_a_system_that_is_unknown_or_not_projected_is_refused(crs: str) -> None:
    with pytest.raises(ValueError, match="EPSG:25832"):
        projection(crs)


def test_without_pyproj_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyproj", None)
    with pytest.raises(ValueError, match=r"install parkgraph-datex2\[crs\]"):
        projection(UTM32)
