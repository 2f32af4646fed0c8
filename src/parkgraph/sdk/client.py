"""The HTTP client that is handed to an adapter: narrow, bounded and quiet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator

from parkgraph.sdk.faults import Malformed

LARGEST_EXPONENT = 308
"""Of a double: what lies beyond is not a number that anyone measured or charged."""


def _check_url(value: str) -> str:
    parts = urlsplit(value)
    if not value.isprintable() or " " in value:
        raise ValueError("must not hold spaces or control characters")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or a password: they are settings of their own")
    if parts.scheme != "file" and not (parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("must be an http:// or https:// address")
    return value


Url = Annotated[str, AfterValidator(_check_url)]
"""An address in an adapter's settings: http(s), or `file:` in the demo's replay."""


@dataclass(frozen=True, slots=True)
class Response:
    """A successful (2xx) answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    def json(self, *, exact: bool = False) -> Any:
        """The body as JSON (RFC 8259, in UTF-8). NaN, Infinity and numbers beyond a double raise Malformed, as does
        any other text, and nesting of about a thousand levels.

        `exact`: a number with a point or an exponent is a Decimal, digit for digit; otherwise it is a float. One too
        small for a double is 0 in both.
        """
        text = self.content.removeprefix(b"\xef\xbb\xbf")
        try:
            value = orjson.loads(text)
            return json.loads(text, parse_float=_decimal) if exact else value
        except (ValueError, ArithmeticError, RecursionError):
            raise Malformed("the answer is not JSON") from None


def _decimal(digits: str) -> Decimal:
    value = Decimal(digits)
    if value.adjusted() > LARGEST_EXPONENT:
        raise ValueError("beyond a double")
    if value.adjusted() < -LARGEST_EXPONENT:
        return Decimal(0)
    return value


class Client(Protocol):
    """One network's way out. Raises the faults of `parkgraph.sdk.faults` for everything but a 2xx answer."""

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        """Idempotent: may be repeated by the client.

        Redirects are not followed, but with `follow` up to three within one site (scheme, host and port): for a
        permalink whose file moves. The new address is never taken from anywhere else.
        """
        ...

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sent once."""
        ...
