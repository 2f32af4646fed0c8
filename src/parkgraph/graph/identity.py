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


class _Known:
    """An id as it was handed out. It stands for these listings, of which the first founded it."""

    __slots__ = ("age", "id", "listings")

    def __init__(self, place_id: UUID, listings: Members, age: int) -> None:
        self.id, self.listings, self.age = place_id, listings, age


class Identities:
    """Every id ever handed out, and the listings that it stands for, the founder first."""

    def __init__(self) -> None:
        self._known: dict[UUID, _Known] = {}
        self._joined: dict[ListingKey, tuple[UUID, ...]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._known)

    def listings_of(self, place_id: UUID) -> Members:
        """None at all where the id was never handed out."""
        known = self._known.get(place_id)
        return known.listings if known else ()

    def ids_of(self, key: ListingKey) -> tuple[UUID, ...]:
        """The ids that stand for this listing, among others."""
        own, joined = self._known.get(found(key)), self._joined.get(key, ())
        return (own.id, *joined) if own else joined

    def put(self, place_id: UUID, listings: Members, age: int | None = None) -> None:
        """What the id stands for from now on. `age`: as it is stored; the lower, the elder."""
        known = self._known.get(place_id)
        if known is None:
            known = self._known[place_id] = _Known(place_id, (), _UNSTORED + len(self._known))
        before, known.listings = known.listings, listings
        if age is not None:
            known.age = age
        for key in before[1:]:
            if key not in listings:
                if left := tuple(each for each in self._joined[key] if each != place_id):
                    self._joined[key] = left
                else:
                    del self._joined[key]
        for key in listings[1:]:
            if key not in before:
                self._joined[key] = (*self._joined.get(key, ()), known.id)

    def leads_to(self, place_id: UUID, listed: Container[ListingKey]) -> ListingKey | None:
        """The listing whose place the id leads to now."""
        return next((key for key in self.listings_of(place_id) if key in listed), None)

    def leading_to(self, members: Iterable[ListingKey], listed: Container[ListingKey]) -> list[UUID]:
        """The ids that lead to the place of these listings, the eldest first."""
        return self.eldest_first(i for key in members for i in self.ids_of(key) if self.leads_to(i, listed) == key)

    def eldest_first(self, place_ids: Iterable[UUID]) -> list[UUID]:
        """These ids in the order in which they were handed out."""
        return sorted(place_ids, key=lambda place_id: self._known[place_id].age)

    def assign(self, members: Members, listed: Container[ListingKey]) -> UUID:
        """The id of the place of these listings: the eldest that leads there, else the one that the first founds."""
        return self.see(members, listed)[0]

    def learn(self, members: Members, listed: Container[ListingKey]) -> Mapping[UUID, Members]:
        """What each id that leads to the place of these listings stands for now that they are seen to be one place.

        Listings that are listed elsewhere were a mistake or have moved: the id no longer stands for them. Of those
        that are away nothing new is known. The first that is listed stays, so no id leads elsewhere by what is learnt.
        """
        return self.see(members, listed)[1]

    def see(self, members: Members, listed: Container[ListingKey]) -> tuple[UUID, Mapping[UUID, Members]]:
        """What `assign` and `learn` say of a place."""
        ids = self.leading_to(members, listed) or [found(members[0])]
        learnt: dict[UUID, Members] = {}
        for place_id in ids:
            before = self.listings_of(place_id)
            kept = tuple(key for key in before if key in members or key not in listed)
            after = kept + tuple(key for key in members if key not in kept)
            if after != before:
                learnt[place_id] = members if after == members else after
            elif after == members:
                self._known[place_id].listings = members  # the same, and kept once
        return ids[0], learnt


def assign(clusters: Sequence[Members], identities: Identities) -> dict[Members, UUID]:
    """One id for each cluster, and for no two the same."""
    listed = {key for members in clusters for key in members}
    return {members: identities.assign(members, listed) for members in clusters}


def found(founder: ListingKey) -> UUID:
    """The id that this listing founds, the same in every process."""
    return uuid5(_NAMESPACE, "\n".join(founder))
