"""What text an owner may write: bounded, and nothing in it that a screen or the database cannot hold."""

import unicodedata
from typing import Final

_BREAKS: Final = frozenset("\n\t")
_UNWRITABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They show the text behind them in another order than it is written (UAX 9). No script needs them to be written."""


def check_text(name: str, value: str | None, most: int, *, lines: bool = False) -> None:
    """Refuse text that is too long or shows nothing, control characters and halves of characters. Raises ValueError.

    `lines`: it may have several.
    """
    if value is None:
        return
    if len(value) > most:
        raise ValueError(f"{name} has at most {most} characters, not {len(value)}")
    if not any(unicodedata.category(each)[0] in "LMNPS" for each in value):
        raise ValueError(f"{name} must not be blank")
    allowed = _BREAKS if lines else frozenset[str]()
    if any(_is_unwritable(each) and each not in allowed for each in value):
        raise ValueError(f"{name} must not hold control characters")


def _is_unwritable(char: str) -> bool:
    return unicodedata.category(char) in _UNWRITABLE or char in _DIRECTIONS
