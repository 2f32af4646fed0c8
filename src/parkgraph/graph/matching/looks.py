"""What matching looks at in listings, worked out when it is looked at: to keep it would cost more than the listings."""

from collections.abc import Iterator, Mapping
from typing import Final

from parkgraph.domain.place import Listing, ListingKey
from parkgraph.graph.matching.features import Features, features

KEPT: Final = 8_000
"""Features that are kept for a while. Who looks at neighbours one after the other finds nearly all of them here."""


class Looks(Mapping[ListingKey, Features]):
    """Of these listings, by network and local id. `unmergeable`: networks whose licence forbids merging."""

    def __init__(self, listings: Mapping[str, Mapping[str, Listing]], unmergeable: frozenset[str]) -> None:
        self._listings = listings
        self._unmergeable = unmergeable
        self._kept: dict[ListingKey, Features] = {}

    def forget(self) -> None:
        """Keep nothing."""
        self._kept = {}

    def __getitem__(self, key: ListingKey) -> Features:
        known = self._kept.get(key)
        if known is None:
            listing = self._listings[key.network][key.local_id]
            if len(self._kept) >= KEPT:
                self._kept = {}
            known = self._kept[key] = features(listing, may_merge=key.network not in self._unmergeable)
        return known

    def __contains__(self, key: object) -> bool:
        return isinstance(key, ListingKey) and key.local_id in self._listings.get(key.network, ())

    def __iter__(self) -> Iterator[ListingKey]:
        return (ListingKey(network, local_id) for network, these in self._listings.items() for local_id in these)

    def __len__(self) -> int:
        return sum(map(len, self._listings.values()))
