"""Keyset cursors: the sort key of the last item, bound to the question it answers."""

import base64
import binascii
import hashlib
from decimal import Decimal, InvalidOperation

import orjson

Key = tuple[int | float | str | Decimal, ...]


class CursorError(ValueError):
    """The cursor is not one of ours, or belongs to another query."""


def fingerprint(*question: object) -> str:
    """A short hash of what a query asks, apart from its page."""
    return hashlib.sha256(repr(question).encode()).hexdigest()[:12]


def encode(question: str, key: Key) -> str:
    parts = [f"d{part}" if isinstance(part, Decimal) else f"s{part}" if isinstance(part, str) else part for part in key]
    return base64.urlsafe_b64encode(orjson.dumps([question, *parts])).decode().rstrip("=")


def decode(cursor: str, question: str, like: Key) -> Key:
    """The key in a cursor of this question; `like` shows the types that it must have."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        marked, *parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        key = tuple(_part(part) for part in parts)
    except (ValueError, binascii.Error, InvalidOperation, TypeError):
        raise CursorError("after: not a cursor of this API; pass an endCursor as it was given") from None
    if marked != question:
        raise CursorError("after: this cursor belongs to another query; ask again from the first page")
    if len(key) != len(like) or any(not _same_kind(a, b) for a, b in zip(key, like, strict=True)):
        raise CursorError("after: not a cursor of this API; pass an endCursor as it was given")
    return key


def _part(part: object) -> int | float | str | Decimal:
    if isinstance(part, str) and part.startswith("d"):
        return _finite(Decimal(part[1:]))
    if isinstance(part, str):
        return part[1:]
    if isinstance(part, (int, float)):
        return part
    raise TypeError


def _finite(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise ValueError
    return amount


def _same_kind(a: object, b: object) -> bool:
    numbers = (int, float)
    return isinstance(a, numbers) == isinstance(b, numbers) and isinstance(a, str) == isinstance(b, str)
