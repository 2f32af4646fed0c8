from math import log

import pytest

from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.graph.matching import features
from parkgraph.graph.matching.evidence import Evidence, contradicts, weigh
from tests.graph.listings import listing


def evidence(a: Listing, b: Listing, metres: float = 0) -> Evidence:
    x, y = features(a), features(b)
    assert weigh(x, y, metres) == weigh(y, x, metres)
    return weigh(x, y, metres)


def test_of_two_listings_that_say_nothing_there_is_no_evidence() -> None:
    assert set(evidence(listing(name="Parkplatz"), listing(name="Parkplatz"))) - {1.0} == {0.0}
    assert evidence(listing(name="?"), listing(name="?")) == Evidence(*[0.0] * len(Evidence._fields))


def test_metres_count_less_the_more_they_are() -> None:
    near, far, farther = (evidence(listing(), listing(), metres).distance for metres in (0, 100, 200))
    assert near == 0
    assert farther - far < far - near


@pytest.mark.parametrize(
    ("a", "b", "kinds"),
    [
        ("Martinistr. 52, Hamburg", "Martinistraße 52, Hamburg", {"same_street", "same_house"}),
        ("Kaiserallee 11-15, Ulm", "Kaiserallee 13, Ulm", {"same_street", "same_house"}),
        ("Kaiserallee 11, Ulm", "Kaiserallee 17, Ulm", {"same_street", "other_house"}),
        ("Kaiserallee 11, Ulm", "Kaiserallee, Ulm", {"same_street"}),
        ("Kaiserallee 11, Ulm", "Amalienstraße 11, Ulm", {"other_street"}),
        ("Kaiserallee 11, Ulm", "Ulm", set()),
    ],
)
def test_addresses(a: str, b: str, kinds: set[str]) -> None:
    weighed = evidence(listing(name="?", address=a), listing(name="?", address=b))
    assert {kind for kind, value in weighed._asdict().items() if value} == kinds


def test_a_street_in_a_name_meets_one_in_an_address() -> None:
    assert evidence(
        listing(name="Bahnhof Schöllkopfstr."), listing(address="Schöllkopfstraße 3, Kirchheim")
    ).same_street


def test_capacities() -> None:
    same = evidence(listing(capacity=120), listing(capacity=120))
    assert (same.capacity_equal, same.capacity_apart) == (1, 0)
    assert evidence(listing(capacity=8), listing(capacity=8)).capacity_equal == 0
    assert evidence(listing(capacity=100), listing(capacity=50)).capacity_apart == pytest.approx(log(2))
    assert evidence(listing(capacity=1), listing(capacity=5_000)).capacity_apart == pytest.approx(log(10))
    assert evidence(listing(capacity=0), listing(capacity=50)).capacity_apart == 0, "0 is what networks say for unknown"


def test_words_of_the_town_are_no_likeness() -> None:
    a, b = listing(name="Hamburg, Spectrum", address="Martinistraße 64, 20251 Hamburg"), listing(name="Hamburg Mercado")
    assert evidence(a, b).name_alike == 0


def test_a_name_says_better_than_a_kind_whether_it_is_a_garage_but_not_whether_it_is_a_street() -> None:
    lot = listing(name="Parkplatz P6", kind=PlaceKind.GARAGE)
    assert evidence(lot, listing(kind=PlaceKind.SURFACE)).same_structure
    assert evidence(listing(kind=PlaceKind.GARAGE), listing(kind=PlaceKind.SURFACE)).garage_and_lot
    street = listing(name="Straßen-Parkplatz", kind=PlaceKind.ON_STREET)
    assert evidence(street, listing(kind=PlaceKind.SURFACE)).street_and_lot


def test_one_audience_only_is_whom_it_is_for() -> None:
    disabled = listing(audiences=(AudienceCapacity(Audience.DISABLED, 3),))
    both = listing(audiences=(AudienceCapacity(Audience.DISABLED, 3), AudienceCapacity(Audience.GENERAL, 90)))
    assert evidence(disabled, both).other_users
    assert not evidence(both, listing()).other_users


def test_shared_ids_operators_numbers_and_sides() -> None:
    a = listing(name="P1 Nord", operator="APCOA", external_ids=frozenset({"osm:way/1", "osm:way/2"}))
    b = listing(name="P01 Nord", operator="Apcoa", external_ids=frozenset({"osm:way/2"}))
    weighed = evidence(a, b)
    assert (weighed.same_external_id, weighed.same_operator, weighed.same_code, weighed.same_side) == (1, 1, 1, 1)


def test_listings_that_share_one_of_their_numbers_do_not_contradict_each_other() -> None:
    assert not contradicts(features(listing(name="P1/2")), features(listing(name="P2")))
    assert contradicts(features(listing(name="P1/2")), features(listing(address="P3, Ulm")))
