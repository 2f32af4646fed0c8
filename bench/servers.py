"""The servers that are compared, each a process of its own: `python -m bench.servers KIND PORT DATA_DIR`.

`parkgraph` is the whole server as it is deployed, `cold` the same without JSON that is kept; `stock` the same schema
and data on strawberry's own view, without anything of ours around it; `static` is Starlette, which answers the bytes of
`answer.json` in the data directory, whatever is asked. Those two have uvicorn as it is; `lean` is `static` on the
connection of ours. `live` has counts that change, `crowd` many places.
"""

import json
import socket
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from bench.slow_networks import network as slow_network
from bench.workload import Crowd, networks
from parkgraph import logs
from parkgraph.api import schema
from parkgraph.api.context import Context
from parkgraph.app import Application, create_app
from parkgraph.networks.demo import Moving
from parkgraph.networks.network import Network
from parkgraph.sdk import FeedAdapter
from parkgraph.server import configured
from parkgraph.settings import load

EVERY = timedelta(seconds=3)
"""In which the counts of `live` change."""

FREELY = 1_000_000
"""Requests a minute: the one client of a benchmark is not to be slowed down."""


def static(data_dir: Path) -> Starlette:
    body = (data_dir / "answer.json").read_bytes()

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"]), Route("/readyz", answer)])


def parkgraph(data_dir: Path, asked: Sequence[Network] | None = None, **more: str) -> Application:
    environ = {
        "PARKGRAPH_DATA_DIR": str(data_dir),
        "PARKGRAPH_SERVER_ENVIRONMENT": "production",
        "PARKGRAPH_LIMITS_REQUESTS_PER_MINUTE": str(FREELY),
        **more,
    }
    settings = load(None, environ)
    logs.configure(settings)
    return create_app(settings, asked or networks())


def cold(data_dir: Path) -> Starlette:
    return parkgraph(data_dir, PARKGRAPH_SERVER_FRAGMENTS_MB="0")


def live(data_dir: Path) -> Starlette:
    """One network whose counts all change every few seconds."""
    (one, _) = networks()
    assert isinstance(one.adapter, FeedAdapter)
    return parkgraph(data_dir, [Network("one", Moving(one.adapter), refresh_every=EVERY)])


def crowd(data_dir: Path) -> Starlette:
    """As many places in one city as a map may have in view."""
    return parkgraph(
        data_dir, [Network("crowd", Crowd("Crowd", "1.50"))], PARKGRAPH_WEB_BASEMAP="plain", PARKGRAPH_WEB_ZOOM="12"
    )


def stock(data_dir: Path) -> Starlette:
    app = parkgraph(data_dir)

    class Stock(GraphQL[Context, None]):
        async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
            context: Context = app.services.context
            return context

    app.straight = Stock(schema.build())
    return app


def fanout(data_dir: Path) -> Application:
    """Six networks, at the addresses of `networks.json`, that are asked with each search: as long as it takes."""
    return parkgraph(data_dir / "fanout", _slow_networks(data_dir), PARKGRAPH_SERVER_QUERY_DEADLINE_MS="10000")


def hanging(data_dir: Path) -> Application:
    """The same under the usual deadline."""
    return parkgraph(data_dir / "fanout", _slow_networks(data_dir))


def _slow_networks(data_dir: Path) -> list[Network]:
    urls = json.loads((data_dir / "networks.json").read_bytes())
    return [slow_network(number, url) for number, url in enumerate(urls)]


SERVERS = {
    "fanout": fanout,
    "hanging": hanging,
    "static": static,
    "lean": static,
    "parkgraph": parkgraph,
    "cold": cold,
    "stock": stock,
    "live": live,
    "crowd": crowd,
}
ON_UVICORN_AS_IT_IS = {"static", "stock"}


def config(kind: str, data_dir: Path) -> uvicorn.Config:
    app = SERVERS[kind](data_dir)
    as_it_is = kind in ON_UVICORN_AS_IT_IS
    return uvicorn.Config(app, log_config=None, access_log=False) if as_it_is else configured(app)


if __name__ == "__main__":
    kind, port, folder = sys.argv[1:]
    with socket.create_server(("127.0.0.1", int(port)), backlog=2048) as listener:
        uvicorn.Server(config(kind, Path(folder))).run([listener])
