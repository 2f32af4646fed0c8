"""What text an owner may write: bounded, and nothing in it that a screen or the database cannot hold."""

import unicodedata
from typing import Final

_BREAKS: Final = frozenset("\n\t")


def check_text(name: str, value: str | None, most: int, *, lines: bool = False) -> None:
    """Refuse blank and over-long text, control characters and halves of characters. Raises ValueError.

    `lines`: it may have several.
    """
    if value is None:
        return
    if not value.strip():
        raise ValueError(f"{name} must not be blank")
    if len(value) > most:
        raise ValueError(f"{name} has at most {most} characters, not {len(value)}")
    allowed = _BREAKS if lines else frozenset[str]()
    if any(unicodedata.category(each) in {"Cc", "Cs"} and each not in allowed for each in value):
        raise ValueError(f"{name} must not hold control characters")
