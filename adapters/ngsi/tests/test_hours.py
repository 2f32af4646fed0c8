from collections.abc import Callable

import pytest

from parkgraph.domain.place import Listing

MakeListing = Callable[..., Listing]


@pytest.mark.parametrize(
    ("written", "osm"),
    [
        ("Mo-Fr 08:00-20:00", "Mo-Fr 08:00-20:00"),
        ("Mo-Fr 08:00-20:00; Sa 09:00-18:00", "Mo-Fr 08:00-20:00; Sa 09:00-18:00"),
        (["Mo,Tu 08:00-12:00,14:00-18:00", "Fr-Mo 10:00-11:00"], None),
        (["Su 10:00-16:00", "Mo-Sa 07:00-22:00"], "Mo-Sa 07:00-22:00; Su 10:00-16:00"),
        ("Mo,We-Th 08:00-12:00, 14:00-18:00", "Mo 08:00-12:00,14:00-18:00; We-Th 08:00-12:00,14:00-18:00"),
        ("Sa-Mo 10:00-12:00", "Mo 10:00-12:00; Sa-Su 10:00-12:00"),
        ("08:00-20:00", "Mo-Su 08:00-20:00"),
        ("Mo-Su 00:00-23:59", "24/7"),
        ("Mo-Su 18:00-02:00", "Mo-Su 18:00-02:00"),
        ("24/7", "24/7"),
    ],
    ids=str,
)
def test_the_form_of_schema_org_is_osm_syntax_where_no_day_comes_twice(
    listing_with: MakeListing, written: object, osm: str | None
) -> None:
    assert listing_with(openingHours=written).opening_hours == osm


@pytest.mark.parametrize(
    ("opens", "closes", "osm"),
    [
        ("06:00", "22:00", "Mo-Su 06:00-22:00"),
        ("06:00", "00:00", "Mo-Su 06:00-24:00"),
        ("18:00", "02:00", "Mo-Su 18:00-02:00"),
        ("00:00", "00:00", "24/7"),
        ("08:00", "08:00", None),
        ("06:00", None, None),
        ("6 Uhr", "22 Uhr", None),
    ],
)
def test_a_time_to_open_and_one_to_close_hold_on_every_day(
    listing_with: MakeListing, opens: str, closes: str | None, osm: str | None
) -> None:
    assert listing_with(openingHours=opens, closingHours=closes).opening_hours == osm


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "Mo-Fr",
        "Mo-Fr 8-20",
        "Mo-Fr 08:00-20:00, PH off",
        "Mo-Fr 08:00-20:00; Mo 09:00-10:00",
        "Mo-Fr 08:00-08:00",
        "Mo-Fr 08:00-24:30",
        "Mo-Fr 24:00-08:00",
        "24 hours",
        {"Mo": "08:00-20:00"},
        8,
    ],
    ids=str,
)
def test_what_has_no_exact_reading_is_unknown(listing_with: MakeListing, written: object) -> None:
    assert listing_with(openingHours=written).opening_hours is None
