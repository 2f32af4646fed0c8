"""Recording a live network: what comes out replays, and holds nothing that must not be in a sample."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from parkgraph.sdk.replay import ReplayClient
from parkgraph_bahn import Adapter as Bahn
from parkgraph_datex2 import Adapter as Datex2
from tests.kit.commands import Outcome, adapter

ADAPTERS = Path(__file__).resolve().parents[2] / "adapters"
SECRET = "s3cr3t-0f-acme"


class _Handler(BaseHTTPRequestHandler):
    """The samples of bahn, with what a careless network would add, and those of datex2."""

    def do_GET(self) -> None:
        if self.path == "/facilities":
            document = json.loads((ADAPTERS / "bahn" / "samples" / "facilities.json").read_bytes())
            document["asked_with"] = self.headers["DB-Api-Key"]
            document["_embedded"][0]["operator"] |= {"phone": "0711 2160815", "note": "kim@acme.example.org, S-PG 2026"}
            self._answer(json.dumps(document).encode())
        elif self.path.endswith(".xml"):
            self._answer((ADAPTERS / "datex2" / "samples" / self.path.removeprefix("/")).read_bytes())
        else:
            self.send_error(404)

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        path = tmp_path_factory.mktemp("config") / "parkgraph.toml"
        path.write_text(f"""
[networks.bahn]
adapter = "bahn"
url = "{url}/facilities"
client_id = "kim"
client_secret = "{SECRET}"
allow_private = true

[networks.stuttgart]
adapter = "datex2"
static_url = "{url}/stuttgart-static.xml"
status_url = "{url}/stuttgart-status.xml"
crs = "EPSG:25832"
name = "Stadt Stuttgart"
allow_private = true

[networks.gone]
adapter = "bahn"
url = "{url}/nowhere"
allow_private = true
""")
        yield path
        server.shutdown()
        thread.join()


def record(instance: str, config: Path, into: Path) -> Outcome:
    return adapter("record", instance, "--config", str(config), "--into", str(into))


async def test_a_recorded_document_replays_without_secrets_and_persons(config: Path, tmp_path: Path) -> None:
    result = record("bahn", config, tmp_path / "samples")
    assert result.returncode == 0, result.stderr
    assert 'demo = {"url": "file:facilities"}' in result.stdout
    (file,) = (tmp_path / "samples").iterdir()
    text = file.read_text()
    assert not [word for word in (SECRET, "2160815", "kim@", "S-PG 2026") if word in text]
    replay = Bahn(Bahn.Settings(url="file:facilities"), ReplayClient(tmp_path / "samples"))
    own = Bahn(Bahn.Settings.model_validate(Bahn.demo), ReplayClient(ADAPTERS / "bahn" / "samples"))
    assert [item.local_id for item in (await replay.listings()).items] == [
        item.local_id for item in (await own.listings()).items
    ]


async def test_every_document_of_a_network_is_recorded(config: Path, tmp_path: Path) -> None:
    result = record("stuttgart", config, tmp_path / "samples")
    assert result.returncode == 0, result.stderr
    recorded = Datex2.Settings.model_validate(
        {"static_url": "file:stuttgart-static.xml", "status_url": "file:stuttgart-status.xml", "crs": "EPSG:25832"}
    )
    replayed = Datex2(recorded, ReplayClient(tmp_path / "samples"))
    own = Datex2(Datex2.Settings.model_validate(Datex2.demo), ReplayClient(ADAPTERS / "datex2" / "samples"))
    assert await replayed.listings() == await own.listings()
    assert await replayed.occupancies() == await own.occupancies()


def test_nothing_is_overwritten(config: Path, tmp_path: Path) -> None:
    (tmp_path / "facilities.json").write_text("mine")
    result = record("bahn", config, tmp_path)
    assert result.returncode == 1
    assert "exists already" in result.stderr
    assert (tmp_path / "facilities.json").read_text() == "mine"


def test_a_network_that_fails_is_not_recorded_by_halves(config: Path, tmp_path: Path) -> None:
    result = record("gone", config, tmp_path / "samples")
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "listings" in line
    assert not (tmp_path / "samples").exists()
