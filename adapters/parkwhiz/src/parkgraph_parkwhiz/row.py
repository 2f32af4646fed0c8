"""Texts and ids of this network."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from parkgraph.sdk import one_line


def _digits(value: object) -> object:
    return str(value) if type(value) is int else value


Text = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Id = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[\w:.-]{1,100}$")]
"""Ids are strings; a number stands for its digits."""
