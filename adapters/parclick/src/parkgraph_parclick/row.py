"""What all payload classes of this network share. Numbers are read exactly: Decimal or int."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Row(BaseModel):
    """A part of an answer. Null is absent, and `[]` an empty object (the network's language has one type for both).

    A value of another type than the network's own rejects the whole row.
    """

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, row: Any) -> Any:
        if row == []:
            return {}
        return {key: value for key, value in row.items() if value is not None} if isinstance(row, dict) else row


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _digits(value: object) -> object:
    return str(value) if type(value) is int else value


def exact(value: object) -> object:
    """JSON may write 3 for 3.0, which a strict Decimal refuses."""
    return Decimal(value) if type(value) is int else value


def _float(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


Text = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Id = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[0-9]{1,18}$")]
"""Ids are numbers; here their digits."""
Degrees = Annotated[float, BeforeValidator(_float)]
Amount = Annotated[Decimal, BeforeValidator(exact), Field(ge=0, le=100_000)]
"""Of money, in the currency's major unit."""
