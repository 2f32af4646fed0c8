"""Operators pin which listings are one place, and everybody sees what came of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from tests.api.conftest import Ask

PIN = """
mutation ($ids: [ID!]!, $same: Boolean!) {
  pinMatch(listingIds: $ids, same: $same) {
    __typename
    ... on MatchChanged { pins { listingIds same } places { id listings { id } } }
    ... on MatchContradiction { text pin { listingIds same } }
  }
}
"""
UNPIN = "mutation ($ids: [ID!]!) { unpinMatch(listingIds: $ids) { pins { same } places { id listings { id } } } }"
PLACES = """
{ within(bounds: { south: 48.7, west: 9.1, north: 48.85, east: 9.3 }, first: 100) {
    nodes { id partOf { id } parts { id } disagreements { field values { value network { id } observedAt } }
            listings { id capacity network { id } } } } }
"""


@pytest.fixture
def operator(ask_as: Callable[..., Ask]) -> Ask:
    return ask_as(Role.OPERATOR)


@pytest.fixture
def merged(ask: Ask, operator: Ask) -> Iterator[dict[str, Any]]:
    """A place of two networks' listings; no pin of it stays."""
    place = next(each for each in places(ask) if len(each["listings"]) == 2)
    yield place
    operator(UNPIN, ids=listings(place))


def places(ask: Ask) -> list[dict[str, Any]]:
    answer = ask(PLACES)
    assert "errors" not in answer, answer
    return list(answer["data"]["within"]["nodes"])


def listings(place: dict[str, Any]) -> list[str]:
    return [each["id"] for each in place["listings"]]


def changed(answer: dict[str, Any]) -> dict[str, Any]:
    assert "errors" not in answer, answer
    return dict(next(iter(answer["data"].values())))


def test_a_place_is_split_and_comes_together_again(ask: Ask, operator: Ask, merged: dict[str, Any]) -> None:
    two = listings(merged)
    split = changed(operator(PIN, ids=two, same=False))
    assert [pin["same"] for pin in split["pins"]] == [False]
    assert sorted(map(listings, split["places"])) == sorted([each] for each in two)
    assert merged["id"] in [place["id"] for place in split["places"]]
    other = next(place["id"] for place in split["places"] if place["id"] != merged["id"])

    together = changed(operator(UNPIN, ids=two))
    assert [(place["id"], sorted(listings(place))) for place in together["places"]] == [(merged["id"], sorted(two))]
    found = ask("query ($id: ID!) { place(id: $id) { id } }", id=other)["data"]["place"]
    assert found == {"id": merged["id"]}, "an id that was handed out meanwhile redirects"


def test_a_contradiction_is_told_as_data(ask: Ask, operator: Ask, merged: dict[str, Any]) -> None:
    one, other = listings(merged)
    third = next(listings(place)[0] for place in places(ask) if place["id"] != merged["id"])
    operator(PIN, ids=[one, other], same=True)
    operator(PIN, ids=[other, third], same=True)
    refused = changed(operator(PIN, ids=[one, third], same=False))
    operator(UNPIN, ids=[one, other, third])
    assert refused["__typename"] == "MatchContradiction"
    assert (sorted(refused["pin"]["listingIds"]), refused["pin"]["same"]) == (sorted([one, third]), False)


@pytest.mark.parametrize(
    "given",
    [
        [ids.encode(ids.LISTING, "bahn", "nobody")],
        [ids.encode(ids.LISTING, "bahn", "nobody"), ids.encode(ids.LISTING, "bahn", "no-other")],
        [ids.encode(ids.PLACE, "0" * 32), ids.encode(ids.PLACE, "1" * 32)],
        [ids.encode(ids.LISTING, "bahn", str(number)) for number in range(11)],
    ],
    ids=["one", "never listed", "no listings", "too many"],
)
def test_what_names_no_listings_is_refused(operator: Ask, given: list[str]) -> None:
    (error,) = operator(PIN, ids=given, same=True)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("listingIds: ")


def test_a_disagreement_names_the_networks_and_their_words(ask: Ask) -> None:
    capacities = [
        (place, each) for place in places(ask) for each in place["disagreements"] if each["field"] == "capacity"
    ]
    assert capacities
    for place, disagreement in capacities:
        told = {(value["network"]["id"], value["value"]) for value in disagreement["values"]}
        assert told == {
            (each["network"]["id"], str(each["capacity"])) for each in place["listings"] if each["capacity"] is not None
        }


def test_a_part_and_its_whole_know_each_other(ask: Ask) -> None:
    for place in places(ask):
        for part in place["parts"]:
            (other,) = (each for each in places(ask) if each["id"] == part["id"])
            assert other["partOf"] == {"id": place["id"]}
