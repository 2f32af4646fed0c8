"""What searches said of single listings is found again for as long as it holds."""

from datetime import timedelta
from decimal import Decimal

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.found import Found
from tests.networks.scripted import NOW, Clock, batch, listing

MINUTE = timedelta(minutes=1)
STAY = Stay(NOW, NOW + timedelta(hours=2))
LONGER = Stay(NOW, NOW + timedelta(hours=3))
CAR = Vehicle()
OFFER = ListingOffer("1", OfferStatus.PRICED, Money(Decimal(5), "EUR"))


def test_what_was_said_is_of_its_stay_and_vehicle() -> None:
    found = Found(MINUTE, Clock())
    found.note(batch(listing("a", offers=(OFFER,)), "b"), STAY, CAR)
    assert [found.find(local_id, STAY, CAR) for local_id in ("a", "b", "c")] == [(OFFER,), (), None]
    assert found.find("a", LONGER, CAR) is None
    assert found.find("a", STAY, Vehicle(electric=True)) is None


def test_each_listing_is_as_old_as_the_search_that_saw_it_last() -> None:
    clock = Clock()
    found = Found(MINUTE, clock)
    found.note(batch("a", "b"), STAY, CAR)
    clock.pass_by(MINUTE / 2)
    found.note(batch("b"), STAY, CAR)
    clock.pass_by(MINUTE / 2)
    assert [found.find(local_id, STAY, CAR) for local_id in ("a", "b")] == [None, ()]


def test_the_stay_that_was_searched_for_longest_ago_is_forgotten_first() -> None:
    found = Found(MINUTE, Clock(), capacity=3)
    for stay, seen in ((STAY, "a"), (LONGER, "b"), (STAY, "c"), (STAY, "d")):
        found.note(batch(seen), stay, CAR)
    assert found.find("b", LONGER, CAR) is None
    assert [found.find(local_id, STAY, CAR) for local_id in ("a", "c", "d")] == [(), (), ()]


def test_no_stay_outgrows_what_may_be_kept() -> None:
    found = Found(MINUTE, Clock(), capacity=3)
    found.note(batch("a", "b", "c", "d"), STAY, CAR)
    assert found.find("d", STAY, CAR) is None
    found.note(batch("e"), STAY, CAR)
    assert found.find("e", STAY, CAR) == ()
