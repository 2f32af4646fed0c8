"""Reading a body without trusting its size: a small gzip file can unfold to a thousand times its length."""

import zlib
from collections.abc import Iterator

from parkgraph.sdk.faults import Malformed, Unavailable

ENCODINGS = "gzip"
"""What is asked for: all that can be unfolded piece by piece."""

PIECE = 65_536
FREE = 4_000_000
RATIO = 100
"""Feeds shrink to a tenth or a thirtieth. Beyond FREE bytes, RATIO times the bytes on the wire is a bomb."""


class Body:
    """A body that comes chunk by chunk: at most `max_bytes` on the wire and as many when decoded.

    `encoding`, `declared`: the headers Content-Encoding and Content-Length. Raises Malformed where the body is too
    large or its compression broken.
    """

    def __init__(self, encoding: str, declared: int | None, max_bytes: int) -> None:
        if declared is not None and declared > max_bytes:
            raise _too_large(max_bytes)
        self._decoder = _decoder(encoding)
        self._max_bytes = max_bytes
        self._body = bytearray()
        self._received = 0

    def feed(self, chunk: bytes) -> None:
        """What came next. Raises Malformed; nothing is to be fed after that."""
        self._received += len(chunk)
        body = self._body
        for piece in self._decoder.feed(chunk):
            body += piece
            if len(body) > FREE + RATIO * self._received:
                raise Malformed("the answer unfolds out of all proportion")
            if len(body) > self._max_bytes:
                raise _too_large(self._max_bytes)
        if self._received > self._max_bytes:
            raise _too_large(self._max_bytes)

    def whole(self) -> bytes:
        """All of it, decoded. Raises Unavailable where the compressed data ended too early."""
        if self._received and not self._decoder.complete:
            raise Unavailable("the answer broke off")
        return bytes(self._body)


class _Plain:
    complete = True

    def feed(self, chunk: bytes) -> tuple[bytes]:
        return (chunk,)


class _Gzip:
    """One gzip member (RFC 1952), in pieces of at most PIECE bytes."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def complete(self) -> bool:
        return self._inflate.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        try:
            piece = self._inflate.decompress(chunk, PIECE)
            while piece:
                yield piece
                piece = self._inflate.decompress(self._inflate.unconsumed_tail, PIECE)
        except zlib.error:
            raise Malformed("the compression of the answer is broken") from None
        if self._inflate.unused_data:
            raise Malformed("the answer goes on after the end of its compressed data")


def _decoder(encoding: str) -> _Plain | _Gzip:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip()
        case _:
            raise Malformed("the answer is compressed in a way that was not asked for")


def _too_large(max_bytes: int) -> Malformed:
    return Malformed(f"the answer is larger than {max_bytes / 1_000_000:g} MB")
