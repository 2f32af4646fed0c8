"""Reading one answer of HTTP/1.1 (RFC 9112) as its bytes come. No socket, no waiting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from parkgraph.sdk.faults import Unavailable
from parkgraph.sdk.transport.body import Body
from parkgraph.sdk.transport.status import Interrupted

LARGEST_HEAD: Final = 65_536
"""Bytes of an answer's status line and headers."""

SWITCHING: Final = 101


class Lost(Interrupted):
    """The connection ended before anything of an answer came."""

    def __init__(self) -> None:
        super().__init__("the connection broke off")


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names are lower case; what came several times is joined by commas (RFC 9110, section 5.3)."""

    status: int
    headers: Mapping[str, str]
    content: bytes


Begin = Callable[[int, Mapping[str, str]], Body]
"""Told of status and headers; gives what reads the body, or raises where it is not wanted."""


class Reading:
    """Fed until there is an `outcome`: the answer, or why there is none.

    That is what `begin` or its body raised, Lost or Interrupted where the connection ended too early, and Unavailable
    where this is not HTTP. `may_go_on`: whether the connection is at the end of the answer and can be used again.
    """

    def __init__(self, begin: Begin) -> None:
        self.outcome: Answer | Exception | None = None
        self.may_go_on = False
        self._begin: Begin | None = begin
        self._body: Body | None = None
        self._fault: Exception | None = None
        self._status = 0
        self._headers: dict[str, str] = {}
        self._head_bytes = self._waiting_bytes = 0
        self._has_begun = self._is_complete = self._is_kept = self._has_more = False
        self._parser = HttpResponseParser(self)
        # Servers differ in how they end a line, and clients bear with them.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    def feed(self, data: bytes) -> None:
        """What came next."""
        self._has_begun = True
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._has_more = True
        except HttpParserError:
            self._has_more = True
            if not self._is_complete:
                self._fail(_no_http())
        if self._begin:
            self._waiting_bytes += len(data)
            if self._waiting_bytes > LARGEST_HEAD:
                self._fail(_no_http())
        self._conclude()

    def end(self) -> None:
        """The connection ended."""
        has_length = self._headers.keys() & {"content-length", "transfer-encoding"}
        if self._begin is None and not has_length:
            self._is_complete = True
        elif self._has_begun:
            self._fail(Interrupted("the answer broke off"))
        else:
            self._fail(Lost())
        self._conclude()

    def close(self) -> None:
        """Nothing is fed any more. It and its parser hold each other, and with them the body, until they are parted."""
        del self._parser

    def on_message_begin(self) -> None:
        """Called by the parser, as are those below."""
        self._has_more = self._has_more or self._is_complete

    def on_header(self, raw_name: bytes, raw_value: bytes) -> None:
        if self._begin is None:
            return  # a trailer, or of an answer that nobody asked for
        self._head_bytes += len(raw_name) + len(raw_value)
        name, value = raw_name.decode("latin-1").lower(), raw_value.strip(b" \t").decode("utf-8", "replace")
        headers = self._headers
        headers[name] = f"{headers[name]}, {value}" if name in headers else value

    def on_headers_complete(self) -> None:
        begin, status = self._begin, self._parser.get_status_code()
        if begin is None:
            return
        if status < 200 and status != SWITCHING:  # the answer itself is still to come
            self._headers = {}
            return
        self._begin, self._status, self._is_kept = None, status, self._parser.should_keep_alive()
        if self._head_bytes > LARGEST_HEAD:
            self._fail(_no_http())
            return
        try:
            self._body = begin(status, self._headers)
        except Exception as fault:  # noqa: BLE001  (whatever it is, it is the caller's to hear)
            self._fail(fault)

    def on_body(self, chunk: bytes) -> None:
        if self._body and not self._is_complete and not self._fault:
            try:
                self._body.feed(chunk)
            except Exception as fault:  # noqa: BLE001
                self._fail(fault)

    def on_message_complete(self) -> None:
        self._is_complete = self._begin is None

    def _fail(self, fault: Exception) -> None:
        self._fault = self._fault or fault

    def _conclude(self) -> None:
        self.may_go_on = self._is_complete and self._is_kept and not self._has_more
        if self._fault is None and self._is_complete and self._body:
            try:
                self.outcome = Answer(self._status, self._headers, self._body.whole())
            except Exception as fault:  # noqa: BLE001
                self._fail(fault)
        self.outcome = self._fault or self.outcome


def _no_http() -> Unavailable:
    return Unavailable("the answer is not HTTP")
