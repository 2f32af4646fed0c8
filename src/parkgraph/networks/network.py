"""One configured network: what it is, what it has, and how asking it went."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

import structlog

from parkgraph.domain.geo import Area, Bounds, bounds_of
from parkgraph.domain.place import Listing
from parkgraph.networks.reports import Code, SourceReport, SourceStatus, status_without_data
from parkgraph.networks.snapshots import Snapshot
from parkgraph.sdk.booking import BookingAdapter
from parkgraph.sdk.contract import Capability, FeedAdapter, NetworkInfo, SearchAdapter
from parkgraph.sdk.rows import unquoted

_log = structlog.get_logger(__name__)

OVERDUE_AFTER: Final = 2
"""Cadences without a good answer."""

LONGEST_PATIENCE: Final = timedelta(hours=24)
"""However long a network asks to be left alone."""

FIRST_DENIED: Final = timedelta(minutes=5)
LONGEST_DENIED: Final = timedelta(hours=1)
"""A network that refuses the credentials is asked again after such a pause, which doubles with each refusal."""


MARGIN_M: Final = 5_000
"""Around all that a feed has, where its boxes are not declared: its area is a little more than its places."""


class NetworkStatus(StrEnum):
    """STARTING: not asked to the end yet, and nothing stored. UP: it answered well. DEGRADED: it did not, and its last
    good data are served. DOWN: it did not, and there are none.
    """

    STARTING = "STARTING"
    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


class Part(StrEnum):
    """What a network is asked for. How asking goes is kept of the first three; a quote counts as a search."""

    LISTINGS = "listings"
    OCCUPANCIES = "occupancies"
    SEARCH = "search"
    QUOTE = "quote"
    BOOKING = "booking"


@dataclass(slots=True)
class Asking:
    """How asking for one part goes. `code` is why the last attempt was not good; `every` is the cadence, if any.

    `retry_at`: until then it is left alone. `denials`: how often it refused the credentials since it was last well.
    """

    every: timedelta | None
    attempted_at: datetime | None = None
    succeeded_at: datetime | None = None
    code: Code | None = None
    retry_at: datetime | None = None
    denials: int = 0


class Closable(Protocol):
    """A client, as far as its owner is concerned."""

    async def aclose(self) -> None:
        """Close every connection."""
        ...


class Network:
    """`replayed`: it answers from recorded samples. `refresh_every` and `max_concurrent` override what the
    adapter declares. `source` changes when its data come from elsewhere.

    Everything but `snapshot` is written by `succeeded`, `failed` and `restored`.
    """

    def __init__(
        self,
        id: str,  # noqa: A002
        adapter: FeedAdapter[Any] | SearchAdapter[Any],
        *,
        client: Closable | None = None,
        replayed: bool = False,
        refresh_every: timedelta | None = None,
        max_concurrent: int | None = None,
        source: str = "",
    ) -> None:
        self.id = id
        self.source = source
        self.adapter = adapter
        self.info = _info(adapter, max_concurrent)
        self.replayed = replayed
        self._snapshot: Snapshot | None = None
        self._extent: Bounds | None = None
        self.asking = _askings(adapter, self.info, refresh_every)
        self._client = client
        self._told: str | None = None
        self._rejected_logged = 0

    def __repr__(self) -> str:
        return f"Network({self.id!r})"

    @property
    def snapshot(self) -> Snapshot | None:
        """What it has."""
        return self._snapshot

    @snapshot.setter
    def snapshot(self, snapshot: Snapshot | None) -> None:
        before, self._snapshot = self._snapshot, snapshot
        is_feed = Part.LISTINGS in self.asking
        if is_feed and not self.info.coverage and _published(before) is not _published(snapshot):
            box = snapshot.box if snapshot else None
            self._extent = box.widened(MARGIN_M) if box else None

    @property
    def status(self) -> NetworkStatus:
        attempted = any(asking.attempted_at for asking in self.asking.values())
        if self.snapshot is None and self.code is None:
            return NetworkStatus.UP if attempted and Part.SEARCH in self.asking else NetworkStatus.STARTING
        if self.snapshot is None:
            return NetworkStatus.DOWN
        return NetworkStatus.UP if attempted and self.code is None else NetworkStatus.DEGRADED

    @property
    def code(self) -> Code | None:
        """Why the last attempt was not good: of the listings, else of the live data."""
        return next((asking.code for asking in self.asking.values() if asking.code), None)

    @property
    def last_attempt_at(self) -> datetime | None:
        return max((asking.attempted_at for asking in self.asking.values() if asking.attempted_at), default=None)

    @property
    def last_success_at(self) -> datetime | None:
        return max((asking.succeeded_at for asking in self.asking.values() if asking.succeeded_at), default=None)

    @property
    def listings(self) -> int:
        return len(self.snapshot.listings) if self.snapshot else 0

    @property
    def rejected(self) -> int:
        return len(self.snapshot.rejected) if self.snapshot else 0

    @property
    def is_ready(self) -> bool:
        """Whether a first answer need not be waited for: it was restored, or each part was asked for, or none came."""
        if Part.SEARCH in self.asking or any(asking.code is Code.RESTORED for asking in self.asking.values()):
            return True
        attempted = [asking.attempted_at is not None for asking in self.asking.values()]
        return all(attempted) or (any(attempted) and self.snapshot is None)

    @property
    def is_denied(self) -> bool:
        """Whether it refused the credentials when it was last asked."""
        return any(asking.code is Code.DENIED for asking in self.asking.values())

    def patience(self, now: datetime) -> timedelta | None:
        """How long it is left alone from now on: as it asked for, or since it refuses the credentials."""
        until = max((asking.retry_at for asking in self.asking.values() if asking.retry_at), default=now)
        return until - now if until > now else None

    def turned_away(self, now: datetime) -> Code | None:
        """Why no query may ask it now; None for the one that may.

        Where credentials were refused, that one finds out whether they still are: no other is let through meanwhile.
        """
        if self.patience(now):
            return Code.DENIED if self.is_denied else Code.RATE_LIMITED
        for asking in self.asking.values():
            if asking.code is Code.DENIED:
                asking.retry_at = now + FIRST_DENIED
        return None

    def covers(self, area: Area) -> bool:
        """Whether the network can have anything in the area.

        Without declared boxes, a feed has something where its places are, and a search network may anywhere.
        """
        boxes = self.info.coverage
        if not boxes and self._extent:
            boxes = (self._extent,)
        if not boxes:
            return True
        bounds = bounds_of(area)
        return any(box.intersects(bounds) for box in boxes)

    def report(self, area: Area, now: datetime) -> SourceReport:
        """What it serves from memory, and how good that is."""
        if not self.covers(area):
            return SourceReport(self, SourceStatus.NOT_COVERED)
        if self.snapshot is None:
            code = self.code or Code.STARTING
            return SourceReport(self, status_without_data(code), code=code)
        if Part.SEARCH in self.asking:
            status, why = SourceStatus.CACHED, self.code
        else:
            why = self.code or (Code.OVERDUE if self._is_overdue(now) else None)
            status = SourceStatus.STALE if why else SourceStatus.FRESH
        return SourceReport(
            self,
            status,
            as_of=self.snapshot.as_of,
            listings=self.listings,
            code=why,
            fetched_at=self.snapshot.fetched_at,
        )

    def restored(self, snapshot: Snapshot) -> None:
        """The stored snapshot is served until the network answers."""
        self.snapshot = snapshot
        for part, asking in self.asking.items():
            asking.succeeded_at = _taken_at(snapshot, part)
            asking.code = Code.RESTORED if part is not Part.SEARCH else None

    def followed(self, snapshot: Snapshot, fault: Code | None) -> None:
        """Another process asks the network: this is what it stored, and why its last attempt was not good, if so."""
        self.snapshot = snapshot
        for part, asking in self.asking.items():
            if taken_at := _taken_at(snapshot, part):
                asking.attempted_at = asking.succeeded_at = taken_at
                asking.code = fault if part is Part.LISTINGS else None
        self._log_health(None)

    def succeeded(self, part: Part, at: datetime) -> None:
        """The network answered well."""
        asking = self.asking[part]
        asking.attempted_at = asking.succeeded_at = at
        asking.code = asking.retry_at = None
        asking.denials = 0
        self._log_health(None)
        self._log_rejected()

    def failed(
        self, part: Part, at: datetime, code: Code, message: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        """It did not. `message`: the fault's own sentence, for the log."""
        asking = self.asking[part]
        asking.attempted_at = at
        asking.code = code
        if code is Code.DENIED:
            retry_after = denied_pause(asking.denials)
            asking.denials += 1
        asking.retry_at = at + min(retry_after, LONGEST_PATIENCE) if retry_after else None
        self._log_health(message)
        self._log_rejected()

    async def aclose(self) -> None:
        """Close the network's client."""
        if self._client:
            await self._client.aclose()

    def _is_overdue(self, now: datetime) -> bool:
        return any(
            asking.every and asking.succeeded_at and now - asking.succeeded_at > OVERDUE_AFTER * asking.every
            for asking in self.asking.values()
        )

    def _log_health(self, message: str | None) -> None:
        """A way down is one line, and the way back is one. Refused credentials are the operator's, and a line too."""
        code = self.code
        if self.is_denied and self._told != "network_denied":
            self._told = "network_denied"
            _log.error("network_denied", network=self.id, reason=message, serving=self.listings)
        elif code and code is not Code.RESTORED and self._told is None:
            self._told = "network_down"
            _log.warning("network_down", network=self.id, code=code, reason=message, serving=self.listings)
        elif code is None and self._told:
            self._told = None
            _log.info("network_back", network=self.id, listings=self.listings)

    def _log_rejected(self) -> None:
        """Rejected rows are one line when their number changes: the commonest reasons, no word of a row."""
        if self.snapshot is None or self.rejected == self._rejected_logged:
            return
        self._rejected_logged = self.rejected
        reasons = Counter(unquoted(rejected.reason) for rejected in self.snapshot.rejected)
        _log.info("rows_rejected", network=self.id, rows=self.rejected, reasons=dict(reasons.most_common(5)))


