"""Tokens and keys over HTTP: who is let in as whom, and what the others are told."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from parkgraph.accounts.api_keys import ApiKeys, Created
from parkgraph.accounts.principal import Role
from parkgraph.accounts.repository import ApiKeyRepository
from parkgraph.app import create_app
from parkgraph.db.engine import Database
from parkgraph.settings import AccountsSettings, LimitsSettings, ServerSettings, Settings, load
from tests.accounts.issuer import AUDIENCE, NAME, claims, ec_key, jwk, jwks, rsa_key, sign
from tests.api.serving import serving
from tests.conftest import execute, with_database
from tests.recorded import serving as serving_folder
from tests.signed_in import token

VIEWER = "{ viewer { roles } }"

Serve = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def url(database_url: str, migrated_template: str) -> Iterator[str]:
    name = "signing_in"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
    yield with_database(database_url, name)
    asyncio.run(execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an issuer's keys."""
    folder = tmp_path_factory.mktemp("issuer")
    (folder / "jwks.json").write_bytes(jwks(jwk(ec_key(), "e"), jwk(rsa_key(), "r")))
    with serving_folder(folder) as address:
        yield f"{address}/jwks.json"


@pytest.fixture
def serve(url: str, tmp_path: Path) -> Serve:
    """A server without networks but the yards, which trusts this issuer."""

    @contextmanager
    def start(jwks: str | None = None, per_minute: int | None = None, **server: Any) -> Iterator[httpx.Client]:
        accounts = AccountsSettings(issuer=NAME, audience=AUDIENCE, jwks=jwks, allow_private=True) if jwks else None
        environ = {
            "PARKGRAPH_DATABASE_URL": url,
            "PARKGRAPH_DATA_DIR": str(tmp_path),
            "PARKGRAPH_YARDS_PLATES_KEY": base64.b64encode(bytes(32)).decode(),
        }
        settings: Settings = load(None, environ).model_copy(
            update={
                "server": ServerSettings(**server),
                "limits": LimitsSettings(requests_per_minute=per_minute),
                "accounts": accounts or AccountsSettings(),
            }
        )
        with serving(create_app(settings, [])) as client:
            yield client

    return start


def ask(client: httpx.Client, credential: str | None = None, query: str = VIEWER) -> httpx.Response:
    headers = {"Authorization": f"Bearer {credential}"} if credential is not None else {}
    return client.post("/graphql", json={"query": query}, headers=headers)


def outcome(response: httpx.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


def roles(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    found: list[str] = response.json()["data"]["viewer"]["roles"]
    return found


def new_key(url: str, account: str) -> tuple[str, Callable[[], None]]:
    """A key, and what revokes it in another process."""

    async def make() -> Created:
        database = Database(url)
        made = await ApiKeys(ApiKeyRepository(database)).create(account, frozenset({Role.PARTNER}), "a test's")
        await database.close()
        assert isinstance(made, Created)
        return made

    made = asyncio.run(make())
    statement = f"UPDATE api_keys SET revoked_at = now(), slot = NULL WHERE uuid = '{made.key.id}'"
    return made.text, lambda: asyncio.run(execute(url, statement))


def test_without_a_credential_one_is_nobody(serve: Serve, issuer: str) -> None:
    with serve(issuer) as client:
        assert ask(client).json() == {"data": {"viewer": None}}


@pytest.mark.parametrize("kid", ["e", "r"])
def test_a_token_of_the_configured_issuer_is_accepted(serve: Serve, issuer: str, kid: str) -> None:
    key = ec_key() if kid == "e" else rsa_key()
    with serve(issuer, environment="production") as client:
        assert roles(ask(client, sign(key, claims(), kid))) == ["DRIVER", "OWNER"]


def test_a_persisted_query_is_asked_with_a_token_too(serve: Serve, issuer: str) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(VIEWER.encode()).hexdigest()}}
    with serve(issuer) as client:
        client.post("/graphql", json={"query": VIEWER, "extensions": persisted})
        headers = {"Authorization": f"Bearer {sign(ec_key(), claims(), 'e')}"}
        response = client.get("/graphql", params={"extensions": json.dumps(persisted)}, headers=headers)
        assert roles(response) == ["DRIVER", "OWNER"]


def test_a_token_for_development_is_accepted_in_development_only(serve: Serve, issuer: str, tmp_path: Path) -> None:
    mine = token(tmp_path, Role.OWNER)
    with serve() as client:
        assert roles(ask(client, mine)) == ["DRIVER", "OWNER"]
    with serve(issuer) as client:
        assert roles(ask(client, mine)) == ["DRIVER", "OWNER"]
    with serve(issuer, environment="production") as client:
        assert outcome(ask(client, mine)) == (401, "UNAUTHENTICATED")


