"""Questions are turned away by their connection itself while the server is full, with an answer that is made already.

Through the application a refusal takes a fifth of what an answer takes: at four times its capacity a server would do
little else.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from parkgraph.api.admission import SHED_RETRY_SECONDS, Admission, OverloadedError
from parkgraph.api.arrival import ARRIVED, WHOLE_BODY
from parkgraph.api.http import busy
from parkgraph.api.masking import GRAPHQL_PATH
from parkgraph.lean_requests import KnownHead, LeanConnection
from parkgraph.metrics import Metrics
from parkgraph.middleware import id_of

log = structlog.get_logger()

Headers = Sequence[tuple[bytes, bytes]]

TELL_EVERY_S: Final = 1.0

_PATH: Final = GRAPHQL_PATH.encode()
_METHODS: Final = frozenset({b"GET", b"POST"})
_UNAVAILABLE: Final = 503


class Turnstile:
    """Whether a question is let in, by its headers. `with_cors`: a page of another site has to be able to read why not.

    `draining`: whether the server is ending. What is turned away is counted as the application would, and told once a
    second. Whoever is let in has a place when it is begun, which is once all that has arrived is read: until then it is
    counted here, else many would be let in for one place, and be refused by the application at ten times the cost.
    """

    def __init__(
        self,
        admission: Admission,
        metrics: Metrics,
        *,
        with_cors: bool,
        draining: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._admission = admission
        self._metrics = metrics
        self._with_cors = with_cors
        self._draining = draining
        self._clock = clock
        self._told_at = -TELL_EVERY_S
        self._untold = 0
        self._let_in = 0
        refusal = busy(OverloadedError(SHED_RETRY_SECONDS))
        self._head = b"".join(b"%s: %s\r\n" % header for header in refusal.head())
        self._body = refusal.body

    def __call__(self, headers: Headers) -> bytes | None:
        """What follows the status line and the server's own headers, 503; None: the application answers."""
        if self._admission.has_place_beside(self._let_in) or self._draining():
            self._expect_one()
            return None
        if self._with_cors and any(name == b"origin" for name, _ in headers):
            return None
        self._metrics.turned_away()
        self._tell()
        return b"%sx-request-id: %s\r\n\r\n%s" % (self._head, id_of(headers).encode(), self._body)

    def _expect_one(self) -> None:
        if not self._let_in:
            asyncio.get_running_loop().call_soon(self._begin)
        self._let_in += 1

    def _begin(self) -> None:
        self._let_in = 0

    def _tell(self) -> None:
        self._untold += 1
        now = self._clock()
        if now - self._told_at >= TELL_EVERY_S:
            log.warning("requests_turned_away", requests=self._untold)
            self._told_at, self._untold = now, 0


class Connection(LeanConnection):
    """Of questions, it asks the application's `turn_away` first, if it has one, and notes when they arrived, and
    what came with the head if it was all.

    Not for what is unusual: a request behind others that are not answered yet, one whose sender waits to be told to go
    on, a client that does not read.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._turn_away: Callable[[Headers], bytes | None] | None = getattr(self.app, "turn_away", None)
        self._is_turned_away = False

    def on_headers_complete(self) -> None:
        path, _, query = self.url.partition(b"?")
        if path != _PATH or b"#" in query or not self._may_be_usual():
            super().on_headers_complete()
            return
        self.read_head(path, query)
        answer = self._turn_away(self.headers) if self._turn_away else None
        if answer is None:
            self.begin()
            self._note_arrival()
        else:
            self._is_turned_away = True
            self._refuse(answer, keep_alive=self.parser.should_keep_alive())

    def begin_again(self, known: KnownHead, length: bytes, body: bytes) -> None:
        answer = self._turn_away(known.headers) if self._turn_away else None
        if answer is None:
            super().begin_again(known, length, body)
            self._note_arrival()
        else:
            self._refuse(answer, keep_alive=True)
            self.on_response_complete()

    def came_whole(self, body: bytes) -> None:
        self.scope[WHOLE_BODY] = body  # type: ignore[typeddict-unknown-key]

    def on_body(self, body: bytes) -> None:
        if not self._is_turned_away:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._is_turned_away:
            super().on_message_complete()
            return
        self._is_turned_away, self._is_between = False, True
        if self.parser.should_keep_alive():
            self.on_response_complete()
        else:
            self.transport.close()

    def _note_arrival(self) -> None:
        self.scope[ARRIVED] = self.loop.time()  # type: ignore[typeddict-unknown-key]

    def _refuse(self, answer: bytes, *, keep_alive: bool) -> None:
        own = [b"%s: %s\r\n" % header for header in self.server_state.default_headers]
        if not keep_alive:
            own.append(b"connection: close\r\n")
        self.transport.write(b"".join([STATUS_LINE[_UNAVAILABLE], *own, answer]))

    def _may_be_usual(self) -> bool:
        return (
            self.may_begin()
            and self.parser.get_method() in _METHODS
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
        )
