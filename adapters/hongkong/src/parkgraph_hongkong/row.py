"""What all payload classes of this network share."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from parkgraph_hongkong.values import count, height_cm, instant, text, words


class Row(BaseModel):
    """A part of a row. A value that cannot be one is unknown, and spoils nothing else."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, hide_input_in_errors=True)


Text = Annotated[str | None, BeforeValidator(text)]
Count = Annotated[int | None, BeforeValidator(count)]
Centimetres = Annotated[int | None, BeforeValidator(height_cm)]
Instant = Annotated[datetime | None, BeforeValidator(instant)]
Words = Annotated[frozenset[str], BeforeValidator(words)]
