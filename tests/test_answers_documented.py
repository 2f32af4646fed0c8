"""Every word that an answer may use is explained, and none that it does not use."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.graph.offers import ExclusionCode
from parkgraph.networks.network import NetworkStatus
from parkgraph.networks.reports import Code, SourceStatus

PAGE = Path(__file__).resolve().parents[1] / "docs" / "answers.md"
HEADINGS: dict[str, type[StrEnum]] = {
    "ExclusionCode": ExclusionCode,
    "OfferStatus": OfferStatus,
    "OfferReason": OfferReason,
    "SourceStatus": SourceStatus,
    "code": Code,
    "NetworkStatus": NetworkStatus,
    "OccupancyLevel": OccupancyLevel,
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_page_explains_each_word_and_no_other(heading: str) -> None:
    table = PAGE.read_text().split(f"| `{heading}` |")[1].split("\n\n")[0]
    words = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(words) == sorted(HEADINGS[heading])
