"""quality.toml: what is claimed, and what is wrong with a claim."""

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
