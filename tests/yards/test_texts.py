"""What an owner may write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.texts import check_text


@pytest.mark.parametrize("text", ["Höfle 庭", "חניה של דוד", "موقف \u200f(أ)", "🅿️ 👨‍👩‍👧", "=SUM(A1)", "a", "?"])
def test_every_script_can_be_written(text: str) -> None:
    check_text("name", text, 100)


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u200b\u200b", "\u200f", "\ufeff"])
def test_text_of_which_nothing_shows_is_blank(text: str) -> None:
    with pytest.raises(ValueError, match=r"^name must not be blank$"):
        check_text("name", text, 100)


@pytest.mark.parametrize("char", [*"\0\r\x7f\x85", "\ud800", "\u2028", "\u2029", "\u202e", "\u2067"])
@pytest.mark.parametrize("lines", [True, False])
def test_what_a_screen_or_the_database_cannot_hold_is_refused(char: str, lines: bool) -> None:
    with pytest.raises(ValueError, match=r"^name must not hold control characters$"):
        check_text("name", f"Hof {char}Linde", 100, lines=lines)


def test_lines_are_for_what_may_have_several() -> None:
    check_text("description", "One.\n\tTwo.", 100, lines=True)
    with pytest.raises(ValueError, match="control characters"):
        check_text("name", "One.\nTwo.", 100)


@given(st.text(), st.booleans())
def test_whatever_passes_shows_in_the_order_in_which_it_is_written(text: str, lines: bool) -> None:
    try:
        check_text("name", text, 100, lines=lines)
    except ValueError:
        return
    assert text.strip()
    assert not {"\0", "\r", "\u202e", "\u2066"} & set(text)
    text.encode()
