"""A deployed ParkGraph as its clients meet it, whatever networks it has: over HTTP alone, and changing nothing.

It judges any server at an address, in production too: `make test-blackbox URL=https://…`.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.blackbox.client import Api

EVERYWHERE = "{ within(bounds: {south: -85, west: -180, north: 85, east: 180}, first: 1) { nodes { %s } } }"
PLACE = "id name location { latitude longitude }"
NEARBY = """
query Nearby($near: CoordinatesInput!, $stay: StayInput, $first: Int!, $after: String) {
  nearby(near: $near, radius: 20000, stay: $stay, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { distance node { id name } offers { status total { amount currency } lines { amount { amount } } } }
    sources { network { id } status }
  }
}
"""
UNKNOWN_PLACE = "UGxhY2UKMDAwMDAwMDAwMDAwNDAwMDgwMDAwMDAwMDAwMDAwMDA"
"""An id as a server once gave it, of a place that is nowhere."""


@pytest.fixture(scope="module")
def place(api: Api) -> dict[str, Any]:
    """Any place that the server knows."""
    nodes = api.ask(EVERYWHERE % PLACE)["within"]["nodes"]
    if not nodes:
        pytest.skip("the server knows no place")
    found: dict[str, Any] = nodes[0]
    return found


def nearby(api: Api, place: dict[str, Any], **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.ask(NEARBY, {"near": place["location"], "first": 20, **variables})["nearby"]
    return found


def tomorrow() -> dict[str, str]:
    arrive = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    return {"arrive": arrive.isoformat(), "leave": (arrive + timedelta(hours=2)).isoformat()}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_is_healthy(api: Api, path: str) -> None:
    assert api.http.get(path).status_code == 200


def test_every_network_says_how_it_is(api: Api) -> None:
    networks = api.ask("{ networks { id name status listings } }")["networks"]
    assert "yards" in {network["id"] for network in networks}
    assert all(network["status"] in {"STARTING", "UP", "DEGRADED", "DOWN"} for network in networks)


def test_a_place_is_found_where_it_is_and_the_nearest_comes_first(api: Api, place: dict[str, Any]) -> None:
    edges = nearby(api, place)["edges"]
    distances = [edge["distance"] for edge in edges]
    assert distances == sorted(distances)
    assert place["id"] in {edge["node"]["id"] for edge in edges if edge["distance"] <= 1}


def test_every_network_reports_on_a_search(api: Api, place: dict[str, Any]) -> None:
    reports = [source["network"]["id"] for source in nearby(api, place)["sources"]]
    enabled = [network["id"] for network in api.ask("{ networks { id } }")["networks"]]
    assert sorted(reports) == sorted(enabled)


def test_pages_follow_each_other_without_gap_and_repetition(api: Api, place: dict[str, Any]) -> None:
    whole = [edge["node"]["id"] for edge in nearby(api, place, first=5)["edges"]]
    pages: list[str] = []
    after: str | None = None
    for _ in whole:
        page = nearby(api, place, first=1, after=after)
        pages += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert pages == whole


def test_the_lines_of_an_offer_add_up_to_its_total(api: Api, place: dict[str, Any]) -> None:
    offers = [offer for edge in nearby(api, place, stay=tomorrow())["edges"] for offer in edge["offers"]]
    priced = [offer for offer in offers if offer["status"] in {"PRICED", "FREE"}]
    assert all(offer["total"] is None for offer in offers if offer not in priced)
    for offer in priced:
        lines = [Decimal(line["amount"]["amount"]) for line in offer["lines"]]
        assert sum(lines) == Decimal(offer["total"]["amount"]) or not lines
        assert len(offer["total"]["currency"]) == 3


def test_an_id_leads_back_to_its_place(api: Api, place: dict[str, Any]) -> None:
    found = api.ask(f"query($id: ID!) {{ place(id: $id) {{ {PLACE} }} node(id: $id) {{ id }} }}", {"id": place["id"]})
    assert found == {"place": place, "node": {"id": place["id"]}}


def test_an_unknown_id_is_null_and_a_malformed_one_an_error(api: Api) -> None:
    query = "query($id: ID!) { place(id: $id) { id } }"
    assert api.ask(query, {"id": UNKNOWN_PLACE}) == {"place": None}
    assert api.codes(query, {"id": "nonsense"}) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ nothingOfThatName }", "BAD_USER_INPUT"),
        ("{ networks {", "BAD_USER_INPUT"),
        ("{ nearby(near: {latitude: 91, longitude: 0}) { totalCount } }", "BAD_USER_INPUT"),
        ('{ place(id: "x") { offers(stay: {arrive: "2027-01-01T08:00", leave: "2027-01-01T09:00"}) { id } } }',
         "BAD_USER_INPUT"),
        (f"{{ {' '.join(f'a{n}: __typename' for n in range(2000))} }}", "QUERY_TOO_COMPLEX"),
        (f"{{ networks {'{ x ' * 60}{'}' * 60} }}", "QUERY_TOO_COMPLEX"),
        ('mutation { createApiKey(label: "x", roles: [OWNER]) { __typename } }', "UNAUTHENTICATED"),
        ('mutation { unpinMatch(listingIds: ["x", "y"]) { __typename } }', "UNAUTHENTICATED"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_has_a_code(api: Api, query: str, code: str) -> None:
    assert set(api.codes(query)) == {code}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"method": "GET", "params": {"query": "{ networks { id } }"}}, 405),
        ({"method": "POST", "content": b"query", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"method": "POST", "json": [{"query": "{ networks { id } }"}]}, 400),
        ({"method": "POST", "json": {"query": "{ networks { id } } #" + "x" * 200_000}}, 413),
        ({"method": "POST", "json": {"query": "{ viewer { roles } }"}, "headers": {"Authorization": "Bearer x"}}, 401),
    ],
)
def test_a_request_that_is_none_is_refused_as_json(api: Api, request_: dict[str, Any], status: int) -> None:
    response = api.http.request(url="/graphql", **request_)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"]


def test_an_answer_has_the_id_of_its_request_and_does_not_say_what_serves_it(api: Api) -> None:
    response = api.http.post("/graphql", json={"query": "{ __typename }"}, headers={"X-Request-Id": "black-box.1"})
    assert response.headers["x-request-id"] == "black-box.1"
    assert response.headers["cache-control"] == "no-store"
    assert not {"x-powered-by", "x-aspnet-version"} & set(response.headers)
    assert "uvicorn" not in response.headers.get("server", "")


def test_nobody_is_nobody_and_a_token_is_somebody(api: Api) -> None:
    assert api.ask("{ viewer { roles } }") == {"viewer": None}
    if api.token is None:
        pytest.skip("no token was given")
    assert api.ask("{ viewer { roles } }", token=api.token)["viewer"]["roles"]
