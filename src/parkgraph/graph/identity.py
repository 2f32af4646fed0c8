"""Place ids that outlive refreshes, merges, splits and restarts. Pure rules over what was handed out.

An id is founded by one listing. It stands for that one and, after it, for those that were one place with it when last
seen, in the order in which they came. It leads to the place of the first of them that is listed now: its founder's,
and while the founder is away, that of the senior of the others. Where several ids lead to one place, the eldest is the
place's, and the others redirect to it. An id leads nowhere only while none of its listings is listed.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from parkgraph.domain.place import ListingKey

Members = tuple[ListingKey, ...]

_NAMESPACE: Final = UUID("2f0d3f0e-93b5-5a0c-8a52-6f2c3f7b9a11")
_UNSTORED: Final = 1 << 62
"""Ages from here on are of ids that are not stored yet; stored ones are elder."""


class Identities:
    """Every id ever handed out, and the listings that it stands for, the founder first."""

    def __init__(self) -> None:
        self._listings: dict[UUID, Members] = {}
        self._ages: dict[UUID, int] = {}
        self._ids: dict[ListingKey, tuple[UUID, ...]] = {}

    def __len__(self) -> int:
        return len(self._listings)

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._listings)

    def listings_of(self, place_id: UUID) -> Members:
        """None at all where the id was never handed out."""
        return self._listings.get(place_id, ())

    def ids_of(self, key: ListingKey) -> tuple[UUID, ...]:
        """The ids that stand for this listing, among others."""
        return self._ids.get(key, ())

    def put(self, place_id: UUID, listings: Members, age: int | None = None) -> None:
        """What the id stands for from now on. `age`: as it is stored; the lower, the elder."""
        before = self._listings.get(place_id, ())
        self._listings[place_id] = listings
        if age is not None:
            self._ages[place_id] = age
        else:
            self._ages.setdefault(place_id, _UNSTORED + len(self._ages))
        for key in before:
            if key not in listings:
                self._ids[key] = tuple(each for each in self._ids[key] if each != place_id)
        for key in listings:
            if key not in before:
                self._ids[key] = (*self._ids.get(key, ()), place_id)

    def leads_to(self, place_id: UUID, listed: Container[ListingKey]) -> ListingKey | None:
        """The listing whose place the id leads to now."""
        return next((key for key in self._listings.get(place_id, ()) if key in listed), None)

    def leading_to(self, members: Iterable[ListingKey], listed: Container[ListingKey]) -> list[UUID]:
        """The ids that lead to the place of these listings, the eldest first."""
        return self.eldest_first(i for key in members for i in self.ids_of(key) if self.leads_to(i, listed) == key)

    def eldest_first(self, place_ids: Iterable[UUID]) -> list[UUID]:
        """These ids in the order in which they were handed out."""
        return sorted(place_ids, key=self._ages.__getitem__)

    def assign(self, members: Members, listed: Container[ListingKey]) -> UUID:
        """The id of the place of these listings: the eldest that leads there, else the one that the first founds."""
        return next(iter(self.leading_to(members, listed)), None) or found(members[0])

    def learn(self, members: Members, listed: Container[ListingKey]) -> Mapping[UUID, Members]:
        """What each id that leads to the place of these listings stands for now that they are seen to be one place.

        Listings that are listed elsewhere were a mistake or have moved: the id no longer stands for them. Of those
        that are away nothing new is known. The first that is listed stays, so no id leads elsewhere by what is learnt.
        """
        ids = self.leading_to(members, listed) or [found(members[0])]
        learnt: dict[UUID, Members] = {}
        for place_id in ids:
            before = self._listings.get(place_id, ())
            kept = tuple(key for key in before if key in members or key not in listed)
            after = kept + tuple(key for key in members if key not in kept)
            if after != before:
                learnt[place_id] = after
        return learnt


def assign(clusters: Sequence[Members], identities: Identities) -> dict[Members, UUID]:
    """One id for each cluster, and for no two the same."""
    listed = {key for members in clusters for key in members}
    return {members: identities.assign(members, listed) for members in clusters}


def found(founder: ListingKey) -> UUID:
    """The id that this listing founds, the same in every process."""
    return uuid5(_NAMESPACE, "\n".join(founder))
