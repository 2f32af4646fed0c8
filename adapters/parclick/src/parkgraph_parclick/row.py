"""What all payload classes of this network share. Numbers are read exactly: Decimal or int."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from parkgraph import sdk


class Row(sdk.Row):
    """A part of an answer. `[]` is an empty object, too: the network's language has one type for both."""

    @model_validator(mode="before")
    @classmethod
    def _empty(cls, row: Any) -> Any:
        return {} if row == [] else row


def _digits(value: object) -> object:
    return str(value) if type(value) is int else value


def _float(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


Text = Annotated[str, Field(max_length=200), AfterValidator(sdk.one_line)]
Id = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[0-9]{1,18}$")]
"""Ids are numbers; here their digits."""
Degrees = Annotated[float, BeforeValidator(_float)]
Amount = Annotated[Decimal, BeforeValidator(sdk.exact), Field(ge=0, le=100_000)]
"""Of money, in the currency's major unit."""
