"""A sample holds no secret, and nothing that names or reaches a person."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.kit.scrub import PHONE, PLATE, SECRET, scrub


def scrubbed(document: object, *secrets: str) -> object:
    value: object = json.loads(scrub(json.dumps(document).encode(), secrets))
    return value


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("licensePlate", "S-PG 2026", PLATE),
        ("plate", 4711, PLATE),
        ("Kennzeichen", "ganz frei", PLATE),
        ("email", "not an address", SECRET),
        ("phone", "216 0", PHONE),
        ("tel", 711216, PHONE),
        ("access_token", "abc", SECRET),
        ("apiKey", "abc", SECRET),
        ("password", "abc", SECRET),
        ("client_secret", "abc", SECRET),
    ],
)
def test_a_value_is_replaced_by_its_name(key: str, value: object, instead: str) -> None:
    assert scrubbed({"rows": [{key: value}]}) == {"rows": [{key: instead}]}


def test_all_that_is_a_driver_s_is_replaced() -> None:
    assert scrubbed({"driver": {"name": "Kim Muster", "car": {"plate": "S-PG 1"}}}) == {
        "driver": {"name": SECRET, "car": {"plate": PLATE}}
    }


def test_all_values_of_a_list_are_replaced() -> None:
    assert scrubbed({"plates": ["S-PG 1", "S-PG 2"]}) == {"plates": [PLATE, PLATE]}


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("ask info@acme.example.org or call", f"ask {SECRET} or call"),
        ("call +49 711 216-0815 now", f"call {PHONE} now"),
        ("call 0049 711 2160815", f"call {PHONE}"),
        ("call 0711/2160815", f"call {PHONE}"),
        ("the car S-PG 2026 stood", f"the car {PLATE} stood"),
        ("the car AB-123-CD stood", f"the car {PLATE} stood"),
        ("https://acme.example/a?key=abc123&b=1", f"https://acme.example/a?key={SECRET}&b=1"),
    ],
)
def test_a_text_is_scrubbed_by_shape(text: str, instead: str) -> None:
    assert scrubbed({"note": text}) == {"note": instead}


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T09:00:00+01:00",
        "2026-11-24",
        "Mo-Fr 07:00-19:00",
        "08:00 - 18:00",
        "48.786446, 9.18133",
        "70173 Stuttgart",
        "EPSG:25832",
        "bdbf1675-67b8-41f7-8d5c-4fdda127d0d9",
        "https://www.dbbahnpark.de/standorte/karte?id=100275&lat=48.786446",
        "P+R Möhringen, Ebenen -1 bis 6",
    ],
)
def test_what_is_no_person_stays(text: str) -> None:
    assert scrubbed({"note": text}) == {"note": text}


def test_a_secret_of_the_settings_is_found_wherever_it_is() -> None:
    assert scrubbed({"echo": "you sent s3cr3t-k3y, thanks"}, "s3cr3t-k3y") == {"echo": f"you sent {SECRET}, thanks"}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_a_number_stays_digit_for_digit(number: Decimal) -> None:
    written = f'{{"price":{number:f}}}'.encode()
    assert f"{number:f}".encode() in scrub(written)


def test_null_and_truth_stay() -> None:
    assert scrubbed({"phone": None, "token": True}) == {"phone": None, "token": True}


def test_xml_is_scrubbed_by_its_elements_and_attributes_and_else_left_as_it_is() -> None:
    document = (
        b'<?xml version="1.0"?>\n<a:site xmlns:a="urn:a" a:token="abc">'
        b"<a:phone>216</a:phone><a:name>Markt</a:name><a:mail>info@acme.example.org</a:mail></a:site>"
    )
    assert scrub(document).decode() == (
        f'<?xml version="1.0"?>\n<a:site xmlns:a="urn:a" a:token="{SECRET}">'
        f"<a:phone>{PHONE}</a:phone><a:name>Markt</a:name><a:mail>{SECRET}</a:mail></a:site>"
    )
