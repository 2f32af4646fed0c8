"""What is a plate, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.gates.plates import MAX_CHARS, folded, normalised, read
from parkgraph.privacy.plates import normalise

PLATES = st.from_regex(r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} [0-9]{1,4}[EH]?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("S-AB 123", "SAB123"),
        ("s ab·123", "SAB123"),
        ("  SAB123 ", "SAB123"),
        ("WÜ-X 1", "WÜX1"),
        ("WU\u0308-X 1", "WÜX1"),
    ],
)
def test_blanks_dashes_and_case_make_no_difference(text: str, plate: str) -> None:
    assert read(text) == plate == normalised(text)


@given(PLATES)
def test_a_whole_read_is_compared_as_rights_are(plate: str) -> None:
    assert normalised(plate) == normalise(plate)


@pytest.mark.parametrize(
    "junk",
    [
        None,
        "",
        "--",
        "unlicensed",
        "NONE",
        "????????",
        "A",
        "A" * (MAX_CHARS + 1),
        "S-AB 123 " * 1100,
        "\u202e321 BA-S",
        "S-AB\u200b 123",
        "S-AB 123\x00",
        "S-AB 123\ufe0f",
        "🅂🄰🄱123",
        "ⓈⒶⒷ123",
        "ＳＡＢ１２３",
        "SAB①②③",
        "sab\u0131123",
        "ßAB123",
        "SAB123\u2028",
        "\u212aAB123",
        "🚗",
        "S;AB 123",
    ],
)
def test_junk_is_no_plate(junk: str | None) -> None:
    assert read(junk) is None


@pytest.mark.parametrize("twin", ["ЅАВ123", "ΑΒ123", "SAB١٢٣"])
def test_a_letter_that_only_looks_like_another_is_another(twin: str) -> None:
    assert read(twin) not in (None, "SAB123", "AB123")


def test_characters_that_were_not_read_are_kept_apart() -> None:
    assert read("S-AB 1?3") == "SAB1?3"
    assert normalised("S-AB 1?3") is None


@pytest.mark.parametrize("group", ["0ODQ", "1IL", "2Z", "5S", "8B", "6G"])
def test_what_cameras_confuse_is_folded(group: str) -> None:
    assert len(set(map(folded, group))) == 1


@given(st.characters(exclude_characters="·•"))
def test_no_character_but_its_own_is_read_as_one_of_a_plate(char: str) -> None:
    plate = read(f"SAB12{char}")
    assert plate is None or not plate.isascii() or char.isascii()


@given(st.text(max_size=50))
def test_whatever_is_sent_is_a_plate_or_none(text: str) -> None:
    plate = read(text)
    assert plate is None or (2 <= len(plate) <= MAX_CHARS and read(plate) == plate)
