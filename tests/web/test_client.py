"""What a browser gets at `/`: the built client, kept for ever or asked for again, under a strict policy."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from parkgraph.api import schema
from parkgraph.api.documents import Documents
from parkgraph.api.limits import Limits
from parkgraph.api.requests import GraphQLRequest
from parkgraph.app import _persisted_queries
from parkgraph.metrics import Metrics
from parkgraph.settings import ServerSettings, WebSettings, load
from parkgraph.web import client

DOCUMENTS = Documents(schema.build(), Limits(), production=False)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The files of a client, as a build lays them out."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1a2b.js").write_text("export {}")
    for name in ("index.html", "icon.svg", "manifest.webmanifest", "sw.js"):
        (tmp_path / name).write_text(name)
    (tmp_path / client.DOCUMENTS).write_text('{"sha256:ab": "query Networks { networks { id } }"}')
    return tmp_path


Get = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def get(built: Path) -> Get:
    app = Starlette(routes=client.routes(built, WebSettings(), lambda: "a token"))

    async def get(path: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://parkgraph.example") as browser:
            return await browser.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return get


async def test_the_page_is_asked_for_each_time_and_its_assets_never_again(get: Get) -> None:
    assert (await get("/")).headers["cache-control"] == "no-cache"
    assert (await get("/sw.js")).headers["cache-control"] == "no-cache"
    assert (await get("/assets/index-1a2b.js")).headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_page_that_did_not_change_is_not_sent_again(get: Get) -> None:
    etag = (await get("/assets/index-1a2b.js")).headers["etag"]
    assert (await get("/assets/index-1a2b.js", if_none_match=etag)).status_code == 304


async def test_nothing_outside_of_the_client_is_served(get: Get) -> None:
    assert (await get("/assets/../../settings.py")).status_code == 404
    assert (await get("/assets/%2e%2e/index.html")).status_code == 404
    assert (await get(f"/{client.DOCUMENTS}")).status_code == 404


@pytest.mark.parametrize("only", [False, True])
async def test_what_the_client_asks_is_known_by_its_hash_before_anybody_asked(
    built: Path, monkeypatch: pytest.MonkeyPatch, *, only: bool
) -> None:
    monkeypatch.setattr(client, "BUILT", built)
    query = "query Networks { networks { id } }"
    known = _persisted_queries(ServerSettings(persisted_only=only), DOCUMENTS, Metrics("1"))
    assert known.source(GraphQLRequest(None, {}, None, sha256(query.encode()).hexdigest())) == query


async def test_what_the_limits_forbid_the_client_is_logged(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BUILT", built)
    strict = Documents(schema.build(), Limits(depth=1), production=False)
    with capture_logs() as logs:
        _persisted_queries(ServerSettings(), strict, Metrics("1"))
    assert [entry["event"] for entry in logs] == ["map_client_refused"]


async def test_scripts_and_styles_are_the_servers_own(get: Get) -> None:
    rules = dict(rule.split(" ", 1) for rule in (await get("/")).headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"


def test_the_policy_names_the_hosts_of_the_map_and_no_others() -> None:
    rules = client.policy(WebSettings(basemap="plain")).split("; ")
    assert [rule for rule in rules if "http" in rule] == ["img-src 'self' data: blob: https:"]  # photos of yards
    settled = WebSettings(tiles_url="https://t.example/{z}/{x}/{y}.png", geocoder_url="http://g.example:8080/api?a=b")
    assert "connect-src 'self' https://t.example http://g.example:8080;" in client.policy(settled)
    assert "openstreetmap" not in client.policy(settled)


def test_photos_come_from_the_hosts_that_the_operator_names() -> None:
    rules = client.policy(WebSettings(basemap="plain", photo_hosts=("photos.example.org", "*.example.com"))).split("; ")
    assert "img-src 'self' data: blob: https://photos.example.org https://*.example.com" in rules
    assert "img-src 'self' data: blob:" in client.policy(WebSettings(basemap="plain", photo_hosts=())).split("; ")


@pytest.mark.parametrize("host", ["", "https://photos.example.org", "*", "*.*.org", "a b.org", "a.org; script-src *"])
def test_what_is_no_host_of_photos_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="must be a host name"):
        WebSettings(photo_hosts=(host,))


async def test_the_client_is_told_what_the_operator_settled(get: Get) -> None:
    answer = await get("/web.json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "style": None,
        "tiles": {"url": client.OSM_TILES, "attribution": "© OpenStreetMap contributors"},
        "geocoder": None,
        "start": {"latitude": 48.7838, "longitude": 9.1829, "zoom": 13},
        "demoToken": "a token",
    }


@pytest.mark.parametrize(
    ("settings", "tiles"),
    [
        (WebSettings(basemap="plain"), None),
        (WebSettings(style_url="https://s.example/style.json"), None),
        (
            WebSettings(tiles_url="https://t.example/{z}/{x}/{y}.png", attribution="us"),
            {"url": "https://t.example/{z}/{x}/{y}.png", "attribution": "us"},
        ),
    ],
)
def test_a_style_or_plainness_stands_in_for_tiles(settings: WebSettings, tiles: object) -> None:
    assert client.for_client(settings)["tiles"] == tiles


@pytest.mark.parametrize("url", ["ftp://t.example", "https://t.example; script-src *", "https://a.example b", "tiles"])
def test_an_address_that_would_widen_the_policy_is_refused(url: str) -> None:
    with pytest.raises(Exception, match="must be an address"):
        load(None, {"PARKGRAPH_WEB_TILES_URL": url})
