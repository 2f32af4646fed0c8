"""How a driver gets into a yard."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from parkgraph.yards.texts import check_text

MAX_CODE: Final = 32


class AccessMethod(StrEnum):
    """OPEN: nothing is in the way. PLATE: a camera reads the plate. CODE: a keypad. ATTENDED: somebody opens."""

    OPEN = "OPEN"
    PLATE = "PLATE"
    CODE = "CODE"
    ATTENDED = "ATTENDED"


@dataclass(frozen=True, slots=True)
class Access:
    """`method` is for everybody; `code` is for whoever has a right to park, and in no log."""

    method: AccessMethod
    code: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_text("code", self.code, MAX_CODE)
        if (self.code is not None) != (self.method is AccessMethod.CODE):
            raise ValueError("code belongs to the method CODE, which needs one, and to no other")
