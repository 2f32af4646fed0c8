"""Place ids that outlive refreshes and restarts. Pure.

An id is founded by one listing and belongs to the place that this listing is part of. Where listings leave and
come back, the id that a listing was part of last keeps pointing to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid5

from parkgraph.domain.place import ListingKey

_NAMESPACE: Final = UUID("2f0d3f0e-93b5-5a0c-8a52-6f2c3f7b9a11")


@dataclass(frozen=True, slots=True)
class Known:
    """What was handed out so far.

    `founders`: every id ever handed out, the eldest first, with its founding listing.
    `members`: for every listing ever seen, the id of the place that it was part of last.
    """

    founders: Mapping[UUID, ListingKey] = field(default_factory=dict)
    members: Mapping[ListingKey, UUID] = field(default_factory=dict)


def assign(clusters: Sequence[tuple[ListingKey, ...]], known: Known) -> dict[tuple[ListingKey, ...], UUID]:
    """One id for each cluster.

    A cluster keeps the eldest id that its listings founded or were part of last. Where several claim one id, the one
    with its founder has it (a split leaves the id with its senior listing). A cluster that is left without gets the
    id that its first listing founds, which is the same in every process.
    """
    cluster_of = {key: members for members in clusters for key in members}
    claimants: dict[UUID, list[tuple[ListingKey, ...]]] = {}
    for key, place_id in known.members.items():
        if key in cluster_of:
            claimants.setdefault(place_id, []).append(cluster_of[key])

    ids: dict[tuple[ListingKey, ...], UUID] = {}
    for place_id, founder in known.founders.items():
        founders_own = [cluster_of[founder]] if founder in cluster_of else []
        for members in founders_own + sorted(claimants.get(place_id, [])):
            if members not in ids:
                ids[members] = place_id
                break
    for members in clusters:
        ids.setdefault(members, found(members[0]))
    return ids


def found(founder: ListingKey) -> UUID:
    """The id that this listing founds."""
    return uuid5(_NAMESPACE, "\n".join(founder))
