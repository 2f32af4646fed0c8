"""A network that takes bookings over HTTP, whose replies a test holds back or loses, and a server that asks it."""

import asyncio
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.api.serving import serving

ADAPTER = Path(__file__).with_name("standin_adapter.py")
PRICE = "12.00"


@dataclass(slots=True)
class StandIn:
    """`reservations`: what it has, in the order in which it was asked. `loses`, `holds`: replies to booking."""

    url: str = ""
    reservations: list[dict[str, Any]] = field(default_factory=list)
    loses: bool = False
    holds: bool = False
    asked: threading.Event = field(default_factory=threading.Event)

    async def facilities(self, _request: Request) -> Response:
        return JSONResponse([{"id": "a", "name": "Garage am Markt", "price": PRICE}])

    async def reserve(self, request: Request) -> Response:
        said = await request.json()
        if float(said["total"]) < float(PRICE):
            return JSONResponse({"dearer": PRICE})
        made = {**said, "reference": f"R{len(self.reservations) + 1}", "cancelled": False, "total": PRICE}
        self.reservations.append(made)
        self.asked.set()
        while self.holds:
            await asyncio.sleep(0.01)
        return JSONResponse(made, 500 if self.loses else 200)

    async def find(self, request: Request) -> Response:
        ours = request.query_params["our_reference"]
        return JSONResponse(next((each for each in self.reservations if each["our_reference"] == ours), None))

    async def status(self, request: Request) -> Response:
        return JSONResponse(self._of(request))

    async def cancel(self, request: Request) -> Response:
        found = self._of(request)
        found["cancelled"] = True
        return JSONResponse(found)

    def _of(self, request: Request) -> dict[str, Any]:
        return next(each for each in self.reservations if each["reference"] == request.path_params["reference"])


@contextmanager
def stand_in() -> Iterator[StandIn]:
    network = StandIn()
    routes = [
        Route("/facilities", network.facilities),
        Route("/reservations", network.reserve, methods=["POST"]),
        Route("/reservations", network.find),
        Route("/reservations/{reference}", network.status),
        Route("/reservations/{reference}/cancel", network.cancel, methods=["POST"]),
    ]
    with serving(Starlette(routes=routes)) as client:
        network.url = str(client.base_url).rstrip("/")
        try:
            yield network
        finally:
            network.holds = False


def installed(folder: Path) -> Mapping[str, str]:
    """An environment in which the stand-in's adapter is installed."""
    folder.mkdir()
    shutil.copy(ADAPTER, folder / ADAPTER.name)
    info = folder / "parkgraph_standin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parkgraph-standin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[parkgraph.adapters]\nstandin = {ADAPTER.stem}:Adapter\n")
    return {"PYTHONPATH": str(folder)}


def configuration(network: StandIn) -> str:
    return f'[networks.garages]\nadapter = "standin"\nbase_url = "{network.url}"\nallow_private = true\n'
