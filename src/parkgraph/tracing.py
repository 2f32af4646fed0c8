"""Spans: of a request, of the calls to networks that it made, and of the HTTP of each call.

Whoever does something opens one; `use` says where they go, and before it they cost a function call. Nobody's data are
in them: no query, no variable, no path or query of a network's URL, no words of a fault.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum, auto
from typing import Final, Protocol

Fact = str | int


class Kind(Enum):
    """Whether somebody asked us, we did something, or we asked somebody."""

    SERVER = auto()
    INTERNAL = auto()
    CLIENT = auto()


class Span(Protocol):
    """What is under way, to be told more about."""

    def note(self, facts: Mapping[str, Fact]) -> None: ...

    def failed(self, code: str) -> None:
        """It came to nothing, for the reason that this code says."""


class _Nothing:
    def note(self, facts: Mapping[str, Fact]) -> None:
        pass

    def failed(self, code: str) -> None:
        pass


Opener = Callable[[str, Kind, Mapping[str, Fact]], AbstractContextManager[Span]]

NOTHING: Final[Span] = _Nothing()
"""Stands for a span where there is none."""

UNSEEN: Final[AbstractContextManager[Span]] = nullcontext(NOTHING)
"""Of what is not worth a span."""

_opener: Opener | None = None


def use(opener: Opener | None) -> None:
    """From now on spans are opened by this; None: there are none."""
    global _opener
    _opener = opener


def is_on() -> bool:
    """Whether spans go anywhere."""
    return _opener is not None


def span(name: str, kind: Kind, facts: Mapping[str, Fact]) -> AbstractContextManager[Span]:
    """As long as the block lasts. `facts` are named as OpenTelemetry's conventions name them, else `parkgraph.…`."""
    return _opener(name, kind, facts) if _opener else UNSEEN


def call(network: str, part: str) -> AbstractContextManager[Span]:
    """The span of a call to a network."""
    return span(f"{part} {network}", Kind.INTERNAL, {"parkgraph.network": network, "parkgraph.part": part})
