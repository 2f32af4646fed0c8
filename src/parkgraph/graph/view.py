"""The places of one moment, and how they follow from listings. Pure, and no work is done again that gave the same."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing, ListingKey, Place
from parkgraph.graph.identity import Identities, Members
from parkgraph.graph.index import SpatialIndex, Tile, tile_of
from parkgraph.graph.matching import NO_PINS, Clustering, Looks, PartOf, Pins, forget, look_alike, recluster
from parkgraph.graph.matching.grid import cell
from parkgraph.graph.merging import merge
from parkgraph.graph.shards import Shards
from parkgraph.graph.words import WordIndex, texts

Listings = Mapping[str, Mapping[str, Listing]]
"""By network, then by its own id."""

Moves = Mapping[UUID, tuple[Coordinates, ...]]
"""Where each place was, and where it is, as far as there is such a place before and after."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class View:
    """Places and what they are made of.

    `whole_of`: the place that a place is a part of, and `parts_of` the other way round.
    """

    places: Shards[UUID, Place] = field(default_factory=Shards)
    place_of: Shards[ListingKey, UUID] = field(default_factory=Shards)
    whole_of: Mapping[UUID, UUID] = field(default_factory=dict)
    parts_of: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    index: SpatialIndex = field(default_factory=SpatialIndex)
    words: WordIndex = field(default_factory=WordIndex)
    listings: Listings = field(default_factory=dict)
    clustering: Clustering = field(default_factory=Clustering)
    pins: Pins = NO_PINS


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides besides listings. `unmergeable`: networks whose licence forbids merging. `names`: of networks."""

    pins: Pins = NO_PINS
    unmergeable: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """A view, what ids stand for now that it was seen, and the places that came, went or are other than before.

    `gone`: what the view before had of its own, place by place, what held them, and then that view: what is given back
    from the end goes bit by bit.
    """

    view: View
    learnt: Mapping[UUID, Members]
    changed: Moves = field(default_factory=dict)
    gone: list[object] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of listings that came, that are other than before, and that went."""

    come: Collection[ListingKey]
    other: Collection[ListingKey]
    gone: Collection[ListingKey]


class Listed:
    """Which listings there are."""

    def __init__(self, listings: Listings) -> None:
        self._listings = listings

    def __contains__(self, key: object) -> bool:
        return isinstance(key, ListingKey) and key.local_id in self._listings.get(key.network, ())


def build(
    previous: View, listings: Listings, identities: Identities, rules: Rules, touched: Iterable[UUID] = ()
) -> Built:
    """The view of these listings. `touched`: ids of which other processes learnt something since `previous`."""
    changes = _changes(previous.listings, listings)
    clustering = _match(previous, listings, changes, rules)
    listed = Listed(listings)

    in_question = _regrouped(previous, clustering)
    asked = {i for keys in (changes.come, changes.gone) for key in keys for i in identities.ids_of(key)}.union(touched)
    standing = {key for place_id in asked for key in identities.listings_of(place_id)}
    in_question.update(clustering.cluster_of(key) for key in standing if key in listed)
    ids: dict[Members, UUID] = {}
    learnt: dict[UUID, Members] = {}
    for members in in_question:
        ids[members], new = identities.see(members, listed)
        learnt.update(new)

    affected = {key for members in in_question for key in members}.union(changes.gone)
    place_of, left = _placed(previous.place_of, affected, ids)

    before, places = previous.places, previous.places.edit()
    for place_id in left:
        del places[place_id]
    remade = {place_id: members for members, place_id in ids.items()}
    for key in changes.other:
        if (place_id := place_of[key]) not in remade:
            remade[place_id] = tuple(each for each, _ in before[place_id].listings)
    for place_id, members in remade.items():
        told = [(key, listings[key.network][key.local_id]) for key in members]
        was = before.get(place_id)
        if was is None or not _is_of(was, told):
            places[place_id] = merge(place_id, told, rules.names)
    changed = left.union(place_id for place_id in remade if places[place_id] is not before.get(place_id))
    now = places.done() if changed else before

    same = place_of is previous.place_of and clustering.parts is previous.clustering.parts
    whole_of, parts_of = (previous.whole_of, previous.parts_of) if same else parts(clustering.parts, place_of)
    index = previous.index.over(before, now, changed)
    view = View(
        places=now,
        place_of=place_of,
        whole_of=whole_of,
        parts_of=parts_of,
        index=index,
        words=previous.words.over(previous.index, index, _renamed(before, now, changed)),
        listings=listings,
        clustering=clustering.over(clustering.listings),
        pins=rules.pins,
    )
    moves = {i: tuple(place.location for place in (before.get(i), now.get(i)) if place) for i in changed}
    gone = [before.get(i) for i in changed]
    held = [*before.not_in(now), *previous.place_of.not_in(place_of), *previous.index.not_in(index)]
    return Built(view, learnt, moves, [*gone, *held, previous])


