"""What all payload classes of this network share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from parkgraph.sdk import one_line


class Row(BaseModel):
    """A part of a feature. A value of another type than the network's own rejects the whole row."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True)


Text = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=0, le=366 * 24 * 60)]
Rappen = Annotated[int, Field(ge=0, le=10_000_000)]
"""Hundredths of a Swiss franc."""
