"""What of an object is the same as long as the thing is that it shows: stated at its type.

A field is steady where its resolver looks at nothing but its object: it asks for no `info`, takes no arguments and
waits for nothing. What its object shows is never edited, only replaced. Types whose objects show something that lives,
such as a network, say so, and are asked anew each time.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

T = TypeVar("T", bound=type[Any])
F = TypeVar("F", bound=Callable[..., Any])

_LIVE: Final = "__parkgraph_live__"
_SHOWN_BY: Final = "__parkgraph_shown_by__"
_MOSTLY_SHOWN_BY: Final = "__parkgraph_mostly_shown_by__"
_OBJECTS_ARE: Final = "__parkgraph_objects_are__"
_SAID_BY: Final = "__parkgraph_said_by__"
_WRAPS: Final = "__parkgraph_wraps__"


def live(kind: T) -> T:
    """Of a type, above `@strawberry.type`: what it shows changes."""
    setattr(kind, _LIVE, True)
    return kind


def shown_by(attribute: str) -> Callable[[T], T]:
    """Of a type: JSON of its objects is kept by what this attribute of theirs has, unless that is None.

    ITSELF: its objects are what they show.
    """

    def state(kind: T) -> T:
        setattr(kind, _SHOWN_BY, attribute)
        return kind

    return state


def mostly_shown_by(attribute: str, *, apart: Sequence[str]) -> Callable[[T], T]:
    """Of a type: where what it is `shown_by` is None, JSON of all but the fields `apart`, named as in the
    schema, is kept by what this attribute has, unless that is None too.
    """

    def state(kind: T) -> T:
        setattr(kind, _MOSTLY_SHOWN_BY, (attribute, frozenset(apart)))
        return kind

    return state


def objects_are(kind: type) -> Callable[[T], T]:
    """Of a type: its objects are those of this class of the domain, which has the attributes that are its fields."""

    def state(shown: T) -> T:
        setattr(shown, _OBJECTS_ARE, kind)
        # Strawberry knows them by their own class alone where a type stands behind an interface.
        shown.__strawberry_definition__.is_type_of = lambda given, _info: isinstance(given, kind)
        return shown

    return state


def said_by(**attributes: str) -> Callable[[T], T]:
    """Of a type: for each of these attributes another, which has as text what the attribute's scalar makes of it."""

    def state(kind: T) -> T:
        setattr(kind, _SAID_BY, attributes)
        return kind

    return state


def what_says(kind: type) -> Mapping[str, str]:
    """The other attribute, by the name of the one."""
    attributes: Mapping[str, str] = vars(kind).get(_SAID_BY, {})
    return attributes


def wraps(attribute: str, within: str) -> Callable[[F], F]:
    """Of a resolver: it gives None where this attribute of its source is None, and else an object that has that
    attribute's value `within`. What is asked of the object's attribute only may then be read without the object.
    """

    def state(resolver: F) -> F:
        setattr(resolver, _WRAPS, (attribute, within))
        return resolver

    return state


def what_wraps(resolver: Callable[..., Any]) -> tuple[str, str] | None:
    """The attribute, and what has its value in the result."""
    wrapped: tuple[str, str] | None = getattr(resolver, _WRAPS, None)
    return wrapped


def class_of_objects(kind: type) -> type:
    """The class that a type's objects have."""
    found: type = vars(kind).get(_OBJECTS_ARE, kind)
    return found


def is_live(kind: type) -> bool:
    return bool(vars(kind).get(_LIVE))


def what_shows(kind: type) -> str | None:
    shown: str | None = vars(kind).get(_SHOWN_BY)
    return shown


def what_mostly_shows(kind: type) -> tuple[str, frozenset[str]] | None:
    """What shows all but some fields, and these."""
    shown: tuple[str, frozenset[str]] | None = vars(kind).get(_MOSTLY_SHOWN_BY)
    return shown
