import json

import pytest
from hypothesis import given

from parkgraph.domain.tariff import RateTable
from parkgraph.yards import rates_form
from tests.networks.test_stored_form import tables
from tests.yards.yards import RATES, digits


@given(tables)
def test_every_rate_table_survives_to_the_last_digit(rates: RateTable) -> None:
    read = rates_form.read(json.dumps(rates_form.write(rates)))
    assert read == rates
    assert digits(read) == digits(rates)


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
