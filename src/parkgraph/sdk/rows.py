"""What the payload classes of most adapters share: how a row is read strictly, and how its texts and numbers are."""

import re
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

_QUOTED: Final = re.compile(r"""(?<!\w)b?(['"])(?:\\.|(?!\1).)*(?:\1|$)""", re.DOTALL)


class Row(BaseModel):
    """A part of an answer. Null is absent; a value of another type than the network's own rejects the whole row."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, row: Any) -> Any:
        if isinstance(row, dict) and None in row.values():
            return {key: value for key, value in row.items() if value is not None}
        return row


def one_line(text: str) -> str:
    """Without control characters, line breaks and outer blanks; may be empty."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def unquoted(message: str) -> str:
    """An error's message without what it quotes, which is the network's own text: that of int("x") names its "x"."""
    return _QUOTED.sub("…", message)


def exact(value: Any) -> Any:
    """JSON may write 3 for 3.0, which a strict Decimal refuses. For a BeforeValidator."""
    return Decimal(value) if type(value) is int else value
