"""`/webhooks/payments/<gateway>`: where payment gateways tell what has happened, signed, as often as they like."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from parkgraph.yards.money.events import BadEvent, is_signed, read
from parkgraph.yards.money.settlement import Applied, Settlement
from parkgraph.yards.reservations.reservations import ReservationsUnavailable

PATH: Final = "/webhooks/payments/{gateway}"
HEADER: Final = "ParkGraph-Signature"
MAX_BYTES: Final = 20_000
BODY_SECONDS: Final = 5

_STATUS: Final = {
    Applied.APPLIED: HTTPStatus.OK,
    Applied.REPEATED: HTTPStatus.OK,
    Applied.CONFLICT: HTTPStatus.CONFLICT,
    Applied.UNKNOWN_PAYMENT: HTTPStatus.NOT_FOUND,
    Applied.NOT_YET: HTTPStatus.CONFLICT,
}


class PaymentWebhook:
    """`secret` None: nobody may tell anything."""

    def __init__(
        self,
        settlement: Callable[[], Settlement],
        secret: bytes | None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settlement = settlement
        self._secret = secret
        self._clock = clock

    async def respond(self, request: Request) -> Response:
        """200 where the gateway need not tell it again; a 4xx says why it is wrong, a 5xx that it may be told again."""
        gateway = request.path_params["gateway"]
        if self._secret is None or not self._settlement().has(gateway):
            return _problem(HTTPStatus.NOT_FOUND, "There is no such gateway here.")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return _problem(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time.")
        if body is None:
            return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {MAX_BYTES} bytes are allowed.")
        if not is_signed(self._secret, request.headers.get(HEADER, ""), body, self._clock()):
            return _problem(HTTPStatus.UNAUTHORIZED, f"{HEADER} is missing, old or not of this body.")
        try:
            outcome = await self._settlement().apply(gateway, read(body))
        except BadEvent as wrong:
            return _problem(HTTPStatus.BAD_REQUEST, f"{wrong}.")
        except ReservationsUnavailable:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "This cannot be kept right now; tell it again.")
        return JSONResponse({"outcome": outcome}, _STATUS[outcome])


async def _body(request: Request) -> bytes | None:
    """None for one that is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _problem(status: HTTPStatus, words: str) -> Response:
    return JSONResponse({"error": words}, status)
