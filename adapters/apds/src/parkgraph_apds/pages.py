"""Lists in pages: `{meta: {referenceInstant, offset, pageSize, total}, data: […]}`."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from parkgraph.sdk import Malformed, NetworkFault
from parkgraph_apds.values import fields, number

MAX_PAGES: Final = 200
EPOCHS: Final = (946_684_800, 10_000_000_000)
"""Seconds since 1970 of an instant from the year 2000 on; milliseconds would be beyond."""


class Rows(NamedTuple):
    """What all pages hold, whether they are all there, and the network's own time of the first."""

    rows: list[object]
    complete: bool
    as_of: datetime | None


async def read_pages(ask: Callable[[int], Awaitable[object]]) -> Rows:
    """`ask` gives the page from an offset on. A page after the first that fails leaves the list incomplete."""
    rows, meta = _page(await ask(0))
    found, as_of, total = list(rows), _instant(meta.get("referenceInstant")), _whole(meta.get("total"))
    for _ in range(MAX_PAGES):
        if total is None or len(found) >= total:
            return Rows(found, complete=True, as_of=as_of)
        try:
            rows, meta = _page(await ask(len(found)))
        except NetworkFault:
            break
        if not rows or _whole(meta.get("offset")) not in (None, len(found)):
            break
        found += rows
    return Rows(found, complete=False, as_of=as_of)


def _page(document: object) -> tuple[list[object], dict[str, object]]:
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise Malformed("the answer is not a list under data")
    return rows, dict(fields(document.get("meta") if isinstance(document, dict) else None))


def _whole(value: object) -> int | None:
    exact = number(value)
    return int(exact) if exact is not None and exact == int(exact) and exact >= 0 else None


def _instant(value: object) -> datetime | None:
    seconds = _whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and EPOCHS[0] <= seconds < EPOCHS[1] else None
