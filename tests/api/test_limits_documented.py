"""docs/limits.md has every code, every limit and every setting, with the values that hold."""

import re
from pathlib import Path

import pytest

from parkgraph.accounts import api_key, tokens
from parkgraph.api import (
    cost,
    documents,
    errors,
    inputs,
    limits,
    offer_ids,
    payment_webhook,
    shape,
    yard_exports,
)
from parkgraph.api.errors import ErrorCode
from parkgraph.domain.civil import YEARS
from parkgraph.domain.stay import MAX_STAY
from parkgraph.settings import DEFAULT_REQUESTS_PER_MINUTE, LimitsSettings
from parkgraph.vehicles import vehicle
from parkgraph.yards.calendar import reader
from parkgraph.yards.calendar.ranges import MAX_SPAN
from parkgraph.yards.exports import feed, links

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "limits.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]


def row(name: str) -> list[str]:
    """The one row of a table that begins with this."""
    (found,) = (cells for cells in ROWS if cells[0] == name)
    return found


def test_the_codes_are_those_of_the_page() -> None:
    assert {cells[0] for cells in ROWS if re.fullmatch("`[A-Z_]+`", cells[0])} == {f"`{code}`" for code in ErrorCode}


@pytest.mark.parametrize("code", ErrorCode)
def test_a_code_says_what_to_do(code: ErrorCode) -> None:
    assert all(row(f"`{code}`"))


OF_A_QUERY = ("depth", "aliases", "tokens", "directives", "cost")


@pytest.mark.parametrize("setting", OF_A_QUERY)
def test_a_limit_of_a_query_is_there_with_its_default(setting: str) -> None:
    default = LimitsSettings.model_fields[setting].default
    assert row(f"`{setting}`")[1] == str(default)
    assert default == getattr(limits.Limits(), setting)


@pytest.mark.parametrize("setting", sorted(LimitsSettings.model_fields.keys() - {*OF_A_QUERY}))
def test_a_limit_of_requests_is_there_with_its_default(setting: str) -> None:
    default = LimitsSettings.model_fields[setting].default or DEFAULT_REQUESTS_PER_MINUTE
    assert row(f"`[limits] {setting}`")[1].split()[0] == str(default)


@pytest.mark.parametrize("setting", ["cors_origins", "trusted_proxies", "persisted_queries", "query_deadline_ms"])
def test_a_setting_of_the_server_that_matters_here_is_there(setting: str) -> None:
    assert f"`[server] {setting}`" in PAGE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("one field asked for in one place", f"{shape.MAX_REPEATS} times"),
        ("selections, those of a fragment each time it is spread", f"{shape.MAX_VISITS}"),
        ("brackets within each other", f"{limits.MAX_NESTING}"),
        ("characters of a number", f"{limits.MAX_NUMBER}"),
        ("errors reported for one query", f"{documents.MAX_ERRORS}"),
        ("characters of an error's message", f"{errors.MAX_MESSAGE}"),
        ("`first`", f"1 to {inputs.MAX_PAGE}"),
        ("characters of `placesNamed(name)`", f"{inputs.MAX_NAME}"),
        ("`radius`", f"1 to {inputs.MAX_RADIUS_M:,} metres"),
        ("a stay", f"{MAX_STAY.days} days"),
        ("characters of an `idempotencyKey`, printable ASCII", f"{inputs.MAX_KEY}"),
        ("characters of an `offerId`", f"{offer_ids.MAX_CHARS}"),
        (
            "characters of a driver's " + ", ".join(f"`{field}`" for field in inputs.DRIVER_CHARS),
            ", ".join(map(str, inputs.DRIVER_CHARS.values())),
        ),
        ("a yard's `calendar`", f"{MAX_SPAN.days} days, {reader.MAX_RANGES} ranges on a page"),
        ("a signed link to a yard's exports", f"{links.LONGEST.days} days"),
        (
            "requests of one client for exports, at once of all",
            f"{yard_exports.PER_MINUTE} a minute, {yard_exports.AT_ONCE}",
        ),
        ("events of a feed", f"{feed.MAX_EVENTS}"),
        ("bytes of a payment gateway's event", f"{payment_webhook.MAX_BYTES}"),
        ("characters of a token", f"{tokens.MAX_CHARS}"),
        ("live API keys of a label, of an account", f"{api_key.LIVE_OF_A_LABEL}, {api_key.LIVE_OF_AN_ACCOUNT}"),
        ("characters of an API key's label", f"{api_key.MAX_LABEL}"),
        ("vehicles that an account keeps", f"{vehicle.MOST}"),
        ("an instant", f"the years {YEARS[0]} to {YEARS[-1]}"),
    ],
)
def test_a_fixed_limit_is_there_with_its_value(name: str, value: str) -> None:
    assert row(name)[1] == value


@pytest.mark.parametrize(
    "sentence",
    [
        f"in introspection it is {shape.INTROSPECTION_DEPTH}",
        f"at most {limits.CHARS_PER_TOKEN} characters long for each",
        f"that of a search (`nearby`, `within`, `placesNamed`) is {cost.SEARCH}, that of `offers` {cost.OFFERS}",
        f"`cancelBooking` {cost.BOOKING}: a request has room for one",
        f"That of a yard's `calendar` is {cost.CALENDAR}",
        "what stands in another list twice",
    ],
)
def test_what_the_prose_says_holds(sentence: str) -> None:
    assert sentence in PAGE
    assert set(cost.WEIGHTS) == {"nearby", "within", "placesNamed", "offers", "bookOffer", "cancelBooking", "calendar"}
    assert cost.LIST == 2
