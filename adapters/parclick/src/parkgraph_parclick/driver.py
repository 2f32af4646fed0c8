"""Who parks, as the network wants it said."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from parkgraph.sdk import Driver

_COUNTRY: Final = re.compile(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2}")
"""Country codes (ITU-T E.164): none is the beginning of another."""

_PHONE: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_FILLING: Final = re.compile(r"[\s()./-]")

_REQUESTED: Final[Mapping[str, str]] = {
    "brand": "the vehicle's make",
    "model": "the vehicle's model",
    "color_vehicle": "the vehicle's colour",
    "license_plate": "the vehicle's plate",
    "arrival_flight": "the number of the return flight",
    "departure_flight": "the number of the outward flight",
    "return_flight_location": "the city of the return flight",
    "arrival_train": "the number of the return train",
    "departure_train": "the number of the outward train",
    "people_travelling": "the number of travellers",
    "cruise_ferry": "the number of the cruise or ferry",
    "cruise_ferry_name": "the name of the cruise",
    "passenger_email": "the driver's e-mail address",
    "passenger_phone_number": "the driver's phone number",
    "name_hotel": "the name of the hotel",
    "departure_terminal": "the terminal of departure",
}
"""What a car park may request besides, in our words."""


def split_phone(number: str) -> tuple[str, str] | None:
    """Country code and the rest: "+34 666 339 900" is ("34", "666339900"). None without a country code."""
    found = _PHONE.fullmatch(_FILLING.sub("", number))
    code = _COUNTRY.match(found[1]) if found else None
    return (code[0], code.string[code.end() :]) if code else None


def marked(client_reference: str) -> str:
    """How our reference stands at the end of the last name, the one text that a list of bookings gives back."""
    return f"[{client_reference}]"


def missing(driver: Driver, requested: Iterable[str]) -> tuple[str, ...]:
    """What a booking needs and this driver does not say, in our words."""
    lacks = []
    if len((driver.name or "").split()) < 2:
        lacks.append("the driver's first and last name")
    if "@" not in (driver.email or ""):
        lacks.append("the driver's e-mail address")
    if split_phone(driver.phone or "") is None:
        lacks.append("the driver's phone number with its country code")
    known = _known(driver)
    asked = [_REQUESTED.get(name, "a detail that cannot be given here") for name in requested if not known.get(name)]
    return tuple(dict.fromkeys((*lacks, *asked)))


def to_form(driver: Driver, client_reference: str, requested: Iterable[str]) -> Mapping[str, str]:
    """The driver's part of `POST /v1/booking/new`, of a driver who lacks nothing."""
    first, *rest = (driver.name or "").split()
    prefix, phone = split_phone(driver.phone or "") or ("", "")
    known = _known(driver)
    besides = {name: known[name] for name in requested}
    if driver.plate and "license_plate" not in besides:
        besides["licence_plate"] = driver.plate
    return {
        "firstName": first,
        "lastName": " ".join((*rest, marked(client_reference))),
        "email": driver.email or "",
        "prefix": prefix,
        "phone": phone,
        **besides,
    }


def _known(driver: Driver) -> Mapping[str, str]:
    return {
        "license_plate": driver.plate or "",
        "passenger_email": driver.email or "",
        "passenger_phone_number": driver.phone or "",
    }
