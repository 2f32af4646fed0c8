"""What an owner may not say of a yard, and what it is answered with."""

import json
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkgraph.accounts.principal import Role
from tests.api.conftest import Ask

CREATE: Final = """mutation Create($key: String!, $input: YardInput!) {
  createYard(idempotencyKey: $key, input: $input) { id version name spaces { id } }
}"""
CHANGE: Final = """mutation Change($id: ID!, $changes: YardChanges!) {
  changeYard(yardId: $id, version: 1, changes: $changes) { ... on Yard { version } }
}"""
CHANGE_SPACE: Final = """mutation Space($id: ID!, $spaces: [ID!]!, $changes: YardSpaceChanges!) {
  changeYardSpaces(yardId: $id, version: 1, spaceIds: $spaces, changes: $changes) { ... on Yard { version } }
}"""
READ: Final = "query Read($id: ID!) { yard(id: $id) { version name spaces { id } } }"
COMPLETE: Final[dict[str, Any]] = {
    "name": "Hof Beispiel",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "location": {"latitude": 48.78, "longitude": 9.18},
    "spaces": [{"labels": ["1", "2"], "covered": True}, {"count": 2}],
    "rates": {"simple": {"currency": "EUR", "price": "1.20", "dayMaximum": "9.60"}},
    "openingHours": "Mo-Sa 07:00-20:00",
    "access": {"method": "CODE", "code": "4711"},
    "instructions": "The second gate.",
}


@pytest.fixture(scope="session")
def owner(ask_as: Callable[..., Ask]) -> Ask:
    return ask_as(Role.OWNER, subject="an owner of drafts")


def refusal(answer: dict[str, Any]) -> str:
    """Code and message of the one error."""
    (error,) = answer["errors"]
    return f"{error['extensions']['code']} {error['message']}"


def draft(owner: Ask) -> dict[str, Any]:
    answer = owner(CREATE, key=str(uuid4()), input=COMPLETE)
    made: dict[str, Any] = answer["data"]["createYard"]
    return made