def test_a_token_for_development_of_another_folder_is_refused(serve: Serve, tmp_path: Path) -> None:
    token(tmp_path)
    with serve() as client:
        assert outcome(ask(client, token(tmp_path / "another"))) == (401, "UNAUTHENTICATED")


def test_the_first_token_for_development_is_accepted_by_a_server_that_runs(serve: Serve, tmp_path: Path) -> None:
    with serve() as client:
        assert outcome(ask(client, token(tmp_path / "another"))) == (401, "UNAUTHENTICATED")
        assert roles(ask(client, token(tmp_path))) == ["DRIVER"]


BAD_HEADERS = {
    "another scheme": [("Authorization", "Basic YTpi")],
    "no scheme": [("Authorization", "abc")],
    "nothing": [("Authorization", "")],
    "a scheme alone": [("Authorization", "Bearer")],
    "two": [("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
    "no token": [("Authorization", "Bearer abc")],
    "no key": [("Authorization", "Bearer pk_abc")],
    "huge": [("Authorization", "Bearer " + "a" * 20_000)],
    "not ASCII": [("Authorization", "Bearer é".encode())],
}


@pytest.mark.parametrize("headers", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_bad_credential_is_refused_and_makes_nobody_anonymous(
    serve: Serve, issuer: str, headers: list[tuple[str, str]]
) -> None:
    with serve(issuer) as client:
        response = client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert outcome(response) == (401, "UNAUTHENTICATED")
    assert "data" not in response.json()
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert response.headers["cache-control"] == "private, no-store"


def test_a_refusal_tells_of_expiry_and_of_nothing_else(serve: Serve, issuer: str) -> None:
    with serve(issuer) as client:
        expired = ask(client, sign(ec_key(), claims(exp=1), "e"))
        forged = ask(client, sign(ec_key("forged"), claims(), "e"))
        elsewhere = ask(client, sign(ec_key(), claims(aud="elsewhere"), "e"))
        unknown = ask(client, sign(ec_key(), claims(iss="https://elsewhere.example"), "e"))
    messages = [each.json()["errors"][0]["message"] for each in (expired, forged, elsewhere, unknown)]
    assert messages == ["The token has expired; sign in again.", *["The token is not valid here."] * 3]


def test_an_issuer_that_is_down_is_not_the_clients_fault(serve: Serve) -> None:
    with serve("http://127.0.0.1:9/jwks.json") as client:
        response = ask(client, sign(ec_key(), claims(), "e"))
        assert outcome(response) == (503, "UNAVAILABLE")
        assert int(response.headers["retry-after"]) > 0
        assert ask(client).status_code == 200


def test_keys_of_an_issuer_may_lie_in_a_file(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(jwk(ec_key(), "e")))
    with serve(str(file)) as client:
        assert roles(ask(client, sign(ec_key(), claims(), "e"))) == ["DRIVER", "OWNER"]


def test_a_key_is_accepted_until_it_is_revoked(serve: Serve, url: str) -> None:
    key, revoke = new_key(url, "anna")
    with serve(environment="production") as client:
        assert roles(ask(client, key)) == ["PARTNER"]
    revoke()
    with serve(environment="production") as client:
        assert outcome(ask(client, key)) == (401, "UNAUTHENTICATED")


def test_answers_to_somebody_are_for_nobody_else_to_keep(serve: Serve, tmp_path: Path) -> None:
    with serve() as client:
        assert ask(client, token(tmp_path)).headers["cache-control"] == "private, no-store"
        assert ask(client).headers["cache-control"] == "no-store"


def test_each_account_has_a_rate_of_its_own_wherever_it_asks_from(serve: Serve, tmp_path: Path) -> None:
    anna, berta = token(tmp_path, subject="anna"), token(tmp_path, subject="berta")
    with serve(per_minute=2) as client:
        assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]
        assert [ask(client, anna).status_code for _ in range(3)] == [200, 200, 429]
        assert ask(client, token(tmp_path, subject="anna")).status_code == 429
        assert ask(client, berta).status_code == 200


def test_guessing_ends_soon_and_takes_nothing_from_those_who_ask_without(serve: Serve) -> None:
    with serve(per_minute=2) as client:
        guesses = [outcome(ask(client, "guess")) for _ in range(3)]
        assert guesses == [(401, "UNAUTHENTICATED")] * 2 + [(429, "RATE_LIMITED")]
        assert ask(client).status_code == 200
