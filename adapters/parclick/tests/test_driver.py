"""Who parks, as the network wants it said."""

import pytest

from parkgraph.sdk import Driver
from parkgraph_parclick.driver import missing, split_phone, to_form

ANA = Driver(plate="1234 BCD", name="Ana María Pérez", email="ana@example.org", phone="+34 666 339 900")


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("+34 666 339 900", ("34", "666339900")),
        ("0034666339900", ("34", "666339900")),
        ("+33 (6) 12-34.56/78", ("33", "612345678")),
        ("+351 912 345 678", ("351", "912345678")),
        ("+1 312 555 0100", ("1", "3125550100")),
        ("+7 495 123-45-67", ("7", "4951234567")),
        ("+852 2123 4567", ("852", "21234567")),
        ("666 339 900", None),
        ("+0 123 456 789", None),
        ("+34", None),
        ("+34 666 339 900 ext. 5", None),
        ("", None),
    ],
)
def test_a_phone_number_is_split_after_its_country_code(number: str, parts: tuple[str, str] | None) -> None:
    assert split_phone(number) == parts


def test_a_driver_who_says_all_lacks_nothing() -> None:
    assert missing(ANA, ["license_plate", "passenger_email", "passenger_phone_number"]) == ()


def test_what_is_missing_is_named_in_our_words() -> None:
    assert missing(Driver(), ["license_plate", "brand", "shoe_size"]) == (
        "the driver's first and last name",
        "the driver's e-mail address",
        "the driver's phone number with its country code",
        "the vehicle's plate",
        "the vehicle's make",
        "a detail that cannot be given here",
    )


def test_the_last_name_carries_our_reference() -> None:
    assert to_form(ANA, "ref-1", ()) == {
        "firstName": "Ana",
        "lastName": "María Pérez [ref-1]",
        "email": "ana@example.org",
        "prefix": "34",
        "phone": "666339900",
        "licence_plate": "1234 BCD",
    }


def test_a_requested_plate_is_sent_by_the_name_of_the_request() -> None:
    form = to_form(ANA, "ref-1", ["license_plate"])
    assert form["license_plate"] == "1234 BCD"
    assert "licence_plate" not in form
