"""Arguments that make no sense are refused with a sentence that names them; what merely is not there is no error."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkgraph.api import ids
from tests.api.conftest import Ask

HERE = "{latitude: 48.7838, longitude: 9.1829}"


def nearby(arguments: str = "", near: str = HERE) -> str:
    return f"{{ nearby(near: {near} {arguments}) {{ totalCount pageInfo {{ endCursor }} }} }}"


def within(bounds: str) -> str:
    return f"{{ within(bounds: {{{bounds}}}) {{ totalCount }} }}"


def stay(arrive: str, leave: str) -> str:
    return nearby(f'stay: {{arrive: "{arrive}", leave: "{leave}"}}')


def place(identity: str, field: str = "place") -> str:
    return f'{{ {field}(id: "{identity}") {{ id }} }}'


REFUSED = [
    (nearby(near="{latitude: 91, longitude: 9}"), "near: latitude must be between -90 and 90"),
    (nearby(near="{latitude: -90.001, longitude: 9}"), "near: latitude must be between -90 and 90"),
    (nearby(near="{latitude: 1e999, longitude: 9}"), "near: latitude must be between -90 and 90"),
    (nearby(near="{latitude: 48, longitude: 180.5}"), "near: longitude must be between -180 and 180"),
    (nearby(near='{latitude: "NaN", longitude: 9}'), "near.latitude: Float cannot represent"),
    (nearby(near="{latitude: 48}"), "near: Expected value of type 'CoordinatesInput' to include required field"),
    (nearby("radius: -1"), "radius: between 1 and 50000 metres, not -1"),
    (nearby("radius: 0"), "radius: between 1 and 50000 metres, not 0"),
    (nearby("radius: 1000000000"), "radius: between 1 and 50000 metres, not 1000000000"),
    (nearby("radius: 10000000000"), "radius: Int cannot represent non 32-bit signed integer value"),
    (nearby("radius: 1.5"), "radius: Int cannot represent non-integer value"),
    (nearby("first: 1000"), "first: between 1 and 100, not 1000"),
    (nearby("first: 0"), "first: between 1 and 100, not 0"),
    (nearby("first: -1"), "first: between 1 and 100, not -1"),
    (nearby("first: null"), "first: Expected value of non-null type 'Int!'"),
    (nearby('after: ""'), "after: not a cursor of this API"),
    (nearby('after: "abc"'), "after: not a cursor of this API"),
    (nearby(r'after: "\u0000"'), "after: not a cursor of this API"),
    (nearby("sort: CHEAPEST"), "sort: Value 'CHEAPEST' does not exist"),
    (nearby("filter: {kinds: [CASTLE]}"), "filter.kinds: Value 'CASTLE' does not exist"),
    (nearby('filter: {networks: [""]}'), "filter.networks: '' is not an id that a network can have"),
    (nearby(r'filter: {networks: ["a\u0000"]}'), "filter.networks: 'a\\x00' is not an id"),
    (nearby('filter: {maxPrice: {amount: "1.00", currency: "euro"}}'), "filter.maxPrice: a currency is three capital"),
    (nearby('filter: {maxPrice: {amount: "1.00", currency: ""}}'), "filter.maxPrice: a currency is three capital"),
    (nearby('filter: {maxPrice: {amount: "-1", currency: "EUR"}}'), "filter.maxPrice: amount must not be negative"),
    (nearby('filter: {maxPrice: {amount: "", currency: "EUR"}}'), "filter.maxPrice.amount: a Decimal is a string of"),
    (nearby('filter: {maxPrice: {amount: 1.5, currency: "EUR"}}'), "filter.maxPrice.amount: a Decimal is a string of"),
    (nearby("vehicle: {heightCm: -5}"), "vehicle: heightCm must be positive, not -5"),
    (nearby("vehicle: {weightKg: 0}"), "vehicle: weightKg must be positive, not 0"),
    (stay("2026-11-24T12:00:00+01:00", "2026-11-24T11:00:00+01:00"), "stay: leave must be after arrive"),
    (stay("2026-11-24T12:00:00+01:00", "2026-11-24T12:00:00+01:00"), "stay: leave must be after arrive"),
    (stay("2026-11-24T12:00:00Z", "2036-11-24T12:00:00Z"), "stay: a stay is at most 366 days"),
    (stay("2026-11-24T12:00:00", "2026-11-25T12:00:00Z"), "stay.arrive: an instant is RFC 3339 with an offset"),
    (stay("2026-11-24T12:00:00Z", ""), "stay.leave: an instant is RFC 3339 with an offset"),
    (stay("2026-02-30T12:00:00Z", "2026-03-30T12:00:00Z"), "stay.arrive: this instant does not exist"),
    (stay("0001-01-01T00:00:00+14:00", "2026-03-30T12:00:00Z"), "stay.arrive: an instant is between the years"),
    (within("south: 10, west: 0, north: 5, east: 1"), "bounds: south (10.0) must not be north of north (5.0)"),
    (within("south: -91, west: 0, north: 5, east: 1"), "bounds: latitude must be between -90 and 90"),
    ('{ placesNamed(name: "' + "x" * 101 + '", near: ' + HERE + ") { distance } }", "name: at most 100 characters"),
    (place(""), "id: '' is not an id of this kind"),
    (place("1"), "id: '1' is not an id of this kind"),
    (place(r"\u0000"), "id: '\\x00' is not an id of this kind"),
    (place("ä☃"), "id: 'ä☃' is not an id of this kind"),
    (place("A" * 5000), "id: '" + "A" * 60 + "' is not an id of this kind"),
    (place(ids.encode(ids.PLACE, "zzz")), "is not an id of this kind"),
    (place(ids.encode(ids.PLACE, "0" * 32, "more")), "is not an id of this kind"),
    (place(ids.encode(ids.LISTING, "sbb", "1")), "is not an id of this kind"),
    (place(ids.encode(ids.OFFER, "sbb", "1"), "node"), "is not an id of this kind"),
    (place(ids.encode(ids.LISTING, "sbb"), "node"), "is not an id of this kind"),
    (place("nonsense", "node"), "id: 'nonsense' is not an id of this kind"),
]


@pytest.mark.parametrize(("query", "sentence"), REFUSED)
def test_an_argument_that_makes_no_sense_is_refused_by_name(ask: Ask, query: str, sentence: str) -> None:
    error = ask(query)["errors"][0]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert sentence in error["message"]


def test_the_cursor_of_another_query_is_refused(ask: Ask) -> None:
    cursor = ask(nearby("first: 1"))["data"]["nearby"]["pageInfo"]["endCursor"]
    assert "errors" not in ask(nearby(f'first: 1, after: "{cursor}"'))
    (error,) = ask(nearby(f'radius: 900, first: 1, after: "{cursor}"'))["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert "after: this cursor belongs to another query" in error["message"]


@pytest.mark.parametrize("field", ["place", "node"])
def test_an_id_that_is_well_formed_and_unknown_is_null(ask: Ask, field: str) -> None:
    assert ask(place(ids.encode(ids.PLACE, "0" * 32), field)) == {"data": {field: None}}


@pytest.mark.parametrize("listing", [("sbb", "nobody"), ("nobody", "1"), ("sbb", "a\x00b"), ("", "")])
def test_a_listing_that_is_unknown_is_null(ask: Ask, listing: tuple[str, str]) -> None:
    assert ask(place(ids.encode(ids.LISTING, *listing), "node")) == {"data": {"node": None}}


@pytest.mark.parametrize("networks", ["[]", '["nobody"]'])
def test_networks_that_are_unknown_have_no_places(ask: Ask, networks: str) -> None:
    assert ask(nearby(f"filter: {{networks: {networks}}}"))["data"]["nearby"]["totalCount"] == 0


SEARCH = """
query($near: CoordinatesInput!, $radius: Int!, $stay: StayInput, $vehicle: VehicleInput, $filter: PlaceFilter,
      $sort: PlaceSort!, $first: Int!, $after: String) {
  nearby(near: $near, radius: $radius, stay: $stay, vehicle: $vehicle, filter: $filter, sort: $sort, first: $first,
         after: $after) {
    totalCount edges { cursor distance cheapest { total { amount } } excluded { code } node { id isOpen } }
  }
}"""

NUMBERS = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(1, 300)
INSTANTS = st.datetimes().map(lambda t: t.isoformat() + "Z") | st.text(max_size=8) | st.sampled_from(
    ["2026-11-24T09:00:00+01:00", "2026-11-24T12:00:00+01:00", "9999-12-31T23:59:59-14:00", "2026-11-24T09:00:00+14:00"]
)  # fmt: skip
ANYTHING = st.none() | st.booleans() | NUMBERS | st.text(max_size=8)


def maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with some of these fields, or something else."""
    return st.fixed_dictionaries({}, optional={name: kind | ANYTHING for name, kind in fields.items()}) | ANYTHING


