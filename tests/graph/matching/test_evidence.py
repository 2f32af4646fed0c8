from math import log

import pytest

from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.graph.matching import features
from parkgraph.graph.matching.evidence import Evidence, contradicts, same_street, weigh
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
        ("Martinistr. 52, Hamburg", "Martinistraße 52, Hamburg", {"same_house"}),
        ("Kaiserallee 11-15, Ulm", "Kaiserallee 13, Ulm", {"same_house"}),
        ("Kaiserallee 11, Ulm", "Kaiserallee 17, Ulm", set()),
        ("Kaiserallee 11, Ulm", "Kaiserallee, Ulm", set()),
        ("Kaiserallee 11, Ulm", "Amalienstraße 11, Ulm", {"other_street"}),
        ("Kaiserallee 11, Ulm", "Ulm", set()),
    ],
)
def test_addresses(a: str, b: str, kinds: set[str]) -> None:
    weighed = evidence(listing(name="?", address=a), listing(name="?", address=b))
    assert {kind for kind, value in weighed._asdict().items() if value} == kinds


def test_a_street_in_a_name_meets_one_in_an_address() -> None:
    named, addressed = listing(name="Bahnhof Schöllkopfstr."), listing(address="Schöllkopfstraße 3, Kirchheim")
    assert same_street(features(named), features(addressed))


def capacities(a: int, b: int) -> tuple[float, float]:
    found = evidence(listing(capacity=a), listing(capacity=b))
    return found.capacity_near, found.capacity_apart


def test_about_the_same_capacity_speaks_for_one_place_and_the_more_the_larger_it_is() -> None:
    assert capacities(120, 120) == (1, 0)
    assert capacities(120, 125)[0] > capacities(120, 130)[0] > capacities(120, 144)[0] == 0
    assert 1 > capacities(50, 50)[0] > capacities(20, 20)[0] > capacities(8, 8)[0] == 0


def test_another_capacity_speaks_against_it() -> None:
    assert capacities(100, 120)[1] == pytest.approx(0)
    assert capacities(100, 60)[1] == pytest.approx(log(100 / 60 / 1.2))
    assert capacities(1, 5_000)[1] == pytest.approx(log(10))
    assert capacities(0, 50) == (0, 0), "0 is what networks say for unknown"


def test_a_facility_may_be_named_by_its_street() -> None:
    a, b = listing(name="Dortmund, Steinstraße"), listing(name="Cinestar", address="Steinstraße 48, Dortmund")
    assert evidence(a, b).name_alike > 0
    assert evidence(a, listing(name="Cinestar", address="Königswall 15, Dortmund")).name_alike == 0


def test_an_operators_name_in_a_facilitys_tells_little() -> None:
    ours = listing(name="Q-Park Springweg", operator="Q-Park")
    assert evidence(ours, listing(name="Springweg")).name_alike > 0.8
    assert evidence(ours, listing(name="Q-Park Kruisstraat")).name_alike < 0.1


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


def test_shared_ids_operators_and_numbers() -> None:
    a = listing(name="P1 Nord", operator="APCOA", external_ids=frozenset({"osm:way/1", "osm:way/2"}))
    b = listing(name="P01 Nord", operator="Apcoa", external_ids=frozenset({"osm:way/2"}))
    weighed = evidence(a, b)
    assert (weighed.same_external_id, weighed.same_operator, weighed.same_code) == (1, 1, 1)


def test_listings_that_share_one_of_their_numbers_do_not_contradict_each_other() -> None:
    assert not contradicts(features(listing(name="P1/2")), features(listing(name="P2")))
    assert contradicts(features(listing(name="P1/2")), features(listing(address="P3, Ulm")))
