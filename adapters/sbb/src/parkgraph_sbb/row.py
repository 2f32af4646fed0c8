"""What all payload classes of this network share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Row(BaseModel):
    """A part of a feature. A value of another type than the network's own rejects the whole row."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True)


def _one_line(text: str) -> str:
    """The network's texts have blanks at their ends, and could hold control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


Text = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=0, le=366 * 24 * 60)]
Rappen = Annotated[int, Field(ge=0, le=10_000_000)]
"""Hundredths of a Swiss franc."""
