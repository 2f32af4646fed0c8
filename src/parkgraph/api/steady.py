"""What of an object is the same as long as the thing is that it shows: stated at its type.

A field is steady where its resolver looks at nothing but its object: it asks for no `info`, takes no arguments and
waits for nothing. What its object shows is never edited, only replaced. Types whose objects show something that lives,
such as a network, say so, and are asked anew each time.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T", bound=type[Any])

_LIVE: Final = "__parkgraph_live__"
_SHOWN_BY: Final = "__parkgraph_shown_by__"


def live(kind: T) -> T:
    """Of a type, above `@strawberry.type`: what it shows changes."""
    setattr(kind, _LIVE, True)
    return kind


def shown_by(attribute: str) -> Callable[[T], T]:
    """Of a type: JSON of its objects is kept by what this attribute of theirs has, unless that is None."""

    def state(kind: T) -> T:
        setattr(kind, _SHOWN_BY, attribute)
        return kind

    return state


def is_live(kind: type) -> bool:
    return bool(vars(kind).get(_LIVE))


def what_shows(kind: type) -> str | None:
    shown: str | None = vars(kind).get(_SHOWN_BY)
    return shown
