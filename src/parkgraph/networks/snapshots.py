"""What a feed network has, as of its last good answers. Frozen values and pure rules.

A network that publishes live data apart from its listings answers twice, each on its own cadence: `Published` and
`Live` are the two answers, a `Snapshot` is both laid together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, TypeVar

from parkgraph.domain.geo import Bounds, bounds_around
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.networks.reports import Code
from parkgraph.networks.sharing import kept, share
from parkgraph.sdk.batch import Batch, Rejected

Item = TypeVar("Item", Listing, OccupancyUpdate)

MUCH_SMALLER: Final = 0.5
"""An answer with less than this part of the listings before is suspicious."""

ACCEPTED_AFTER: Final = timedelta(hours=24)
"""So long must a suspicious answer persist to be believed; an empty one never is."""

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""What was observed later than this after it was fetched has no time that could make anything else look old."""


@dataclass(frozen=True, slots=True)
class Published:
    """The listings as the network publishes them.

    `as_of` and `taken_at` are of the last complete answer (of the first one, where none was complete yet).
    `smaller_since`: since when the network's answers are too small to be believed.
    """

    listings: Mapping[str, Listing]
    as_of: datetime | None
    taken_at: datetime
    rejected: tuple[Rejected, ...] = ()
    smaller_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """The live data that the network publishes apart, of listings that it has."""

    updates: Mapping[str, OccupancyUpdate]
    as_of: datetime | None
    taken_at: datetime
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """A network's listings by their local id, with the live data applied.

    `as_of` is the later of the two answers' times, `taken_at` is when the listings were fetched, `rejected` is of both.
    """

    listings: Mapping[str, Listing]
    as_of: datetime | None
    taken_at: datetime
    rejected: tuple[Rejected, ...]
    published: Published = field(repr=False)
    live: Live | None = field(default=None, repr=False)

    @cached_property
    def box(self) -> Bounds | None:
        """The smallest box around the published listings."""
        return bounds_around(listing.location for listing in self.published.listings.values())

    @property
    def fetched_at(self) -> datetime:
        """When the later of the two answers was fetched."""
        return max(self.taken_at, self.live.taken_at) if self.live else self.taken_at


def combine(published: Published, live: Live | None = None, previous: Snapshot | None = None) -> Snapshot:
    """The two answers laid together.

    A listing equal to that of `previous` is the same object, and so are all listings where none is another.
    """
    if previous:
        published = replace(published, listings=kept(published.listings, previous.published.listings))
    listings = published.listings
    if live:
        fetched = max(published.taken_at, live.taken_at)
        updated = {
            local_id: _with_update(each, live.updates.get(local_id), fetched) for local_id, each in listings.items()
        }
        listings = kept(updated, previous.listings if previous else {})
    times = [as_of for as_of in (published.as_of, live.as_of if live else None) if as_of]
    return Snapshot(
        listings=listings,
        as_of=max(times, default=None),
        taken_at=published.taken_at,
        rejected=published.rejected + (live.rejected if live else ()),
        published=published,
        live=live,
    )


def apply(
    previous: Snapshot | None, batch: Batch[Listing], now: datetime, *, may_shrink: bool = False
) -> tuple[Snapshot, Code | None]:
    """The snapshot after the network's answer, and why that answer did not replace the one before, if so.

    A complete answer replaces. An incomplete one updates what it has and deletes nothing. So does one that is empty
    or much smaller than what was there, until it has persisted long enough; unless the network `may_shrink`. Live
    data survive.
    """
    items, twice = _by_id(batch.items)
    share(items.values(), previous.published.listings.values() if previous else ())
    rejected = batch.rejected + twice
    if previous is None:
        return combine(Published(items, batch.as_of, now, rejected)), None if batch.complete else Code.INCOMPLETE

    before = previous.published
    items = {local_id: _not_older(listing, before.listings.get(local_id), now) for local_id, listing in items.items()}
    held, smaller_since = _why_held(batch, len(items), before, now, may_shrink)
    if held is None:
        published = Published(items, batch.as_of, now, rejected)
    else:
        merged = {**before.listings, **items}
        published = replace(before, listings=merged, rejected=rejected, smaller_since=smaller_since)
    return combine(published, _of_known(previous.live, published), previous), held


