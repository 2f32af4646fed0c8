"""What the settings make of the API: production, other sites' pages, proxies, persisted queries, limits."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from parkgraph.app import create_app
from parkgraph.settings import LimitsSettings, ServerSettings, Settings, SettingsError, load
from parkgraph.start_error import StartError
from parkgraph.web import client
from tests.api.serving import serving

COUNT = "query Count { networks { id } }"

Serve = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.fixture
def serve(database_url: str) -> Serve:
    """A server without networks but the yards."""

    @contextmanager
    def start(limits: dict[str, Any] | None = None, **server: Any) -> Iterator[httpx.Client]:
        environ = {"PARKGRAPH_DATABASE_URL": database_url, "PARKGRAPH_YARDS_PLATES_KEY": "A" * 43 + "="}
        settings = load(None, environ).model_copy(
            update={"server": ServerSettings(**server), "limits": LimitsSettings(**(limits or {}))}
        )
        with serving(create_app(settings, [])) as client:
            yield client

    return start


def ask(client: httpx.Client, query: str = "{ __typename }", **headers: str) -> httpx.Response:
    return client.post("/graphql", json={"query": query}, headers=headers)


def code(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def test_production_shows_neither_its_schema_nor_graphiql_nor_suggestions(serve: Serve) -> None:
    with serve(environment="production") as client:
        schema = ask(client, "{ __schema { types { name } } }")
        kind = ask(client, '{ __type(name: "Place") { name } }')
        misspelt = ask(client, "{ netwoks { id } }")
        page = client.get("/graphql", headers={"accept": "text/html"})
        files = client.get("/graphiql/graphiql.min.js")
        fine = ask(client, "{ __typename networks { __typename } }")
    assert [code(response) for response in (schema, kind, misspelt)] == ["BAD_USER_INPUT"] * 3
    assert "Did you mean" not in misspelt.text
    assert (page.status_code, page.headers["content-type"]) == (405, "application/json")
    assert files.status_code == 404
    assert fine.json()["data"]["__typename"] == "Query"


def test_development_suggests_and_shows_its_schema(serve: Serve) -> None:
    with serve() as client:
        assert "Did you mean 'networks'?" in ask(client, "{ netwoks { id } }").text
        assert "errors" not in ask(client, "{ __schema { types { name } } }").json()


def preflight(client: httpx.Client, origin: str) -> httpx.Response:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    return client.options("/graphql", headers={"origin": origin, **asked})


def test_only_the_configured_sites_pages_may_ask(serve: Serve) -> None:
    with serve(cors_origins=("https://map.example",)) as client:
        allowed, refused = preflight(client, "https://map.example"), preflight(client, "https://evil.example")
        answer = ask(client, origin="https://map.example")
        error = client.get("/graphql", headers={"origin": "https://map.example"})
        other = ask(client, origin="https://evil.example")
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "https://map.example")
    assert refused.status_code == 400
    assert answer.headers["access-control-allow-origin"] == "https://map.example"
    assert (error.status_code, error.headers["access-control-allow-origin"]) == (405, "https://map.example")
    assert "access-control-allow-origin" not in other.headers


def test_no_other_sites_pages_may_ask_by_default(serve: Serve) -> None:
    with serve() as client:
        assert preflight(client, "https://map.example").status_code == 405
        assert "access-control-allow-origin" not in ask(client, origin="https://map.example").headers


def test_a_forwarded_address_is_believed_of_a_trusted_proxy_only(serve: Serve) -> None:
    def statuses(client: httpx.Client) -> list[int]:
        return [ask(client, **{"x-forwarded-for": f"192.0.2.{i}"}).status_code for i in range(3)]

    with serve({"requests_per_minute": 2}) as client:
        assert statuses(client) == [200, 200, 429]
    with serve({"requests_per_minute": 2}, trusted_proxies=("127.0.0.0/8",)) as client:
        assert statuses(client) == [200, 200, 200]
        again = [ask(client, **{"x-forwarded-for": "203.0.113.9, 192.0.2.0"}).status_code for _ in range(2)]
        assert again == [200, 429]


def test_the_health_of_the_server_may_be_asked_as_often_as_one_likes(serve: Serve) -> None:
    with serve({"requests_per_minute": 1}) as client:
        assert [ask(client).status_code for _ in range(2)] == [200, 429]
        assert {client.get("/healthz").status_code for _ in range(10)} == {200}


def test_production_has_a_rate_by_default_and_development_has_none(serve: Serve) -> None:
    with serve() as client:
        assert {ask(client).status_code for _ in range(601)} == {200}
    with serve(environment="production") as client:
        assert {ask(client).status_code for _ in range(600)} == {200}
        # What comes back in a second is a sixtieth of it.
        assert 429 in {ask(client).status_code for _ in range(600)}


@pytest.mark.parametrize(
    ("limit", "query"),
    [
        ({"depth": 1}, COUNT),
        ({"aliases": 0}, "{ a: __typename }"),
        ({"tokens": 10}, "{ " + "__typename " * 10 + "}"),
        ({"directives": 0}, "{ __typename @skip(if: true) }"),
        ({"cost": 1}, COUNT),
    ],
)
def test_each_limit_of_a_query_can_be_set(serve: Serve, limit: dict[str, int], query: str) -> None:
    with serve(limit) as client:
        assert code(ask(client, query)) == "QUERY_TOO_COMPLEX"


def test_the_size_of_a_body_can_be_set(serve: Serve) -> None:
    with serve({"body_bytes": 1000}) as client:
        assert ask(client, "{ __typename }".ljust(1000)).status_code == 413


def by_hash(client: httpx.Client, query: str) -> Any:
    sha256 = hashlib.sha256(query.encode()).hexdigest()
    extensions = json.dumps({"persistedQuery": {"version": 1, "sha256Hash": sha256}})
    return client.get("/graphql", params={"extensions": extensions}).json()


def test_the_queries_of_a_folder_are_known_by_their_hashes(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "count.graphql").write_text(COUNT)
    (tmp_path / "README.md").write_text("no query")
    with serve(persisted_queries=tmp_path) as client:
        assert by_hash(client, COUNT) == {"data": {"networks": [{"id": "yards"}]}}
        assert by_hash(client, "no query")["errors"][0]["message"] == "PersistedQueryNotFound"


def test_the_queries_of_a_folder_may_be_all_that_is_answered(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "count.graphql").write_text(COUNT)
    with serve(persisted_queries=tmp_path, persisted_only=True) as client:
        assert ask(client, COUNT).json()["data"]
        refused = ask(client, "{ __typename }")
        assert code(refused) == "BAD_USER_INPUT"
        assert "its own clients" in refused.json()["errors"][0]["message"]


def test_no_folder_of_all_that_is_answered_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BUILT", tmp_path)
    with pytest.raises(StartError, match="persisted_only"):
        create_app(Settings(server=ServerSettings(persisted_only=True)), [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{ netwoks { id } }", "count.graphql is no valid query: Cannot query field 'netwoks'"),
        (b"{", "count.graphql is no valid query: Syntax Error"),
        (b"\xff", "persisted_queries must be a folder of UTF-8 files"),
        (None, "persisted_queries must be a folder"),
    ],
)
def test_a_persisted_query_that_is_not_valid_stops_the_start(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    folder = tmp_path / "queries"
    if content is not None:
        folder.mkdir()
        (folder / "count.graphql").write_bytes(content)
    with pytest.raises(StartError, match=sentence):
        create_app(Settings(server=ServerSettings(persisted_queries=folder)), [])


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        (
            'server.cors_origins = ["map.example"]',
            'cors_origins[0] must be an origin, such as "https://map.example.org"',
        ),
        ('server.cors_origins = ["https://map.example/"]', "cors_origins[0] must be an origin"),
        (
            'server.trusted_proxies = ["proxy"]',
            'trusted_proxies[0] must be an address or a network, such as "10.0.0.0/8"',
        ),
        ("limits.depth = 0", "[limits] depth must be a whole number between 1 and 50"),
        ("limits.deep = 1", "[limits] deep is no setting; did you mean depth?"),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, toml: str, sentence: str) -> None:
    file = tmp_path / "parkgraph.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError) as refused:
        load(file, {})
    assert sentence in str(refused.value)
