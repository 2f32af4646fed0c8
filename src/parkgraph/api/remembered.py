"""What was made of arguments lately, known by the identity of those.

Equal arguments may differ in what they say: 09:00+01:00 is 08:00Z, and the answer has its times in the caller's own
words. The arguments of a question that is asked again are the very same objects.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LIMIT: Final = 300
"""Of one function; then all are forgotten, since those that are asked for are soon there again."""


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Of a pure function, whose arguments nobody changes and are given by position."""
    kept: dict[tuple[int, ...], tuple[object, T]] = {}

    @wraps(make)
    def remembering(*args: P.args, **kwargs: P.kwargs) -> T:
        key = tuple(map(id, args))
        if (known := kept.get(key)) is not None:
            return known[1]
        made = make(*args, **kwargs)
        if len(kept) >= LIMIT:
            kept.clear()
        # The arguments are kept too: nothing else can have their identity.
        kept[key] = args, made
        return made

    return remembering
