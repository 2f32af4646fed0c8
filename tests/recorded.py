"""The recorded answers of real networks, which lie beside the project, served from loopback."""

import functools
import http.server
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

FEEDS = Path(__file__).resolve().parents[1] / ".." / "shared" / "feeds"

needs_feeds = pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not on this machine")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """A question for a `type`, and for the `id` of one, is answered by the file of its name, or with nothing."""
        path, _, query = self.path.partition("?")
        asked = urllib.parse.parse_qs(query)
        if "type" not in asked:
            return super().do_GET()
        self.path = f"{path}/{'-'.join(asked['type'] + asked.get('id', []))}.json"
        if Path(self.translate_path(self.path)).exists():
            return super().do_GET()
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.wfile.write(b"{}")
        return None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a web server for the files of a folder."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def configuration(url: str) -> str:
    """A parkgraph.toml whose networks are the recorded files."""
    return f"""
[networks.bahn]
adapter = "bahn"
url = "{url}/bahn/bahn_v2.json"
allow_private = true

[networks.sbb]
adapter = "sbb"
url = "{url}/sbb/opendata_swiss.json"
allow_private = true

[networks.stuttgart]
adapter = "datex2"
name = "Stadt Stuttgart"
static_url = "{url}/datex2/stuttgart-static.xml"
status_url = "{url}/datex2/stuttgart-realtime.xml"
crs = "EPSG:25832"
allow_private = true

[networks.aachen]
adapter = "datex2"
name = "Stadt Aachen"
static_url = "{url}/datex2/aachen-static.xml"
status_url = "{url}/datex2/aachen-realtime.xml"
allow_private = true
"""


def more_configuration(url: str) -> str:
    """The other recorded networks: a broker, an API of two documents, cities by a bridge, and documents of cities."""
    return f"""
[networks.heidelberg]
adapter = "ngsi"
url = "{url}/heidelberg/heidelberg.json"
region = "DE-BW"
allow_private = true

[networks.liipi]
adapter = "liipi"
base_url = "{url}/liipi"
allow_private = true

[networks.karlsruhe]
adapter = "parkapi"
source = "karlsruhe"
url = "{url}/karlsruhe/karlsruhe.json"
allow_private = true

[networks.konstanz]
adapter = "parkapi"
source = "konstanz"
url = "{url}/konstanz/konstanz.json"
allow_private = true

[networks.pbw]
adapter = "parkapi"
source = "pbw"
url = "{url}/pbw"
config = {{ PARK_API_PBW_API_KEY = "key" }}
allow_private = true

[networks.reutlingen]
adapter = "parkendd"
url = "{url}/parkapi_v1/parkapi-reutlingen.json"
allow_private = true

[networks.koeln]
adapter = "parkendd"
url = "{url}/parkendd_v1/koeln.json"
allow_private = true

[networks.aarhus]
adapter = "parkendd"
url = "{url}/parkendd_v1/aarhus.json"
timezone = "Europe/Copenhagen"
allow_private = true

[networks.zuerich]
adapter = "parkendd"
url = "{url}/parkendd_v1/zuerich.xml"
timezone = "Europe/Zurich"
allow_private = true
"""
