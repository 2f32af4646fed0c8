"""What searches saw of a network that answers one question at a time: kept, so that a place resolves later. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Final

from parkgraph.domain.place import Listing
from parkgraph.networks.snapshots import Published, Snapshot, combine
from parkgraph.sdk.batch import Batch

LIMIT: Final = 20_000
"""Listings of one network; those seen last stay."""

_facts: Final = attrgetter(*(field.name for field in fields(Listing) if field.name != "offers"))
"""All that is kept of a listing: its offers are of one search."""


Again = dict[str, tuple[Listing, Listing]]
"""By local id, what was seen again meanwhile, in this order: as it is kept, and as it was seen last."""


def seen_again(seen: Snapshot | None, batch: Batch[Listing], now: datetime, again: Again) -> Snapshot | None:
    """The snapshot as of a search that saw nothing new, whose work is of its own size; None for any other search.

    It holds the very same listings, in the same order: `again` is told who was seen again.
    """
    if seen is None or seen.live is not None:
        return None
    known = seen.published.listings
    pairs: Again = {}
    for listing in batch.items:
        kept = known.get(listing.local_id)
        if kept is None:
            return None
        pair = again.get(listing.local_id)
        if pair is None or pair[0] is not kept or pair[1] is not listing:
            if _facts(kept) != _facts(listing):
                return None
            pair = kept, listing
        pairs[listing.local_id] = pair
    for local_id in pairs:
        again.pop(local_id, None)
    again.update(pairs)
    return later(seen, batch, now)


def later(seen: Snapshot, batch: Batch[Listing], now: datetime) -> Snapshot:
    """The snapshot as of a search that saw the very listings that it has, and no others."""
    before, as_of = seen.published, batch.as_of or seen.as_of
    published = Published(before.listings, as_of, now, batch.rejected, before.smaller_since)
    return Snapshot(seen.listings, as_of, now, batch.rejected, published, seen.live)


def remember(
    seen: Snapshot | None, batch: Batch[Listing], now: datetime, again: Iterable[str] = (), limit: int = LIMIT
) -> tuple[Snapshot, bool]:
    """What was seen and what this search saw, without offers; and whether that is anything new.

    `again`: what was seen again meanwhile, in this order.
    """
    found = {listing.local_id: replace(listing, offers=()) for listing in batch.items}
    as_of = batch.as_of or (seen.as_of if seen else None)
    known = seen.published.listings if seen else {}
    lately = {local_id: known[local_id] for local_id in again if local_id in known and local_id not in found}
    rest = _without(known, {**lately, **found})
    published = Published(_last({**rest, **lately, **found}, limit), as_of, now, batch.rejected)
    return _changed(seen, combine(published, None, seen))


def together(seen: Snapshot | None, also_seen: Snapshot, limit: int = LIMIT) -> tuple[Snapshot, bool]:
    """What two processes saw, where they differ as the later one saw it; and whether `also_seen` adds to `seen`."""
    if seen is None:
        return also_seen, True
    earlier, later = sorted((seen, also_seen), key=lambda snapshot: snapshot.taken_at)
    rest = _without(earlier.published.listings, later.published.listings)
    listings = _last({**rest, **later.published.listings}, limit)
    as_of = later.as_of or earlier.as_of
    return _changed(seen, combine(replace(later.published, listings=listings, as_of=as_of), None, seen))


def _changed(before: Snapshot | None, after: Snapshot) -> tuple[Snapshot, bool]:
    # Equal listings are the same objects, and dicts are equal in whatever order.
    return after, before is None or before.listings != after.listings


def _without(listings: Mapping[str, Listing], others: Mapping[str, Listing]) -> dict[str, Listing]:
    return {local_id: listing for local_id, listing in listings.items() if local_id not in others}


def _last(listings: dict[str, Listing], limit: int) -> dict[str, Listing]:
    surplus = len(listings) - limit
    return dict(list(listings.items())[surplus:]) if surplus > 0 else listings
