"""The recorded answer of the real network; skipped where it does not lie beside the repository."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote
from parkgraph.sdk import Batch

MakeQuote = Callable[..., Quote]


def test_every_facility_is_a_listing(recorded: Batch[Listing]) -> None:
    assert (len(recorded.items), recorded.rejected) == (310, ())


def test_289_facilities_have_a_casual_price_and_304_some_price(recorded: Batch[Listing]) -> None:
    assert sum(listing.rates is not None for listing in recorded.items) == 289
    assert sum("€" in (listing.tariff_text or "") for listing in recorded.items) == 304


@pytest.mark.parametrize("hours", [1 / 6, 1, 3, 10, 26, 8 * 24])
def test_every_casual_price_quotes_or_says_why_not(recorded: Batch[Listing], quote: MakeQuote, hours: float) -> None:
    quotes = [quote(listing.rates, hours=hours) for listing in recorded.items if listing.rates]
    assert len(quotes) == 289
    for made in quotes:
        if made.status in (OfferStatus.PRICED, OfferStatus.FREE):
            assert made.total is not None
            assert made.total.amount == sum(line.amount.amount for line in made.lines)
        else:
            assert made.reason in (OfferReason.BEYOND_MAX_STAY, OfferReason.RULE_NOT_UNDERSTOOD)
            assert made.reason_text


def test_nine_in_ten_quote_an_hour(recorded: Batch[Listing], quote: MakeQuote) -> None:
    statuses = Counter(quote(listing.rates, hours=1).status for listing in recorded.items if listing.rates)
    assert statuses == {OfferStatus.PRICED: 267, OfferStatus.NOT_COMPUTABLE: 22}


def test_a_longer_stay_never_costs_less(recorded: Batch[Listing], quote: MakeQuote) -> None:
    for listing in recorded.items:
        made = [quote(listing.rates, minutes=minutes).total for minutes in (10, 15, 20, 45, 60, 90, 1440, 1500, 10080)]
        amounts = [money.amount for money in made if money]
        assert amounts == sorted(amounts), listing.local_id


def test_every_longest_stay_is_understood(recorded: Batch[Listing]) -> None:
    known = {listing.rates.known_until for listing in recorded.items if listing.rates}
    assert timedelta(days=1) not in known


def test_five_facilities_are_out_of_service(recorded: Batch[Listing]) -> None:
    occupancies = [listing.occupancy for listing in recorded.items if listing.occupancy]
    assert [occupancy.level for occupancy in occupancies] == [OccupancyLevel.CLOSED] * 5


def test_the_lbbw_garage_is_at_stuttgart_main_station(recorded: Batch[Listing]) -> None:
    [lbbw] = [listing for listing in recorded.items if "LBBW" in listing.name]
    assert lbbw.location.distance_m(Coordinates(48.7865, 9.1813)) < 20


def test_the_samples_say_what_the_network_says(recorded: Batch[Listing], samples: dict[str, Listing]) -> None:
    for listing in recorded.items:
        if listing.local_id in samples:
            sample = samples[listing.local_id]
            assert (sample.name, sample.location, sample.capacity, sample.audiences, sample.rates) == (
                listing.name,
                listing.location,
                listing.capacity,
                listing.audiences,
                listing.rates,
            )
