"""docs/yards.md: its examples answer as it says, its words are those of the code, and so are its limits."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from parkgraph.accounts.principal import Role
from parkgraph.api import yard_editing, yard_inputs
from parkgraph.yards import simple_rates, yard
from parkgraph.yards.access import AccessMethod
from tests.yards.serving import Api

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "yards.md").read_text()
BLOCKS = re.findall(r"^```(graphql|json)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Query, variables and answer; variables and an answer without a query are for the query before."""
    query, waiting = "", list[dict[str, Any]]()
    for kind, content in BLOCKS:
        if kind == "graphql":
            query = content
            continue
        block = json.loads(content)
        if "bands" in block:
            continue
        waiting.append(block)
        if len(waiting) == 2:
            yield query, waiting[0], waiting[1]
            waiting = []


def elided(said: Any, shown: Any) -> Any:
    """What was answered, without what the page leaves out as …"""
    if shown == "…" and isinstance(said, str):
        return shown
    if isinstance(said, dict) and isinstance(shown, dict):
        return {name: elided(value, shown.get(name)) for name, value in said.items()}
    if isinstance(said, list) and isinstance(shown, list) and len(said) == len(shown):
        return [elided(*pair) for pair in zip(said, shown, strict=True)]
    return said


async def test_the_examples_answer_as_the_page_says(api: Api) -> None:
    yard_id = None
    asked = list(examples())
    for query, variables, shown in asked:
        given = {name: yard_id if value == "…" else value for name, value in variables.items()}
        said = await api.answer(("anna", Role.OWNER), query, **given)
        assert elided(said.get("data"), shown) == shown, said
        yard_id = yard_id or said["data"]["createYard"]["id"]
    assert len(asked) == 7


def test_the_example_of_simple_rates_is_understood() -> None:
    (shown,) = (json.loads(content) for kind, content in BLOCKS if kind == "json" and '"bands"' in content)
    table = yard_inputs.SimpleRatesInput(
        currency=shown["currency"],
        price=Decimal(shown["price"]),
        bands=[
            yard_inputs.SimpleRatesBandInput(
                start=band["start"],
                end=band["end"],
                price=Decimal(band["price"]),
                maximum=Decimal(band["maximum"]),
            )
            for band in shown["bands"]
        ],
    ).to_domain("rates")
    assert simple_rates.simple(table)


def test_every_outcome_is_explained_and_no_other() -> None:
    table = PAGE.split("`EditYardResult`")[1].split("##")[0]
    outcomes = {outcome.__name__ for outcome in get_args(yard_editing.Result)}
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == outcomes


@pytest.mark.parametrize("method", AccessMethod)
def test_every_way_of_access_is_explained(method: AccessMethod) -> None:
    assert f"`{method}`: " in PAGE


@pytest.mark.parametrize(
    ("what", "limits"),
    [
        ("spaces of a yard", (yard.MAX_SPACES,)),
        ("characters of `name`, `address`, a `label`", (yard.MAX_NAME, yard.MAX_ADDRESS, yard.MAX_LABEL)),
        ("characters of `description`, `instructions`", (yard.MAX_DESCRIPTION,)),
        ("characters of `openingHours`, of a rates `document`", (yard.MAX_HOURS, yard_inputs.MAX_DOCUMENT)),
        ("`exceptions`, `photos`", (yard.MAX_EXCEPTIONS, yard.MAX_PHOTOS)),
        ("simple rates' `bands`", (simple_rates.MAX_BANDS,)),
    ],
)
def test_a_limit_is_there_with_its_value(what: str, limits: tuple[int, ...]) -> None:
    assert f"| {what} | {', '.join(map(str, limits))} |" in PAGE
    assert yard.MAX_DESCRIPTION == yard.MAX_INSTRUCTIONS
