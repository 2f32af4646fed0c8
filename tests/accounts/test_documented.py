"""docs/accounts.md says what holds."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from graphql import parse, validate

from parkgraph.accounts import api_key, api_keys, development, key_source, tokens
from parkgraph.accounts.principal import Role
from parkgraph.api import schema
from parkgraph.settings import load

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "accounts.md").read_text()
TEXT = " ".join(PAGE.split())


def test_the_roles_are_those_of_the_page() -> None:
    assert set(re.findall(r"^\| `([A-Z]+)` \|", PAGE, re.MULTILINE)) == set(Role)


@pytest.mark.parametrize(
    "sentence",
    [
        f"with {tokens.LEEWAY_SECONDS} seconds of leeway",
        f"of at most {tokens.MAX_SUBJECT} characters",
        f"of at most {tokens.MAX_CHARS}.",
        f"looked at again after {key_source.FRESH_SECONDS // 60} minutes",
        f"at most every {key_source.PAUSE_SECONDS} seconds",
        "known keys are used for an hour",
        f"within {api_keys.REMEMBERED_SECONDS} seconds",
        f"`{api_key.PATTERN.pattern.replace('(', '').replace(')', '')}`",
        f"and {api_key.LIVE_OF_AN_ACCOUNT} of an account",
        f"`{development.FILE}`",
    ],
)
def test_what_the_page_says_of_the_code_holds(sentence: str) -> None:
    assert sentence in TEXT
    assert key_source.USABLE_SECONDS == 3600
    assert api_key.LIVE_OF_A_LABEL == 2


def test_the_page_s_configuration_works(tmp_path: Path) -> None:
    (toml,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "parkgraph.toml"
    file.write_text(toml)
    assert load(file, {}).accounts.issuer == tomllib.loads(toml)["accounts"]["issuer"]


def test_the_page_s_query_is_valid_and_not_over() -> None:
    (query,) = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)
    assert validate(schema.build().core, parse(query)) == []
    (end,) = re.findall(r'expiresAt: "([^"]*)"', query)
    assert datetime.fromisoformat(end) > datetime(2026, 11, 24, tzinfo=UTC)
