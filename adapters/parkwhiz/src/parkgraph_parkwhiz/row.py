"""What all payload classes of this network share."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Row(BaseModel):
    """A part of a quote. Null is absent; a value of another type than the network's own rejects the whole quote."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, row: Any) -> Any:
        return {key: value for key, value in row.items() if value is not None} if isinstance(row, dict) else row


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _digits(value: object) -> object:
    return str(value) if type(value) is int else value


Text = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Id = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[\w:.-]{1,100}$")]
"""Ids are strings; a number stands for its digits."""
