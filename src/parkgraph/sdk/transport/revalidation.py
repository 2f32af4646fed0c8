"""Conditional GET (RFC 9110, section 13): a body that did not change is not sent again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cachetools import LRUCache

from parkgraph.sdk.client import Response

Key = tuple[str, tuple[tuple[str, str], ...]]
"""The address with its query, and the headers: another token may get another answer."""

_VALIDATORS = {"etag": "if-none-match", "last-modified": "if-modified-since"}
CONDITIONS = tuple(_VALIDATORS.values())
_LONGEST_VALIDATOR = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and the headers that ask whether it still holds."""

    response: Response
    conditions: Mapping[str, str]

    def renewed(self, headers: Mapping[str, str]) -> Response:
        """The kept answer with the headers of the 304 that confirmed it."""
        fresh = {name: value for name, value in headers.items() if not name.startswith("content-")}
        return replace(self.response, headers={**self.response.headers, **fresh})


class Revalidation:
    """The last answers that can be revalidated: at most `max_entries`, and `max_bytes` in all."""

    def __init__(self, max_bytes: int, max_entries: int = 64) -> None:
        least = max_bytes // max_entries
        self._kept: LRUCache[Key, Kept] = LRUCache(
            max_bytes, getsizeof=lambda kept: max(least, len(kept.response.content))
        )

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Key) -> Kept | None:
        """The answer kept for this request, if any."""
        return self._kept.get(key)

    def keep(self, key: Key, response: Response) -> None:
        """Remember this answer instead of an earlier one; forget both where it cannot be revalidated."""
        self._kept.pop(key, None)
        conditions = {
            condition: value
            for validator, condition in _VALIDATORS.items()
            if (value := response.headers.get(validator, "")) and _is_plain(value)
        }
        no_store = "no-store" in response.headers.get("cache-control", "").lower()
        if response.status == 200 and conditions and not no_store and len(response.content) <= self._kept.maxsize:
            self._kept[key] = Kept(response, conditions)


def can_be_revalidated(response: Response) -> bool:
    """Whether it says anything by which it may be asked for again."""
    return not response.headers.keys().isdisjoint(_VALIDATORS)


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR
