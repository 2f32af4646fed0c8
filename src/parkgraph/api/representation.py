"""How an answer is sent: compressed where the client reads that, and not at all where the client has it (RFC 9110)."""

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Final

import cramjam

from parkgraph.api.answers import REVALIDATED, Answer

SMALLEST: Final = 1400
"""Bytes of a body that is compressed: a smaller one is one packet anyway."""

LARGE: Final = 200_000
"""Bytes of a body that is compressed while others are answered."""

_CODINGS: Final[Mapping[str, Callable[[bytes], cramjam.Buffer]]] = {
    "zstd": partial(cramjam.zstd.compress, level=1),
    "br": partial(cramjam.brotli.compress, level=1),
    "gzip": partial(cramjam.gzip.compress, level=1),
}
"""The best first. At these levels it takes microseconds, and answers are a tenth as long."""


def coding_of(answer: Answer, accepted: bytes) -> str | None:
    """In which coding it is to be sent; None: as it is. `accepted`: the request's Accept-Encoding."""
    if answer.is_known or len(answer.body) < SMALLEST:
        return None
    answer.varies = True
    return coding_for(accepted)


async def compress(answer: Answer, coding: str) -> None:
    make = _CODINGS[coding]
    made = make(answer.body) if len(answer.body) < LARGE else await asyncio.to_thread(make, answer.body)
    answer.body, answer.coding = bytes(made), coding.encode()


def tag(answer: Answer, known: bytes) -> None:
    """What may be kept and asked for again gets a tag; without a body, where the client has it by that.

    `known`: the request's If-None-Match.
    """
    answer.cache = REVALIDATED
    # The same content may come in several codings, so the tag is a weak one.
    answer.tag = b'"%s"' % blake2b(answer.body, digest_size=12).hexdigest().encode()
    answer.is_known = answer.tag in {each.strip().removeprefix(b"W/") for each in known.split(b",")}


@lru_cache(maxsize=256)
def coding_for(accepted: bytes) -> str | None:
    """The coding that the client likes best; None for none, also where the header is not well formed."""
    weights: dict[str, float] = {}
    for each in accepted.decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        quality = [value for key, _, value in (p.partition("=") for p in parameters) if key == "q"]
        try:
            weights[name] = float(quality[0]) if quality else 1.0
        except ValueError:
            return None
    best = max(_CODINGS, key=lambda coding: weights.get(coding, 0.0))
    return best if weights.get(best, 0.0) > 0 else None
