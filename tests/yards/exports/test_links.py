"""A link is valid as it was signed, and not otherwise."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.exports.links import Export, Link, LinkExpired, LinkInvalid, Signer

KEY = bytes(range(32))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
YARD = UUID("0b6f3c52-4c39-4f0e-8d8e-1f2a3b4c5d6e")
LINK = Link(YARD, Export.CHART, 1, NOW + timedelta(days=30))
SECOND = timedelta(seconds=1)


def read(signer: Signer, path: str, now: datetime = NOW) -> Link:
    parts = urlsplit(path)
    _, room, yard, export = parts.path.split("/")
    assert room == "yards"
    return signer.read(yard, export, dict(parse_qsl(parts.query)), now)


@pytest.mark.parametrize("export", Export)
def test_what_was_signed_is_read_again(export: Export) -> None:
    link = Link(YARD, export, 7, NOW + timedelta(days=30))
    assert read(Signer(KEY), Signer(KEY).path(link)) == link


def test_a_link_ends_in_the_instant_in_which_it_expires() -> None:
    path = Signer(KEY).path(LINK)
    assert read(Signer(KEY), path, LINK.expires - SECOND) == LINK
    with pytest.raises(LinkExpired):
        read(Signer(KEY), path, LINK.expires)


def test_another_key_has_signed_none_of_them() -> None:
    with pytest.raises(LinkInvalid):
        read(Signer(bytes(32)), Signer(KEY).path(LINK))


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (YARD.hex, YARD.hex[::-1]),
        (YARD.hex, YARD.hex.upper()),
        ("chart.svg", "statement.csv"),
        ("expires=", "expires=9"),
        ("generation=1", "generation=2"),
        ("generation=1", ""),
        ("expires=", "was="),
        ("signature=", "signature=A"),
        ("signature=", "sig="),
    ],
)
def test_a_link_that_was_changed_is_invalid(part: str, other: str) -> None:
    path = Signer(KEY).path(LINK)
    assert part in path
    with pytest.raises(LinkInvalid):
        read(Signer(KEY), path.replace(part, other))


@given(st.integers(0, 400), st.characters())
def test_no_character_of_a_link_can_be_exchanged(position: int, other: str) -> None:
    path = Signer(KEY).path(LINK)
    position %= len(path)
    changed = path[:position] + other + path[position + 1 :]
    parts = urlsplit(changed)
    query = dict(parse_qsl(parts.query))
    rooms = parts.path.split("/")
    if len(rooms) != 4 or rooms[1] != "yards":
        return
    same = rooms[2:] == [YARD.hex, "chart.svg"] and query == dict(parse_qsl(urlsplit(path).query))
    if not same:
        with pytest.raises(LinkInvalid):
            Signer(KEY).read(rooms[2], rooms[3], query, NOW)


@given(st.text(), st.text(), st.dictionaries(st.sampled_from(["expires", "generation", "signature"]), st.text()))
def test_nothing_else_is_a_link(yard: str, export: str, query: dict[str, str]) -> None:
    with pytest.raises(LinkInvalid):
        Signer(KEY).read(yard, export, query, NOW)


def test_a_short_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="32"):
        Signer(bytes(31))
