"""Public holidays of real places."""

from datetime import date

import pytest

from parkgraph.graph.calendars import calendar_of


def is_holiday(region: str, day: date) -> bool:
    calendar = calendar_of(region)
    assert calendar is not None
    return calendar.is_holiday(day)


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    corpus_christi = date(2026, 6, 4)
    assert is_holiday("DE-BW", corpus_christi)
    assert not is_holiday("DE-BE", corpus_christi)


def test_a_country_alone_has_those_of_the_whole_country() -> None:
    assert is_holiday("DE", date(2026, 10, 3))
    assert not is_holiday("DE", date(2026, 6, 4))


def test_every_year_is_known() -> None:
    assert is_holiday("HK", date(2026, 2, 17))
    assert is_holiday("HK", date(2027, 2, 6))


@pytest.mark.parametrize("region", [None, "", "XX", "DE-QQ", "de", "Germany", "DE-BW-1"])
def test_an_unknown_region_has_unknown_holidays(region: str | None) -> None:
    assert calendar_of(region) is None