def _published(snapshot: Snapshot | None) -> Mapping[str, Listing] | None:
    return snapshot.published.listings if snapshot else None


def denied_pause(denials: int) -> timedelta:
    """For how long a network is left alone that refused the credentials so often before."""
    return min(FIRST_DENIED * 2.0 ** min(denials, 10), LONGEST_DENIED)


def _info(adapter: FeedAdapter[Any] | SearchAdapter[Any], max_concurrent: int | None) -> NetworkInfo:
    """As the adapter declares it; one that has no way to book takes no bookings, whatever it declares."""
    info = replace(adapter.info, max_concurrent=max_concurrent) if max_concurrent else adapter.info
    if isinstance(adapter, BookingAdapter):
        return info
    return replace(info, capabilities=info.capabilities - {Capability.BOOKING})


def _askings(
    adapter: FeedAdapter[Any] | SearchAdapter[Any], info: NetworkInfo, every: timedelta | None
) -> dict[Part, Asking]:
    if isinstance(adapter, SearchAdapter):
        return {Part.SEARCH: Asking(None)}
    askings = {Part.LISTINGS: Asking(every or info.refresh_every)}
    if info.occupancies_every:
        askings[Part.OCCUPANCIES] = Asking(min(every, info.occupancies_every) if every else info.occupancies_every)
    return askings


def _taken_at(snapshot: Snapshot, part: Part) -> datetime | None:
    if part is Part.OCCUPANCIES:
        return snapshot.live.taken_at if snapshot.live else None
    return snapshot.taken_at
