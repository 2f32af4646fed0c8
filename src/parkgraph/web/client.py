"""The map client at `/`: files that never change under their names, a page that does, and a strict policy for both."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from parkgraph.settings import WebSettings

BUILT: Final = Path(__file__).parent / "static"

ASSETS: Final = "/assets"
"""Each file's name holds a hash of its content."""

DOCUMENTS: Final = "documents.json"
"""Beside the page, and not handed out."""

OSM_TILES: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_WORDS: Final = "© OpenStreetMap contributors"

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_BESIDE: Final = ("icon.svg", "manifest.webmanifest", "sw.js")


def files() -> Path | None:
    """The folder of the built client; None where it was not built."""
    return BUILT if (BUILT / "index.html").exists() else None


def documents(folder: Path | None) -> list[str]:
    """What the built client asks, each as the server has to hash it; nothing where it was not built."""
    if folder is None:
        return []
    by_hash: dict[str, str] = json.loads((folder / DOCUMENTS).read_bytes())
    return list(by_hash.values())


def routes(folder: Path, settings: WebSettings, token: Callable[[], str | None]) -> list[BaseRoute]:
    """What a browser asks for. `token`: of a driver, where the server is a demo that gives one away."""
    headers = {
        "Content-Security-Policy": policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "geolocation=(self)",
        "Cache-Control": "no-cache",
    }

    def serve(name: str) -> Callable[[Request], Response]:
        return lambda _: FileResponse(folder / name, headers=headers)

    def settled(_: Request) -> Response:
        return JSONResponse({**for_client(settings), "demoToken": token()}, headers={"Cache-Control": "no-store"})

    return [
        Route("/", serve("index.html")),
        Route("/web.json", settled),
        *(Route(f"/{name}", serve(name)) for name in _BESIDE),
        Mount(ASSETS, _Unchanging(directory=folder / "assets")),
    ]


class _Unchanging(StaticFiles):
    """A browser keeps these, and never asks for them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_EVER
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def for_client(settings: WebSettings) -> Mapping[str, Any]:
    """The settings as `web/src/settings.ts` reads them."""
    tiles = tiles_of(settings)
    return {
        "style": settings.style_url,
        "tiles": {"url": tiles, "attribution": settings.attribution} if tiles and not settings.style_url else None,
        "geocoder": settings.geocoder_url,
        "start": {"latitude": settings.latitude, "longitude": settings.longitude, "zoom": settings.zoom},
    }


def tiles_of(settings: WebSettings) -> str | None:
    """Where the ground of the map comes from; None: it is plain."""
    return settings.tiles_url or (OSM_TILES if settings.basemap == "osm" else None)


def policy(settings: WebSettings) -> str:
    """The Content-Security-Policy: this server's own, and the hosts that the settings name for the map.

    Owners keep the photos of their yards wherever they like, unless the operator names where.
    """
    named = (settings.style_url, tiles_of(settings), settings.geocoder_url)
    hosts = " ".join(dict.fromkeys(f"{at.scheme}://{at.netloc}" for url in named if url and (at := urlsplit(url))))
    photos = "https:" if settings.photo_hosts is None else " ".join(f"https://{host}" for host in settings.photo_hosts)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            " ".join(filter(None, ("img-src 'self' data: blob:", photos, hosts))),
            f"connect-src 'self' {hosts}".rstrip(),
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