RATES: Final = {"currency": "EUR", "price": "1"}
BAND: Final = {"start": "08:00", "end": "09:00", "price": "1"}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": " "}, "input.name: "),
        ({"name": "x" * 101}, "input.name: "),
        ({"name": "a\x00b"}, "input.name: "),
        ({"timezone": "Europe/Nowhere"}, "input.timezone: "),
        ({"timezone": "/etc/passwd"}, "input.timezone: "),
        ({"country": "de"}, "input.country: "),
        ({"location": {"latitude": 91, "longitude": 0}}, "input.location.latitude: "),
        ({"openingHours": "whenever"}, "input.openingHours: "),
        ({"openingHours": " "}, "input.openingHours: "),
        ({"openingHours": None, "exceptions": [{"first": "2026-12-24", "last": "2026-12-24"}]}, "input.exceptions: "),
        ({"exceptions": [{"first": "2026-12-24", "last": "2026-12-23"}]}, "input.exceptions[0].last: "),
        (
            {"exceptions": [{"first": "2026-12-24", "last": "2026-12-24", "hours": "8-9"}]},
            "input.exceptions[0].hours: ",
        ),
        ({"maxHeightCm": 0}, "input.maxHeightCm: "),
        ({"maxWeightKg": -1}, "input.maxWeightKg: "),
        ({"photos": ["https://10.0.0.1/a.jpg"]}, "input.photos: "),
        ({"access": {"method": "CODE"}}, "input.access.code: "),
        ({"access": {"method": "OPEN", "code": "4711"}}, "input.access.code: "),
        ({"cancellation": {"freeHours": -1}}, "input.cancellation.freeHours: "),
        ({"cancellation": {"freeHours": 10_000}}, "input.cancellation.freeUntil: "),
        ({"cancellation": {"freeHours": 1, "refundPercent": 101}}, "input.cancellation.refundPercent: "),
        ({"spaces": [{}]}, "input.spaces[0]: "),
        ({"spaces": [{"labels": ["1"], "count": 1}]}, "input.spaces[0]: "),
        ({"spaces": [{"count": 0}]}, "input.spaces[0].count: "),
        ({"spaces": [{"count": 2_000_000_000}]}, "input.spaces[0].count: "),
        ({"spaces": [{"count": 600}, {"count": 600}]}, "input.spaces: "),
        ({"spaces": [{"labels": []}]}, "input.spaces[0].labels: "),
        ({"spaces": [{"labels": [" "]}]}, "input.spaces[0].label: "),
        ({"spaces": [{"labels": ["1"]}, {"labels": ["1"]}]}, "input.spaces: "),
        ({"spaces": [{"count": 1, "maxHeightCm": 0}]}, "input.spaces[0].maxHeightCm: "),
        ({"rates": {}}, "input.rates: "),
        ({"rates": {"simple": RATES, "document": "{}"}}, "input.rates: "),
        ({"rates": {"simple": {**RATES, "price": "-1"}}}, "input.rates.simple.price: "),
        ({"rates": {"simple": {**RATES, "currency": "euro"}}}, "input.rates.simple.currency: "),
        ({"rates": {"simple": {**RATES, "unitMinutes": 0}}}, "input.rates.simple.unitMinutes: "),
        ({"rates": {"simple": {**RATES, "unitMinutes": 2_000_000_000}}}, "input.rates.simple.unitMinutes: "),
        ({"rates": {"simple": {**RATES, "maxStayMinutes": 0}}}, "input.rates.simple.maxStayMinutes: "),
        ({"rates": {"simple": {**RATES, "bands": [BAND, BAND]}}}, "input.rates.simple.bands: "),
        ({"rates": {"simple": {**RATES, "bands": [{**BAND, "days": []}]}}}, "input.rates.simple.bands[0].days: "),
        ({"rates": {"simple": {**RATES, "bands": [{**BAND, "end": "24:00"}]}}}, "input.rates.simple.bands[0].end: "),
        ({"rates": {"simple": {**RATES, "bands": [{**BAND, "start": "8"}]}}}, "input.rates.simple.bands[0].start: "),
        ({"rates": {"document": "no JSON"}}, "input.rates.document: this is not JSON"),
        ({"rates": {"document": '{"validStart": 1, "rateLineCollections": []}'}}, "input.rates.document: "),
        ({"rates": {"document": " " * 20_001}}, "input.rates.document: "),
    ],
)
def test_what_cannot_be_is_refused_with_the_fields_name(owner: Ask, wrong: dict[str, Any], where: str) -> None:
    answer = owner(CREATE, key="one", input={**COMPLETE, **wrong})
    assert refusal(answer).startswith(f"BAD_USER_INPUT {where}")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": None}, "changes.name: "),
        ({"timezone": None}, "changes.timezone: "),
        ({"name": ""}, "changes.name: "),
        ({"openingHours": "whenever"}, "changes.openingHours: "),
        ({"maxHeightCm": 0}, "changes.maxHeightCm: "),
        ({"access": {"method": "PLATE", "code": "4711"}}, "changes.access.code: "),
    ],
)
def test_a_change_to_what_cannot_be_is_refused_and_changes_nothing(
    owner: Ask, wrong: dict[str, Any], where: str
) -> None:
    made = draft(owner)
    answer = owner(CHANGE, id=made["id"], changes=wrong)
    assert refusal(answer).startswith(f"BAD_USER_INPUT {where}")
    assert owner(READ, id=made["id"])["data"]["yard"] == {name: made[name] for name in ("version", "name", "spaces")}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"label": "2"}, "changes.spaces: "),
        ({"label": ""}, "changes.label: "),
        ({"maxWidthCm": 0}, "changes.maxWidthCm: "),
    ],
)
def test_a_space_that_cannot_be_is_refused_with_the_fields_name(
    owner: Ask, changes: dict[str, Any], where: str
) -> None:
    made = draft(owner)
    answer = owner(CHANGE_SPACE, id=made["id"], spaces=[made["spaces"][0]["id"]], changes=changes)
    assert refusal(answer).startswith(f"BAD_USER_INPUT {where}")


@pytest.mark.parametrize(
    "access",
    [
        {"method": "PLATE", "code": "secret-4711"},
        {"method": "CODE", "code": ["secret-4711"]},
        {"method": "CODE", "code": "1", "more": "secret-4711"},
        "secret-4711",
    ],
)
def test_a_code_is_in_no_message(owner: Ask, access: object) -> None:
    answer = owner(CREATE, key="one", input={**COMPLETE, "access": access})
    assert refusal(answer).startswith("BAD_USER_INPUT ")
    assert "4711" not in json.dumps(answer)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
junk = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
names = [*COMPLETE, "exceptions", "photos", "kind", "features", "cancellation", "description", "maxHeightCm"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(names), value=junk | st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_whatever_is_sent_is_a_yard_or_the_callers_mistake(owner: Ask, name: str, value: object) -> None:
    answer = owner(CREATE, key=str(uuid4()), input={**COMPLETE, name: value})
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    assert codes <= {"BAD_USER_INPUT"}, answer
