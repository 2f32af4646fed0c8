"""Every word that an answer may use is explained, and none that it does not use."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from parkgraph.bookings.booking import BookingStatus
from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.graph.offers import ExclusionCode
from parkgraph.networks.breaker import CircuitState
from parkgraph.networks.network import NetworkStatus
from parkgraph.networks.reports import Code, SourceStatus
from parkgraph.sdk.booking import RefusalReason
from parkgraph.yards.reservations.booking import YardBookingStatus
from parkgraph.yards.reservations.outcome import YardRefusalReason

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "answers.md"
OF_YARDS = DOCS / "yard-bookings.md"
HEADINGS: dict[str, type[StrEnum]] = {
    "BookingStatus": BookingStatus,
    "RefusalReason": RefusalReason,
    "ExclusionCode": ExclusionCode,
    "OfferStatus": OfferStatus,
    "OfferReason": OfferReason,
    "SourceStatus": SourceStatus,
    "code": Code,
    "NetworkStatus": NetworkStatus,
    "CircuitState": CircuitState,
    "OccupancyLevel": OccupancyLevel,
}


HEADINGS_OF_YARDS: dict[str, type[StrEnum]] = {
    "YardBookingStatus": YardBookingStatus,
    "YardRefusalReason": YardRefusalReason,
}


def words(page: Path, heading: str) -> list[str]:
    """The words that the table under this heading explains."""
    table = page.read_text().split(f"| `{heading}` |")[1].split("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_page_explains_each_word_and_no_other(heading: str) -> None:
    assert sorted(words(PAGE, heading)) == sorted(HEADINGS[heading])


@pytest.mark.parametrize("heading", HEADINGS_OF_YARDS)
def test_the_page_of_yards_explains_each_word_and_no_other(heading: str) -> None:
    assert sorted(words(OF_YARDS, heading)) == sorted(HEADINGS_OF_YARDS[heading])
