"""Large work in memory, of which no query shall feel more than a few milliseconds at a time.

Three things stop everybody at once: a thread that does not let go of the interpreter, the collector while it looks at
objects, and many objects that go at once. What is built of places stays for hours, so that to look at it is in vain:
what a thread makes `in_thread`, and is still there when the collector has looked at it once, is frozen. So is whatever
else is there at that moment: nothing of a connection or a request may be a cycle when it ends. Where all is soon looked
at, that is done again every hour.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Mapping
from threading import Lock, get_ident
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Mapping[Any, object])

SWITCH_S: Final = 0.000_5
"""How long a thread keeps the interpreter while another waits for it."""

GARBAGE: Final = (20_000, 5)
"""Objects that come before the collector looks at them, and how often it does before it looks at the elder as well. An
answer makes thousands, and leaves none of them."""

WHILE_BUILDING: Final = (500, 5)
"""The same while a thread makes what stays: nearly all of it has to be looked at, and so has what it leads to, such as
the thirty places of a shard. That takes up to a microsecond each, and for 2,000 at a time took up to 17 ms.
"""

NEW: Final = 1_000
"""Places that came, or are other ones, before the rest of what came with them is frozen."""

AGAIN_S: Final = 3600
"""After which the collector looks at all that is there, where that is not more than `SOON`."""

SOON: Final = 50_000
"""Places whose objects, thirteen of each, the collector looks at in a tenth of a second. To count the objects would
take a fifth of a second where there are a million places.
"""

YOUNGEST: Final = 0
"""The objects that came since the collector last looked."""

LOOK_S: Final = 0.02
"""So often are the youngest looked at, which are few then. How many they are cannot be asked: the collector counts what
came less what went, and so sees nothing of answers that are kept instead of others. A refresh that began later found up
to twenty thousand of them, no longer in the processor's caches, and stopped everybody for 40 ms and more over them.
"""

AT_ONCE: Final = 20
"""Objects that go in one go, shards of thirty places among them: a hundred took up to 2 ms, four times `SWITCH_S`."""

_builders: set[int] = set()
_turn: Final = Lock()


def keep_short() -> None:
    """From now on, in this process."""
    sys.setswitchinterval(SWITCH_S)
    _look()
    if _looked not in gc.callbacks:
        gc.callbacks.append(_looked)


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As `asyncio.to_thread`, for what makes many objects that stay."""

    def run() -> R:
        with _turn:
            _builders.add(get_ident())
            _look()
        try:
            made = work(*args, **kwargs)
            gc.collect(YOUNGEST)  # else the event loop does, and it may be one list of ten thousand
            return made
        finally:
            with _turn:
                _builders.discard(get_ident())
                _look()

    return await asyncio.to_thread(run)


async def give_back(objects: list[object]) -> None:
    """Empty the list in a thread."""
    if objects:
        await asyncio.to_thread(empty, objects)


async def give_back_mappings(held: list[M]) -> None:
    """Empty the list of mappings, of which nobody else has anything, in a thread: of each its values go bit by bit.

    Even to take its values out is not for the event loop: what is not in the processor's caches takes a microsecond
    each.
    """
    if held:
        await asyncio.to_thread(_give_back_mappings, held)


def _give_back_mappings(held: list[M]) -> None:
    while held:
        mapping = held.pop()
        values: list[object] = [mapping[key] for key in mapping]  # not all at once, so that others have their turn
        del mapping
        empty(values)


def empty(objects: list[object]) -> None:
    """A few at a time, so that others have their turn in between."""
    while objects:
        del objects[-AT_ONCE:]


class Staying:
    """Freezes what came, when it is enough; in the event loop, where nothing is half done."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._new = self._places = 0
        self._clock = clock
        self._looked = clock()

    async def look_often(self) -> None:
        """Freeze what came a moment ago, until cancelled. While a thread builds, it does so by itself."""
        while True:
            await asyncio.sleep(LOOK_S)
            if not _builders:
                self.freeze()

    def came(self, new: int, places: int) -> None:
        """So many places came, or are other ones, of so many that there are."""
        self._new += new
        self._places = places
        if self._new >= NEW:
            self.freeze()

    def freeze(self) -> None:
        """All that is there now, but for garbage among what is youngest: what queries keep is not looked at for it."""
        self._new = 0
        if self._clock() - self._looked >= AGAIN_S:
            self._looked = self._clock()
            if self._places <= SOON:
                gc.unfreeze()
                gc.collect()
        gc.collect(YOUNGEST)
        gc.freeze()


def _look() -> None:
    gc.set_threshold(*(WHILE_BUILDING if _builders else GARBAGE))


def _looked(phase: str, _info: dict[str, int]) -> None:
    if phase == "stop" and get_ident() in _builders:
        gc.freeze()