def with_occupancies(snapshot: Snapshot, batch: Batch[OccupancyUpdate], now: datetime) -> Snapshot:
    """The snapshot after the network's live data. Updates of unknown listings are rejected rows.

    What was observed earlier never overwrites what was observed later.
    """
    items, twice = _by_id(batch.items)
    known = snapshot.published.listings
    unknown = tuple(Rejected(local_id, "no listing has this id") for local_id in items if local_id not in known)
    updates = dict(snapshot.live.updates) if snapshot.live else {}
    for local_id, update in items.items():
        old = updates.get(local_id)
        if local_id in known and not (old and _is_older(update.occupancy, old.occupancy, now)):
            updates[local_id] = update
    whole = batch.complete or snapshot.live is None
    live = Live(
        updates=updates,
        as_of=batch.as_of if whole or not snapshot.live else snapshot.live.as_of,
        taken_at=now if whole or not snapshot.live else snapshot.live.taken_at,
        rejected=batch.rejected + twice + unknown,
    )
    return combine(snapshot.published, live, snapshot)


def _why_held(
    batch: Batch[Listing], size: int, before: Published, now: datetime, may_shrink: bool
) -> tuple[Code | None, datetime | None]:
    if not batch.complete:
        return Code.INCOMPLETE, before.smaller_since
    if may_shrink or size >= MUCH_SMALLER * len(before.listings):
        return None, None
    since = before.smaller_since or now
    believed = size > 0 and now - since >= ACCEPTED_AFTER
    return (None, None) if believed else (Code.HELD_SMALLER, since)


def _of_known(live: Live | None, published: Published) -> Live | None:
    if live is None or live.updates.keys() <= published.listings.keys():
        return live
    return replace(live, updates={k: update for k, update in live.updates.items() if k in published.listings})


def _not_older(new: Listing, old: Listing | None, now: datetime) -> Listing:
    """The listing, with the occupancy known before where that was observed later."""
    if old and _is_older(new.occupancy, old.occupancy, now):
        return replace(new, occupancy=old.occupancy, audiences=old.audiences)
    return new


def _with_update(listing: Listing, update: OccupancyUpdate | None, now: datetime) -> Listing:
    if update is None:
        return listing
    out_of_service = listing.occupancy is not None and listing.occupancy.out_of_service
    if out_of_service or _is_older(update.occupancy, listing.occupancy, now):
        return listing  # counters of a closed facility go on, and mean nothing
    return replace(listing, occupancy=update.occupancy, audiences=_audiences(listing.audiences, update.audiences))


def _audiences(
    published: tuple[AudienceCapacity, ...], live: tuple[AudienceCapacity, ...]
) -> tuple[AudienceCapacity, ...]:
    """Of an audience that both know, the live vacancy, and the live capacity where there is one."""
    merged: dict[Audience, AudienceCapacity] = {entry.audience: entry for entry in published}
    for entry in live:
        known = merged.get(entry.audience)
        if known and entry.capacity is None:
            merged[entry.audience] = replace(entry, capacity=known.capacity)
        else:
            merged[entry.audience] = entry
    return tuple(merged.values())


def _is_older(new: Occupancy | None, old: Occupancy | None, now: datetime) -> bool:
    """Only known and credible times can tell."""
    if not (new and old and new.observed_at and old.observed_at):
        return False
    return new.observed_at < old.observed_at <= now + CLOCKS_DIFFER


def _by_id(items: Iterable[Item]) -> tuple[dict[str, Item], tuple[Rejected, ...]]:
    first: dict[str, Item] = {}
    twice: list[Rejected] = []
    for item in items:
        if item.local_id in first:
            twice.append(Rejected(item.local_id, "a second row with this id"))
        else:
            first[item.local_id] = item
    return first, tuple(twice)
