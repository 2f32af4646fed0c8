"""What all payload classes of this network share."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from parkgraph import sdk


class Row(sdk.Row):
    """A part of a facility."""

    model_config = ConfigDict(alias_generator=to_camel)


Text = Annotated[str, Field(max_length=1000), AfterValidator(sdk.one_line)]
"""Without the control characters, line breaks and outer blanks that the network's texts may have."""
