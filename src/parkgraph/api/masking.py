"""Around everything that answers: an unexpected exception is logged, and the client learns no more than INTERNAL."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parkgraph.api.answers import answer
from parkgraph.api.errors import internal

GRAPHQL_PATH: Final = "/graphql"


class Masking:
    """ASGI middleware. `/graphql` answers INTERNAL with 200, as it does for a resolver; the rest with 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._mask(scope, receive, send) if scope["type"] == "http" else self._app(scope, receive, send)

    async def _mask(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        def watched(message: Message) -> Awaitable[None]:
            nonlocal begun
            begun = True
            return send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as fault:
            if begun:
                raise
            status = HTTPStatus.OK if scope["path"] == GRAPHQL_PATH else HTTPStatus.INTERNAL_SERVER_ERROR
            await answer(None, [internal(fault)], status)(scope, receive, send)