VARIABLES = st.fixed_dictionaries(
    {
        "near": maybe(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
        | st.just({"latitude": 48.78, "longitude": 9.18}),
        "radius": NUMBERS | st.just(5000),
        "first": NUMBERS | st.just(20),
        "sort": st.sampled_from(["DISTANCE", "PRICE", "VACANCY", "NONE"]),
    },
    optional={
        "stay": maybe(arrive=INSTANTS, leave=INSTANTS),
        "vehicle": maybe(kind=st.sampled_from(["CAR", "TRUCK", "SHIP"]), heightCm=NUMBERS, electric=st.booleans()),
        "filter": maybe(
            networks=st.lists(st.text(max_size=5) | st.just("sbb"), max_size=3),
            kinds=st.lists(st.sampled_from(["GARAGE", "CASTLE"]), max_size=2),
            maxPrice=maybe(amount=st.decimals().map(str), currency=st.sampled_from(["EUR", "euro", "ZZZ"])),
            vacant=st.booleans(),
            fits=st.booleans(),
        ),
        "after": st.text(max_size=12),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(variables=VARIABLES)
def test_whatever_is_asked_is_answered_or_refused_as_bad_input(ask: Ask, variables: dict[str, Any]) -> None:
    answer = ask(SEARCH, **variables)
    assert {error["extensions"]["code"] for error in answer.get("errors", [])} <= {"BAD_USER_INPUT"}
    assert (answer["data"] is None) == ("errors" in answer)
