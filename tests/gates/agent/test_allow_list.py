"""Which allow-lists are believed, and whom they admit."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parkgraph.gates.agent.allow_list import AllowList, ListRefused, Unchanged, believed
from parkgraph.gates.agent.look import Direction
from tests.gates.agent.standin import GATE, PUBLIC_KEY, signed_list

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def listed(*plates: str, **changed: Any) -> dict[str, Any]:
    return signed_list(plates, issued=NOON.timestamp(), **changed)


def take(
    answer: dict[str, Any], *, highest: int = 0, held: AllowList | None = None, pinned: str | None = PUBLIC_KEY
) -> AllowList:
    return believed(answer, GATE, pinned, highest, held)


def test_a_listed_plate_is_admitted_however_it_is_written() -> None:
    held = take(listed("S-PG 123"))
    assert held.admits("spg123", Direction.ENTRY, NOON)


@pytest.mark.parametrize(
    "plate",
    ["SPG128", "SPG12", "SPG1233", "5PG123", "SPG1?3", "S\u0420G123", "--", "", None, "ＳPG123", "SPG123\u202e"],
)
def test_nothing_but_exactly_that_plate_is(plate: str | None) -> None:
    assert not take(listed("SPG123")).admits(plate, Direction.ENTRY, NOON)


def test_every_other_character_in_every_place_is_another_plate() -> None:
    held = take(listed("SPG123"))
    others = [
        "SPG123"[:index] + char + "SPG123"[index + 1 :]
        for index in range(6)
        for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789?"
        if char != "SPG123"[index]
    ]
    assert not any(held.admits(other, Direction.ENTRY, NOON) for other in others)


def test_a_right_to_leave_is_none_to_come_in() -> None:
    held = take(listed("SPG123", directions=("EXIT",)))
    assert [held.admits("SPG123", way, NOON) for way in (Direction.EXIT, Direction.ENTRY, Direction.UNKNOWN)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("at", "valid"),
    [
        (timedelta(hours=-1), False),
        (timedelta(seconds=-119), True),
        (timedelta(hours=23, minutes=59), True),
        (timedelta(hours=24), False),
        (timedelta(days=300), False),
    ],
)
def test_a_list_opens_nothing_before_and_after_its_time(at: timedelta, *, valid: bool) -> None:
    assert take(listed("SPG123")).admits("SPG123", Direction.ENTRY, NOON + at) is valid


def test_a_right_has_its_windows() -> None:
    held = take(listed("SPG123", window=(60, 120)))
    at = [held.admits("SPG123", Direction.ENTRY, NOON + timedelta(seconds=each)) for each in (59, 60, 119, 120)]
    assert at == [False, True, True, False]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (listed("SPG123", signer=Ed25519PrivateKey.from_private_bytes(b"x" * 32)), "other_key"),
        ({**listed("SPG123"), "signature": base64.b64encode(b"0" * 64).decode()}, "forged"),
        ({**listed("SPG123"), "payload": listed("SPG128")["payload"]}, "forged"),
        ({**listed("SPG123"), "signature": "nonsense"}, "forged"),
        (listed("SPG123", gateId="gate-2"), "other_gate"),
        (listed("SPG123", version=6), "rolled_back"),
        (listed("SPG123", kind="parkgraph.gate-allow-list/2"), "malformed"),
        (listed("SPG123", version=7, entriesSha256="0" * 64), "malformed"),
        (listed("SPG123", version=7, entries=[{"mac": "x"}]), "malformed"),
        (listed("SPG123", version=7, expiresAt="never"), "malformed"),
        ({"version": 7}, "malformed"),
        ({}, "malformed"),
    ],
)
def test_a_list_that_is_not_believed(answer: dict[str, Any], reason: str) -> None:
    with pytest.raises(ListRefused) as refused:
        take(answer, highest=7)
    assert refused.value.reason == reason


def test_without_a_pinned_key_the_first_is_believed() -> None:
    held = take(listed("SPG123", signer=Ed25519PrivateKey.from_private_bytes(b"x" * 32)), pinned=None)
    with pytest.raises(ListRefused):
        take(listed("SPG123"), pinned=held.public_key)


def test_a_list_without_entries_goes_on_with_those_that_are_held() -> None:
    held = take(listed("SPG123"))
    later = signed_list([], issued=NOON.timestamp() + 3600, version=1, entries=None, entriesSha256=held.entries_sha256)
    fresh = take(later, highest=1, held=held)
    assert fresh.expires_at == held.expires_at + 3600
    assert fresh.admits("SPG123", Direction.ENTRY, NOON + timedelta(hours=24, minutes=30))


@pytest.mark.parametrize("held", [None, take(listed("SPG128"))])
def test_it_does_not_go_on_with_others(held: AllowList | None) -> None:
    later = listed(entries=None, entriesSha256=take(listed("SPG123")).entries_sha256)
    with pytest.raises(Unchanged):
        take(later, held=held)


def test_an_older_list_of_the_same_version_is_an_old_one() -> None:
    held = take(signed_list(["SPG123"], issued=NOON.timestamp() + 60))
    with pytest.raises(ListRefused):
        take(listed("SPG123"), highest=1, held=held)
