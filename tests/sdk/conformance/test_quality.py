"""quality.toml: what is claimed, and what is wrong with a claim."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.sdk.conformance.quality import parse


def problems(claims: dict[str, object]) -> list[str]:
    quality = parse({"rules": claims})
    return [finding.problem for finding in (*quality.mistakes, *quality.missing(["money", "units"]))]


def test_a_rule_is_met_or_exempt_for_a_reason() -> None:
    quality = parse({"rules": {"money": "met", "units": {"exempt": "the network counts in yards"}}})
    assert quality.met == {"money"}
    assert quality.exemptions == {"units": "the network counts in yards"}
    assert problems({"money": "met", "units": {"exempt": "the network counts in yards"}}) == []


def test_every_rule_is_claimed_and_no_other() -> None:
    assert problems({"money": "met", "distances": "met"}) == [
        "nothing is claimed.",
        "there is no such rule for this kind of adapter.",
    ]


def test_an_exemption_without_a_reason_is_none() -> None:
    assert problems({"money": "met", "units": {"exempt": " "}}) == ["it is exempt without a reason."]


def test_another_claim_is_not_understood() -> None:
    assert problems({"money": "met", "units": True}) == ["the claim is not understood.", "nothing is claimed."]


def test_a_price_is_stated_with_its_stay_and_currency() -> None:
    at = datetime.fromisoformat("2026-03-03T09:00:00+01:00")
    stated = {"listing": "17", "total": "6.00 EUR", "arrive": at, "leave": at + timedelta(hours=2)}
    (known,) = parse({"prices": [stated]}).prices
    assert (known.listing, known.money, known.stay) == (
        "17",
        Money(Decimal("6.00"), "EUR"),
        Stay(at, at + timedelta(hours=2)),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": "6.00"},
        {"total": "-6.00 EUR"},
        {"total": 6.0},
        {"arrive": datetime(2026, 3, 3, 9)},  # noqa: DTZ001
        {"arrive": datetime(2026, 3, 4, 9, tzinfo=UTC)},
        {"until": "noon"},
    ],
)
def test_another_price_is_not_understood(wrong: dict[str, object]) -> None:
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    stated = {"listing": "17", "total": "6.00 EUR", "arrive": at, "leave": at + timedelta(hours=2)}
    quality = parse({"prices": [stated, {**stated, **wrong}]})
    assert [mistake.where for mistake in quality.mistakes] == ["quality.toml, prices, number 2"]
    assert len(quality.prices) == 1
