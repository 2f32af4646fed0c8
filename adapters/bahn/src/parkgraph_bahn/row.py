"""What all payload classes of this network share."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Row(BaseModel):
    """A part of a facility. A value of another type than the network's own rejects the whole facility."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, row: Any) -> Any:
        return {key: value for key, value in row.items() if value is not None} if isinstance(row, dict) else row


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


Text = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]
"""Without the control characters, line breaks and outer blanks that the network's texts may have."""
