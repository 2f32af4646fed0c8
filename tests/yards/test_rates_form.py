import json
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given

from parkgraph.domain.civil import Day
from parkgraph.domain.tariff import RateTable
from parkgraph.yards import rates_form
from parkgraph.yards.simple_rates import BandPrice, SimpleRates
from tests.networks.test_stored_form import tables
from tests.yards.yards import RATES, digits


@given(tables)
def test_every_rate_table_survives_to_the_last_digit(rates: RateTable) -> None:
    read = rates_form.read(json.dumps(rates_form.write(rates)))
    assert read == rates
    assert digits(read) == digits(rates)


def test_equal_rates_are_written_alike_in_whichever_process() -> None:
    """Else each process would store them once more for the quotes that it makes."""
    band = BandPrice(time(8), time(18), Decimal(1), frozenset(Day))
    form = rates_form.write(SimpleRates("EUR", Decimal(2), bands=(band,)).table())
    line = form["collections"][0]["lines"][0]  # type: ignore[index]
    assert line["band"]["days"] == sorted(Day)


def test_amounts_are_strings() -> None:
    assert json.dumps(rates_form.write(RATES)).count('"value": "1.20"') == 1


@pytest.mark.parametrize(
    "form",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"currency": "EUR", "collections": []}',
        '{"currency": "euro", "collections": [{"lines": [{"kind": "FLAT", "value": "1"}]}]}',
        '{"currency": "EUR", "collections": [{"lines": [{"kind": "FLAT", "value": "-1"}]}]}',
        '{"currency": "EUR", "collections": [{"lines": [{"kind": "FLAT", "value": "NaN"}]}]}',
        '{"currency": "EUR", "collections": [{"lines": [{"kind": "SOMETIMES", "value": "1"}]}]}',
        "[" * 10_000,
    ],
)
def test_what_is_no_rate_table_is_a_value_error(form: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rates_form.read(form)
