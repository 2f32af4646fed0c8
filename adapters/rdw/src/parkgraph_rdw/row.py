"""What all payload classes of this network share."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from parkgraph_rdw.values import count, epoch, flag, height_cm, instant, text


class Row(BaseModel):
    """A part of a document. A value that cannot be one is unknown, and spoils nothing else."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, hide_input_in_errors=True)


Text = Annotated[str | None, BeforeValidator(text)]
Count = Annotated[int | None, BeforeValidator(count)]
Centimetres = Annotated[int | None, BeforeValidator(height_cm)]
Flag = Annotated[bool | None, BeforeValidator(flag)]
Instant = Annotated[datetime | None, BeforeValidator(instant)]
Epoch = Annotated[int | None, BeforeValidator(epoch)]
