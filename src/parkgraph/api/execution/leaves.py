"""When a value of a leaf type is in the answer as it is, as Python asks it fastest. Every other value is looked at with
care.
"""

import sys
from collections.abc import Mapping
from typing import Final

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLOutputType,
    GraphQLString,
)

_ONE_DIGIT: Final = 2**30 - 1
"""Up to here Python compares integers at once. What an Int has above, the careful functions let pass."""

_GREATEST: Final = sys.float_info.max

TEXT: Final = "{0}.__class__ is str"

AS_IT_IS: Final[Mapping[GraphQLOutputType, str]] = {
    GraphQLString: TEXT,
    GraphQLID: TEXT,
    GraphQLInt: f"{{0}}.__class__ is int and -{_ONE_DIGIT} <= {{0}} <= {_ONE_DIGIT}",
    GraphQLFloat: f"{{0}}.__class__ is float and -{_GREATEST!r} <= {{0}} <= {_GREATEST!r}",
    GraphQLBoolean: "({0} is True or {0} is False)",
}
