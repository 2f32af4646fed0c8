"""`/yards/<yard>/<export>`: what a signed link leads to. Whoever has the link needs no account."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from parkgraph.api.admission import Admission, RateLimiter, Refused, client_of
from parkgraph.yards.exports.library import Library
from parkgraph.yards.exports.links import ROOT, LinkExpired, LinkInvalid
from parkgraph.yards.service import YardsUnavailable

PATH: Final = f"{ROOT}/{{yard}}/{{export}}"
PER_MINUTE: Final = 60
"""Requests of one client: programs that show calendars ask every few minutes."""
AT_ONCE: Final = 4

_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ExportEndpoint:
    """Answers with the export, or with a sentence."""

    def __init__(self, library: Callable[[], Library], *, per_minute: int | None = PER_MINUTE) -> None:
        self._library = library
        self._admission = Admission(AT_ONCE)
        self._rates = RateLimiter(per_minute)

    async def respond(self, request: Request) -> Response:
        try:
            self._rates.take(client_of(request.client.host if request.client else ""))
            with self._admission.admit():
                found = await self._library().fetch(
                    request.path_params["yard"], request.path_params["export"], request.query_params
                )
        except LinkInvalid:
            return _sentence(HTTPStatus.NOT_FOUND, "This link is not valid.")
        except LinkExpired:
            return _sentence(HTTPStatus.GONE, "This link is not valid any more; the yard's owner can get a new one.")
        except ValueError as wrong:
            return _sentence(HTTPStatus.BAD_REQUEST, f"month: {wrong}.")
        except Refused as refused:
            return _later("Too many requests; ask again in a moment.", -(-refused.retry_after_ms // 1000))
        except YardsUnavailable:
            return _later("This cannot be read right now; ask again in a moment.", 5)
        headers = {**_HEADERS, "Content-Type": found.media_type}
        if found.name:
            headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        return Response(found.text, headers=headers)


def _sentence(status: HTTPStatus, words: str) -> Response:
    return PlainTextResponse(f"{words}\n", status, headers=_HEADERS)


def _later(words: str, seconds: int) -> Response:
    headers = {**_HEADERS, "Retry-After": str(seconds)}
    return PlainTextResponse(f"{words}\n", HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
