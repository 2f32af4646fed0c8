"""API keys through GraphQL: made with a token, shown once, listed and revoked by their account."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from tests.api.conftest import Ask

CREATE = """
mutation ($label: String!, $roles: [Role!]!, $expiresAt: DateTime) {
  createApiKey(label: $label, roles: $roles, expiresAt: $expiresAt) {
    __typename
    ... on ApiKeyCreated { key apiKey { id label roles prefix createdAt expiresAt revokedAt lastUsedAt } }
    ... on TooManyApiKeys { text live { id } }
  }
}
"""
REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { id revokedAt } }"
KEYS = "{ viewer { apiKeys { id label revokedAt } } }"

AskAs = Callable[..., Ask]


@pytest.fixture
def owner(ask_as: AskAs) -> Ask:
    """One whom no other test knows."""
    return ask_as(Role.OWNER, subject=uuid4().hex)


def data(answer: dict[str, Any]) -> Any:
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


def created(owner: Ask, label: str = "app", **more: Any) -> Any:
    made = data(owner(CREATE, label=label, **({"roles": ["OWNER"]} | more)))
    assert made["__typename"] == "ApiKeyCreated"
    return made


def with_key(http: httpx.Client, key: str, query: str, **variables: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


def test_a_key_is_made_shown_once_and_used(owner: Ask, http: httpx.Client) -> None:
    end = (datetime.now(UTC) + timedelta(days=90)).isoformat()
    made = created(owner, expiresAt=end)
    key = made["apiKey"]
    assert made["key"].startswith(key["prefix"])
    assert (key["label"], key["roles"], key["revokedAt"], key["lastUsedAt"]) == ("app", ["OWNER"], None, None)
    assert datetime.fromisoformat(key["expiresAt"]) == datetime.fromisoformat(end)
    assert data(with_key(http, made["key"], KEYS).json()) == {
        "apiKeys": [{"id": key["id"], "label": "app", "revokedAt": None}]
    }


def test_a_third_key_of_a_label_is_an_outcome_that_names_the_two(owner: Ask) -> None:
    live = [created(owner)["apiKey"]["id"] for _ in range(2)]
    outcome = data(owner(CREATE, label="app", roles=["OWNER"]))
    assert outcome["__typename"] == "TooManyApiKeys"
    assert [key["id"] for key in outcome["live"]] == live
    assert data(owner(REVOKE, id=live[0]))["revokedAt"]
    assert created(owner)


def test_a_revoked_key_is_refused_from_then_on(owner: Ask, http: httpx.Client) -> None:
    made = created(owner)
    assert with_key(http, made["key"], KEYS).status_code == 200
    owner(REVOKE, id=made["apiKey"]["id"])
    assert with_key(http, made["key"], KEYS).status_code == 401


def test_a_key_may_revoke_itself(owner: Ask, http: httpx.Client) -> None:
    """So that whoever finds a leaked one can end it."""
    made = created(owner)
    assert data(with_key(http, made["key"], REVOKE, id=made["apiKey"]["id"]).json())["revokedAt"]
    assert with_key(http, made["key"], KEYS).status_code == 401


def test_a_key_makes_no_keys(owner: Ask, http: httpx.Client) -> None:
    made = created(owner)
    (error,) = with_key(http, made["key"], CREATE, label="more", roles=["OWNER"]).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"


def test_nobody_sees_or_revokes_anothers_keys(owner: Ask, ask_as: AskAs) -> None:
    made = created(owner)
    other = ask_as(Role.OWNER, Role.OPERATOR, subject=uuid4().hex)
    assert data(other(KEYS)) == {"apiKeys": []}
    assert data(other(REVOKE, id=made["apiKey"]["id"])) is None
    assert [key["revokedAt"] for key in data(owner(KEYS))["apiKeys"]] == [None]


def test_an_unknown_key_is_null(owner: Ask) -> None:
    assert data(owner(REVOKE, id=ids.encode(ids.API_KEY, uuid4().hex))) is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"label": ""}, "label: "),
        ({"label": "x" * 61}, "label: "),
        ({"label": "two\nlines"}, "label: "),
        ({"roles": []}, "roles: "),
        ({"roles": ["OPERATOR"]}, "roles: "),
        ({"roles": ["OWNER", "OPERATOR"]}, "roles: "),
        ({"expiresAt": "2026-01-01T00:00:00Z"}, "expiresAt: "),
    ],
)
def test_bad_input_names_its_argument(owner: Ask, changes: dict[str, Any], where: str) -> None:
    (error,) = owner(CREATE, **({"label": "app", "roles": ["OWNER"]} | changes))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith(where)


@pytest.mark.parametrize("value", ["?", ids.encode(ids.API_KEY, "7"), ids.encode(ids.PLACE, "0" * 32)])
def test_a_malformed_id_is_bad_input(owner: Ask, value: str) -> None:
    (error,) = owner(REVOKE, id=value)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("id: ")


def test_a_viewer_knows_its_roles(ask_as: AskAs) -> None:
    answer = ask_as(Role.PARTNER, Role.OWNER)("{ viewer { roles } }")
    assert data(answer) == {"roles": ["DRIVER", "OWNER", "PARTNER"]}