def _changes(before: Listings, after: Listings) -> Changes:
    come: list[ListingKey] = []
    other: list[ListingKey] = []
    gone: list[ListingKey] = []
    for network in before.keys() | after.keys():
        old, new = before.get(network, {}), after.get(network, {})
        if old is new:
            continue
        for local_id, listing in new.items():
            if (was := old.get(local_id)) is not listing:
                (other if was else come).append(ListingKey(network, local_id))
        gone += (ListingKey(network, local_id) for local_id in old if local_id not in new)
    return Changes(come, other, gone)


def _match(previous: View, listings: Listings, changes: Changes, rules: Rules) -> Clustering:
    """The clusters of these listings: only near what looks other, or is pinned anew, is matched."""

    def place(key: ListingKey) -> int:
        return cell(listings[key.network][key.local_id].location)

    def looks_other(key: ListingKey) -> bool:
        network, local_id = key
        return not look_alike(previous.listings[network][local_id], listings[network][local_id])

    looks = Looks(listings, rules.unmergeable)
    new = sorted([*changes.come, *filter(looks_other, changes.other)], key=place)
    changed = [*new, *changes.gone, *rules.pins.listings_that_differ(previous.pins)]
    if not changed:
        return previous.clustering.over(looks)
    clustering = recluster(previous.clustering, looks, dict.fromkeys(changed), rules.pins)
    looks.forget()
    forget()
    return clustering


def _regrouped(previous: View, clustering: Clustering) -> set[Members]:
    """The clusters that were not there before."""
    before, cluster_of = previous.place_of, previous.clustering.cluster_of
    return {each for each in clustering.regrouped if each[0] not in before or cluster_of(each[0]) != each}


def _placed(
    before: Shards[ListingKey, UUID], affected: Collection[ListingKey], ids: Mapping[Members, UUID]
) -> tuple[Shards[ListingKey, UUID], set[UUID]]:
    """The place of each listing, with these ids for the affected ones, and the places that are no more."""
    if not affected:
        return before, set()
    after = before.edit()
    left = {after.pop(key) for key in affected if key in after} - set(ids.values())
    for members, place_id in ids.items():
        after.update(dict.fromkeys(members, place_id))
    return after.done(), left


def _is_of(place: Place, members: Collection[tuple[ListingKey, Listing]]) -> bool:
    before = dict(place.listings)
    return len(before) == len(members) and all(before.get(key) is listing for key, listing in members)


def _renamed(before: Mapping[UUID, Place], after: Mapping[UUID, Place], changed: Iterable[UUID]) -> set[Tile]:
    """The tiles in which something is called otherwise, or which something left or came to."""
    found: set[Tile] = set()
    for place_id in changed:
        old, new = before.get(place_id), after.get(place_id)
        if old is None or new is None or old.location != new.location or texts(old) != texts(new):
            found.update(tile_of(place.location) for place in (old, new) if place)
    return found


def parts(
    pairs: Iterable[PartOf], place_of: Mapping[ListingKey, UUID]
) -> tuple[Mapping[UUID, UUID], Mapping[UUID, tuple[UUID, ...]]]:
    """What each place is a part of, and the parts of each. It is part of one at most: of the first that is named."""
    whole_of: dict[UUID, UUID] = {}
    for whole, part in pairs:
        of, what = place_of[whole], place_of[part]
        if what not in _wholes(of, whole_of):
            whole_of.setdefault(what, of)
    found: dict[UUID, list[UUID]] = {}
    for what, of in whole_of.items():
        found.setdefault(of, []).append(what)
    return whole_of, {of: tuple(each) for of, each in found.items()}


def _wholes(place_id: UUID, whole_of: Mapping[UUID, UUID]) -> Iterator[UUID]:
    """The place, what it is a part of, and so on."""
    at: UUID | None = place_id
    while at is not None:
        yield at
        at = whole_of.get(at)
