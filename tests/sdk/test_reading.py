"""An answer of HTTP/1.1 is read the same in whatever pieces it comes, and never taken for more than it is."""

import gc
import weakref
from collections.abc import Set as AbstractSet
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.sdk.faults import NetworkFault, Unavailable
from parkgraph.sdk.transport.body import Body
from parkgraph.sdk.transport.reading import LARGEST_HEAD, Answer, Lost, Reading
from parkgraph.sdk.transport.status import Interrupted

PLAIN = b"HTTP/1.1 200 OK\r\nX-Kind: Car \r\nContent-Length: 5\r\n\r\nhello"
CHUNKS = b"2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nx-kind: Van\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nx-kind: Car\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS
TO_THE_END = b"HTTP/1.1 200 OK\r\nX-Kind: Car\r\n\r\nhello"
CLOSING = b"HTTP/1.1 200 OK\r\nX-Kind: Car\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
OLD = b"HTTP/1.0 200 OK\r\nX-Kind: Car\r\nContent-Length: 5\r\n\r\nhello"
HINTED = b"HTTP/1.1 103 Early Hints\r\nX-Kind: Van\r\nLink: </a>\r\n\r\n" + PLAIN
WHOLE = {PLAIN: True, CHUNKED: True, HINTED: True, CLOSING: False, OLD: False, TO_THE_END: False}
"""By answer, whether its connection can be used again."""


def _read(data: bytes, cuts: AbstractSet[int] = frozenset(), *, ends: bool = True) -> Reading:
    reading = Reading(lambda _status, headers: Body(headers.get("content-encoding", ""), None, 1_000_000))
    at = [0, *sorted(cut for cut in cuts if 0 < cut < len(data)), len(data)]
    for start, end in pairwise(at):
        if reading.outcome is None and start < end:
            reading.feed(data[start:end])
    if reading.outcome is None and ends:
        reading.end()
    return reading


@given(st.sampled_from(list(WHOLE)), st.sets(st.integers(1, 150)))
def test_in_any_pieces_it_is_the_same_answer(data: bytes, cuts: set[int]) -> None:
    reading = _read(data, cuts)
    assert isinstance(reading.outcome, Answer)
    assert (reading.outcome.status, reading.outcome.content) == (200, b"hello")
    assert reading.outcome.headers["x-kind"] == "Car"
    assert "link" not in reading.outcome.headers
    assert reading.may_go_on is WHOLE[data]


@given(st.sampled_from([PLAIN, CHUNKED, CLOSING, OLD, HINTED]), st.data())
def test_half_of_it_is_none(data: bytes, draw: st.DataObject) -> None:
    reading = _read(data[: draw.draw(st.integers(0, len(data) - 1))])
    assert isinstance(reading.outcome, Interrupted)
    assert not reading.may_go_on


def test_of_nothing_at_all_is_said_that_the_connection_was_lost() -> None:
    assert isinstance(_read(b"").outcome, Lost)
    assert not isinstance(_read(b"H").outcome, Lost)


@given(st.binary(max_size=300), st.sets(st.integers(1, 300)))
def test_any_bytes_end_in_an_answer_or_in_a_fault(data: bytes, cuts: set[int]) -> None:
    assert isinstance(_read(data, cuts).outcome, Answer | NetworkFault | Interrupted)


@pytest.mark.parametrize("more", [PLAIN, b"more", b"\r\nHTTP/1.1 200 OK\r\n"])
def test_what_comes_after_an_answer_is_for_nobody(more: bytes) -> None:
    reading = _read(PLAIN + more)
    assert isinstance(reading.outcome, Answer)
    assert reading.outcome.content == b"hello"
    assert not reading.may_go_on


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    ],
    ids=["two lengths", "length and chunks", "not chunked last", "no chunk length", "signed length"],
)
def test_where_a_body_ends_is_never_guessed(head: bytes) -> None:
    assert isinstance(_read(head).outcome, Unavailable | Interrupted)


@pytest.mark.parametrize("piece", [b"X: y\r\n", b"y"], ids=["headers", "one header"])
def test_a_head_without_end_is_given_up(piece: bytes) -> None:
    reading = _read(b"HTTP/1.1 200 OK\r\n" + (b"" if piece.endswith(b"\n") else b"X: "), ends=False)
    fed = 0
    while reading.outcome is None and fed <= 2 * LARGEST_HEAD:
        reading.feed(piece * 100)
        fed += 100 * len(piece)
    assert isinstance(reading.outcome, Unavailable)


def test_an_answer_that_is_not_wanted_leaves_the_connection_where_it_was_read_to_its_end() -> None:
    def unwanted(_status: int, _headers: object) -> Body:
        raise Unavailable("unwanted")

    for data, goes_on in ((PLAIN, True), (PLAIN[:-1], False)):
        reading = Reading(unwanted)
        reading.feed(data)
        assert isinstance(reading.outcome, Unavailable)
        assert reading.may_go_on is goes_on


def test_another_protocol_is_not_switched_to() -> None:
    reading = _read(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x00")
    assert not reading.may_go_on


def test_what_was_read_goes_at_once_without_the_collector() -> None:
    reading = _read(PLAIN)
    outcome, watched = reading.outcome, weakref.ref(reading)
    gc.disable()
    try:
        reading.close()
        del reading
        assert watched() is None
    finally:
        gc.enable()
    assert isinstance(outcome, Answer)
