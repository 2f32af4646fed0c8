"""A plate as a camera reads it: told from what is none, and folded where cameras confuse characters. Pure."""

import unicodedata
from typing import Final

MAX_CHARS: Final = 20
MIN_CHARS: Final = 2
UNREAD: Final = "?"
"""Stands for one character that the camera saw and could not read."""

_BLANK: Final = " \t\r\n"
_SEPARATORS: Final = frozenset(" -._:/·•")
_NO_PLATES: Final = frozenset(
    {"UNLICENSED", "UNLICENCED", "NOPLATE", "NONE", "NULL", "UNKNOWN", "UNREAD", "NAN", "无车牌", "未识别"}
)
"""What cameras write who read nothing."""

_FOLDED: Final = str.maketrans("ODQILZSBG", "000112586")
"""0/O/D/Q, 1/I/L, 2/Z, 5/S, 8/B and 6/G look alike."""


def read(text: str | None) -> str | None:
    """The characters of a read, with UNREAD where one was not read; None for what is no plate.

    A right is typed by a person, and much is forgiven; a camera has no reason to send a circled or an invisible
    character, and whoever wants to pass for somebody else has. So such a read is none.
    """
    if text is None or len(text) > 2 * MAX_CHARS:
        return None
    chars = []
    for char in unicodedata.normalize("NFC", text.strip(_BLANK)) if _is_plain(text) else "-":
        if char == UNREAD or char.isalnum():
            chars.append(char.upper())
        elif char not in _SEPARATORS:
            return None
    plate = "".join(chars)
    if not MIN_CHARS <= len(plate) <= MAX_CHARS or plate in _NO_PLATES or not plate.strip(UNREAD):
        return None
    return plate


def normalised(text: str | None) -> str | None:
    """The plate that was read, if all of it was: what an exact match compares. None for anything else."""
    plate = read(text)
    return plate if plate and UNREAD not in plate else None


def folded(plate: str) -> str:
    """Equal for plates that a camera takes for each other."""
    return plate.translate(_FOLDED)


def _is_plain(text: str) -> bool:
    """Whether no character of it only stands for another, as a full-width one does, or is another in upper case."""
    return text.isascii() or all(unicodedata.normalize("NFKC", char) == char and _keeps_its_case(char) for char in text)


def _keeps_its_case(char: str) -> bool:
    """The upper case of a dotless i is that of i, and of a sharp s that of two."""
    return char.upper().lower() == char.lower()
