"""The places of one moment, and how they follow from listings. Pure, and no work is done again that gave the same."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from parkgraph.domain.place import Listing, ListingKey, Place
from parkgraph.graph.identity import Identities, Members
from parkgraph.graph.index import SpatialIndex
from parkgraph.graph.matching import NO_PINS, Clustering, Features, PartOf, Pins, cluster, features, recluster
from parkgraph.graph.merging import merge

Listings = Mapping[str, Mapping[str, Listing]]
"""By network, then by its own id."""


@dataclass(frozen=True, slots=True)
class View:
    """Places and what they are made of.

    `whole_of`: the place that a place is a part of, and `parts_of` the other way round.
    """

    places: Mapping[UUID, Place] = field(default_factory=dict)
    place_of: Mapping[ListingKey, UUID] = field(default_factory=dict)
    whole_of: Mapping[UUID, UUID] = field(default_factory=dict)
    parts_of: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    index: SpatialIndex = field(default_factory=SpatialIndex)
    listings: Listings = field(default_factory=dict)
    features: Mapping[ListingKey, Features] = field(default_factory=dict)
    clustering: Clustering = field(default_factory=Clustering)
    cluster_of: Mapping[ListingKey, Members] = field(default_factory=dict)
    pins: Pins = NO_PINS


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides besides listings. `unmergeable`: networks whose licence forbids merging. `names`: of networks."""

    pins: Pins = NO_PINS
    unmergeable: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """A view, what ids stand for now that it was seen, and the places that came, went or are other than before."""

    view: View
    learnt: Mapping[UUID, Members]
    changed: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of listings that came, that are other than before, and that went."""

    come: frozenset[ListingKey]
    other: frozenset[ListingKey]
    gone: frozenset[ListingKey]


def build(
    previous: View, listings: Listings, identities: Identities, rules: Rules, touched: Iterable[UUID] = ()
) -> Built:
    """The view of these listings. `touched`: ids of which other processes learnt something since `previous`."""
    changes = _changes(previous.listings, listings)
    matched, clustering = _match(previous, listings, changes, rules)
    cluster_of, regrouped = _regrouped(previous, clustering, changes)

    asked = {i for key in changes.come | changes.gone for i in identities.ids_of(key)}.union(touched)
    standing = {key for place_id in asked for key in identities.listings_of(place_id)}
    in_question = regrouped | {cluster_of[key] for key in standing if key in cluster_of}
    ids = {members: identities.assign(members, cluster_of) for members in in_question}
    learnt: dict[UUID, Members] = {}
    for members in in_question:
        learnt.update(identities.learn(members, cluster_of))

    affected = {key for members in in_question for key in members} | changes.gone
    place_of, left = _placed(previous.place_of, affected, ids)

    places = dict(previous.places)
    for place_id in left:
        del places[place_id]
    stale = in_question | {cluster_of[key] for key in changes.other}
    remade = {place_of[members[0]]: members for members in stale}
    for place_id, members in remade.items():
        told = [(key, listings[key.network][key.local_id]) for key in members]
        before = places.get(place_id)
        if before is None or not _is_of(before, told):
            places[place_id] = merge(place_id, told, rules.names)
    changed = left | {place_id for place_id in remade if places[place_id] is not previous.places.get(place_id)}

    same = place_of is previous.place_of and clustering is previous.clustering
    whole_of, parts_of = (previous.whole_of, previous.parts_of) if same else parts(clustering.parts, place_of)
    view = View(
        places=places,
        place_of=place_of,
        whole_of=whole_of,
        parts_of=parts_of,
        index=previous.index.over(previous.places, places, changed),
        listings=listings,
        features=matched,
        clustering=clustering,
        cluster_of=cluster_of,
        pins=rules.pins,
    )
    return Built(view, learnt, frozenset(changed))


def _changes(before: Listings, after: Listings) -> Changes:
    come: set[ListingKey] = set()
    other: set[ListingKey] = set()
    gone: set[ListingKey] = set()
    for network in before.keys() | after.keys():
        old, new = before.get(network, {}), after.get(network, {})
        if old is new:
            continue
        come.update(ListingKey(network, i) for i in new.keys() - old.keys())
        gone.update(ListingKey(network, i) for i in old.keys() - new.keys())
        other.update(ListingKey(network, i) for i in new if i in old and new[i] is not old[i])
    return Changes(frozenset(come), frozenset(other), frozenset(gone))


def _match(
    previous: View, listings: Listings, changes: Changes, rules: Rules
) -> tuple[Mapping[ListingKey, Features], Clustering]:
    """The features of these listings and their clusters: only near what looks other, or is pinned anew, is matched."""
    new: dict[ListingKey, Features] = {}
    for key in changes.come | changes.other:
        looks = features(listings[key.network][key.local_id], may_merge=key.network not in rules.unmergeable)
        if previous.features.get(key) != looks:
            new[key] = looks
    pinned = (rules.pins.same ^ previous.pins.same) | (rules.pins.different ^ previous.pins.different)
    changed = {*new, *changes.gone, *(key for pair in pinned for key in pair)}
    if not changed:
        return previous.features, previous.clustering
    matched = {**previous.features, **new}
    for key in changes.gone:
        del matched[key]
    if not previous.features:
        return matched, cluster(matched, rules.pins)
    return matched, recluster(previous.clustering, matched, changed, rules.pins)


def _regrouped(
    previous: View, clustering: Clustering, changes: Changes
) -> tuple[Mapping[ListingKey, Members], set[Members]]:
    """The cluster of each listing, and the clusters that were not there before."""
    if clustering is previous.clustering:
        return previous.cluster_of, set()
    before = previous.cluster_of
    regrouped = {members for members in clustering.clusters if before.get(members[0]) != members}
    after = dict(before)
    for key in changes.gone:
        del after[key]
    after.update((key, members) for members in regrouped for key in members)
    return after, regrouped


def _placed(
    before: Mapping[ListingKey, UUID], affected: Collection[ListingKey], ids: Mapping[Members, UUID]
) -> tuple[Mapping[ListingKey, UUID], set[UUID]]:
    """The place of each listing, with these ids for the affected ones, and the places that are no more."""
    if not affected:
        return before, set()
    after = dict(before)
    left = {after.pop(key) for key in affected if key in after} - set(ids.values())
    after.update((key, place_id) for members, place_id in ids.items() for key in members)
    return after, left


def _is_of(place: Place, members: Collection[tuple[ListingKey, Listing]]) -> bool:
    before = dict(place.listings)
    return len(before) == len(members) and all(before.get(key) is listing for key, listing in members)


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
