"""A response's body as JSON, and the addresses that settings may hold."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from parkgraph.sdk import Malformed, Response, Url


def _json(text: bytes, *, exact: bool = False) -> Any:
    return Response(200, {}, text).json(exact=exact)


def test_numbers_with_a_point_are_floats() -> None:
    assert _json(b'{"price": 0.10, "spaces": 3}') == {"price": 0.1, "spaces": 3}


def test_exact_numbers_keep_every_digit() -> None:
    price = _json(b'{"price": 0.10}', exact=True)["price"]
    assert isinstance(price, Decimal)
    assert str(price) == "0.10"


def test_exact_integers_stay_integers() -> None:
    assert type(_json(b"3", exact=True)) is int


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_exact_is_exact_for_every_price(price: Decimal) -> None:
    assert _json(f"[{price:f}]".encode(), exact=True) == [price]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[-1e400]", b"1" + b"0" * 400])
def test_a_number_that_is_not_finite_is_malformed(text: bytes, exact: bool) -> None:
    with pytest.raises(Malformed):
        _json(text, exact=exact)


@pytest.mark.parametrize("text", [b"1e-99999999999999999999", b"0e999999999", b"1e309"])
def test_an_exact_number_has_a_bounded_exponent(text: bytes) -> None:
    with pytest.raises(Malformed):
        _json(text, exact=True)


@pytest.mark.parametrize("exact", [False, True])
def test_a_number_too_small_for_a_double_is_zero_in_both_readings(exact: bool) -> None:
    assert _json(b"1.5e-400", exact=exact) == 0


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"<html>", b"{} {}", b'"\xff"', b'"\\ud800"', "{}".encode("utf-16"), b"[" * 100_000 + b"]" * 100_000],
    ids=["empty", "cut", "html", "two", "latin", "surrogate", "utf-16", "deep"],
)
def test_what_is_not_json_in_utf_8_is_malformed(text: bytes, exact: bool) -> None:
    with pytest.raises(Malformed) as fault:
        _json(text, exact=exact)
    assert str(fault.value) == "the answer is not JSON"


def test_a_byte_order_mark_is_overlooked() -> None:
    assert _json(b"\xef\xbb\xbf{}") == {}


@given(st.binary())
def test_no_body_raises_anything_but_malformed(body: bytes) -> None:
    for exact in (False, True):
        try:
            _json(body, exact=exact)
        except Malformed:
            with pytest.raises(orjson.JSONDecodeError):
                orjson.loads(body)


def test_a_response_shows_no_content_in_a_log() -> None:
    assert "secret" not in repr(Response(200, {"x": "secret"}, b"secret"))


@pytest.mark.parametrize("url", ["https://city.example/a?b=c", "http://127.0.0.1:8080/", "file:facilities.json"])
def test_settings_take_web_addresses_and_samples(url: str) -> None:
    assert TypeAdapter[str](Url).validate_python(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "city.example", "ftp://city.example/", "https://", "https:///path", "https://u:p@city.example/",
     "https://[::1", "https://city.example/a b", "https://city.example/\n"],
)  # fmt: skip
def test_settings_refuse_any_other_address(url: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](Url).validate_python(url)
