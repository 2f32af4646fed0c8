"""Bodies are bounded on the wire and when decoded."""

import gzip
import os
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.sdk import Malformed, Unavailable
from parkgraph.sdk.transport.body import Body


def _read(data: bytes, encoding: str = "", *, size: int = 16_384, max_bytes: int = 32_000_000) -> bytes:
    body = Body(encoding, None, max_bytes)
    for start in range(0, len(data), size):
        body.feed(data[start : start + size])
    return body.whole()


@given(st.binary(max_size=300), st.integers(1, 400), st.integers(1, 50))
def test_any_gzip_body_comes_out_as_it_went_in(piece: bytes, times: int, size: int) -> None:
    body = piece * times
    assert _read(gzip.compress(body), "gzip", size=size) == body


def test_a_large_gzip_body_comes_out_as_it_went_in() -> None:
    body = os.urandom(1_000) * 5_000
    assert _read(gzip.compress(body), "gzip") == body


def test_a_body_of_just_the_limit_is_read() -> None:
    assert len(_read(b"x" * 1_000, max_bytes=1_000)) == 1_000


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_beyond_the_limit_is_malformed(encoding: str) -> None:
    body = os.urandom(1_001)
    with pytest.raises(Malformed, match="larger than"):
        _read(gzip.compress(body) if encoding else body, encoding, max_bytes=1_000)


def test_a_body_announced_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(Malformed):
        Body("", 1_001, 1_000)


def test_a_gzip_bomb_is_stopped_early() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    assert len(bomb) < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            _read(bomb, "gzip", max_bytes=1_000_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_compressed_data_that_ends_too_early_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        _read(gzip.compress(b"facilities")[:-1], "gzip")


@pytest.mark.parametrize(
    "data",
    [b"not gzip", zlib.compress(b"x"), gzip.compress(b"x") + b"more", gzip.compress(b"x")[:-8] + b"\0" * 8],
    ids=["plain", "zlib", "trailing", "checksum"],
)
@pytest.mark.parametrize("size", [1, 16_384])
def test_broken_compression_is_malformed(data: bytes, size: int) -> None:
    with pytest.raises(Malformed):
        _read(data, "gzip", size=size)


def test_an_empty_body_is_empty_in_any_encoding() -> None:
    assert _read(b"", "gzip") == b""


def test_an_encoding_that_was_not_asked_for_is_malformed() -> None:
    with pytest.raises(Malformed):
        _read(b"x", "br")
