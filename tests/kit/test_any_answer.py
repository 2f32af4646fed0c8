"""Whatever a network answers, a try ends in rows that are counted, each bad one with a reason, or in one sentence."""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest

from parkgraph.sdk.conformance.documents import Document, paths
from parkgraph.sdk.conformance.wounds import hurt
from tests.kit.commands import Outcome, adapter

ADAPTERS = Path(__file__).resolve().parents[2] / "adapters"
SOAK = "PARKGRAPH_SOAK" in os.environ
OF_PLACES = 1_000 if SOAK else 5
"""Documents that are hurt in one place, of each network."""

NETWORKS = {
    "apds": ("places.json", 'base_url = "{url}"'),
    "bahn": ("facilities.json", 'url = "{url}/facilities.json"'),
    "datex2": (
        "stuttgart-static.xml",
        'static_url = "{url}/stuttgart-static.xml"\nstatus_url = "{url}/stuttgart-status.xml"\ncrs = "EPSG:25832"',
    ),
    "hongkong": ("v1/carpark-info-vacancy@data=info.json", 'base_url = "{url}/v1"'),
    "liipi": ("facilities.json", 'base_url = "{url}"'),
    "ngsi": ("heidelberg.json", 'url = "{url}/heidelberg.json"'),
    "parclick": ("api/v1/parking/list", 'base_url = "{url}/api"\nusername = "kim"\npassword = "secret"'),
    "parkapi": ("konstanz.json", 'source = "konstanz"\nurl = "{url}/konstanz.json"'),
    "parkendd": ("dresden.json", 'url = "{url}/dresden.json"'),
    "parkwhiz": ("api/quotes", 'base_url = "{url}/api"\nclient_id = "kim"\nclient_secret = "secret"'),
    "rdw": ("v2/static/cea4cffe-158c-4b08-b940-5d5eefeba089.json", 'base_url = "{url}/v2"'),
    "sbb": ("parking-facilities.json", 'url = "{url}/parking-facilities.json"'),
}
"""Each adapter of the project: the sample that is hurt, and what is configured."""

WHOLE: Mapping[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "a page of HTML": lambda _: b"<!DOCTYPE html><html><body><p>Maintenance</body></html>",
    "behind a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "in UTF-16": lambda content: content.decode().encode("utf-16"),
    "in Latin-1": lambda content: content.decode().encode("latin-1", "replace"),
    "twice": lambda content: content + content,
    "packed": gzip.compress,
    "any bytes": lambda _: bytes(range(256)) * 9,
    "null": lambda _: b"null",
    "a hundred thousand lists": lambda _: b"[" * 100_000,
    "numbers of forty digits": lambda content: re.sub(rb"(?<=[:>\[,]) ?\d+(?=[,}<\]\n])", b"9" * 40, content),
    "NaN for a number": lambda content: re.sub(rb"(?<=: )\d+\.\d+", b"NaN", content, count=3),
    "no text but control characters": lambda content: re.sub(rb'(?<=": ")[^"\\]+', rb"\\u0007\\u202e", content),
}


class Answers(ThreadingHTTPServer):
    """A network that answers from samples as a replay does, with another content for one of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = Path()
        self.instead: dict[str, bytes] = {}

    def content(self, path: str) -> bytes | None:
        split = urlsplit(path)
        name = split.path.strip("/")
        for stem in (*(f"{name}@{key}={value}" for key, value in parse_qsl(split.query)), name):
            for file in (stem, f"{stem}.json", f"{stem}/index.json"):
                if file in self.instead:
                    return self.instead[file]
                if (self.folder / file).is_file():
                    return (self.folder / file).read_bytes()
        return b'{"token": "t", "access_token": "t", "expires_in": 3600}' if re.search("login|token", name) else None


class _Handler(BaseHTTPRequestHandler):
    server: Answers

    def do_GET(self) -> None:
        content = self.server.content(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def network() -> Iterator[Answers]:
    with Answers() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def hurt_documents(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What is done, and the document: as a whole in each way, and in places that lie far from each other."""
    for how, hurting in WHOLE.items():
        yield how, hurting(content)
    document = Document.parse(content)
    assert document is not None
    places = [path for path in paths(document.tree) if path and not document.is_structure(path)]
    wounds = [(path, number) for number in range(17) for path in places]
    for path, number in wounds[:: max(1, len(wounds) // OF_PLACES)]:
        for _, how, wounded in islice(hurt(document, path), number, number + 1):
            yield f"{document.name(path)} {how}", wounded.dump()


def judged(result: Outcome) -> str | None:
    """What is wrong with the end of a try."""
    *rejected, last = result.stderr.strip().splitlines() or [""]
    if result.returncode == 1:
        return None if not rejected and last.startswith("parkgraph: ") and not result.stdout else "no one sentence"
    listings = [json.loads(line) for line in result.stdout.splitlines()]
    if not all(re.fullmatch(r"rejected \S.*: \S.+", line) and line.isprintable() for line in rejected):
        return "a row is rejected without a name or a reason"
    counted = f"{len(listings)} listings, {len(rejected)} rejected rows"
    return None if (result.returncode, last) == (0, counted) else f"not counted: {counted}"


def test_every_adapter_is_tried() -> None:
    assert sorted(path.parent.name for path in ADAPTERS.glob("*/pyproject.toml")) == sorted(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_try_ends_in_counted_rows_or_in_one_sentence(tmp_path: Path, network: Answers, name: str) -> None:
    file, settings = NETWORKS[name]
    config = tmp_path / "parkgraph.toml"
    url = f"http://127.0.0.1:{network.server_port}"
    config.write_text(f'[networks.x]\nadapter = "{name}"\nallow_private = true\n{settings.format(url=url)}\n')
    network.folder = ADAPTERS / name / "samples"
    network.instead = {}
    assert adapter("try", "x", "--config", str(config)).returncode == 0
    for how, content in hurt_documents((network.folder / file).read_bytes()):
        network.instead = {file: content}
        result = adapter("try", "x", "--config", str(config))
        assert judged(result) is None, f"{how}\n{result}"
