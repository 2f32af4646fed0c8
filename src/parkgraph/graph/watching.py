"""What of the places changed, for whoever watches: the latest state of each, never a queue.

Every change of the view is kept for a while as ids and positions. Each watcher reads on from where it is, in its own
time: one that is slow finds several changes made into one, and one that was away too long is told that it missed some.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from secrets import token_hex
from typing import Final
from uuid import UUID
from weakref import ref

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.place import Place
from parkgraph.graph.view import Moves, View

KEPT: Final = 256
"""Changes of the view that can be caught up with."""

KEPT_PLACES: Final = 50_000
"""Places of all these changes together."""

EVERY_S: Final = 1.0
"""Between two tellings of one watcher."""

MOST: Final = 500
"""Places of one telling; of more, the watcher has missed some, and asks anew."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The places in an area, or those with these ids."""

    area: Bounds | None = None
    ids: frozenset[UUID] = frozenset()

    def concerns(self, place_id: UUID, positions: Iterable[Coordinates]) -> bool:
        return place_id in self.ids or (self.area is not None and any(map(self.area.contains, positions)))


@dataclass(frozen=True, slots=True)
class Changed:
    """Places that are other than before, and ids of those that are gone from what is watched.

    `version`: from where to watch on after a break. `missed`: more has changed than is told.
    """

    version: str
    places: tuple[Place, ...] = ()
    gone: tuple[UUID, ...] = ()
    missed: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    number: int
    positions: Moves


class Watching:
    """Of one process. `view` gives the present one."""

    def __init__(self, view: Callable[[], View], every_s: float = EVERY_S) -> None:
        self._view = view
        self._every_s = every_s
        self._epoch = token_hex(4)
        self._last = 0
        self._changes: deque[_Change] = deque()
        self._kept = 0
        self._news = asyncio.Event()
        self._found_in: ref[View] | None = None  # weakly: of what a refresh replaced, nothing is kept
        self._found: dict[UUID, Place | None] = {}

    def tell(self, changed: Moves) -> list[Moves]:
        """These places came, went or are other than before. What is forgotten for it, to be given back bit by bit."""
        forgotten: list[Moves] = []
        if not changed:
            return forgotten
        self._last += 1
        self._changes.append(_Change(self._last, changed))
        self._kept += len(changed)
        while len(self._changes) > 1 and (len(self._changes) > KEPT or self._kept > KEPT_PLACES):
            oldest = self._changes.popleft().positions
            self._kept -= len(oldest)
            forgotten.append(oldest)
        self._news.set()
        self._news = asyncio.Event()
        return forgotten

    async def watch(self, watched: Watched, since: str | None = None) -> AsyncIterator[Changed]:
        """Without end: what changed after `since`, a version that was told before, or else from now on."""
        at, missed = self._resumed(since)
        if missed:
            yield Changed(self._version(at), missed=True)
        while True:
            news = self._news
            if at == self._last:
                await news.wait()
                continue
            told = self._since(at, watched)
            at = self._last
            if told.places or told.gone or told.missed:
                yield told
                del told
                await asyncio.sleep(self._every_s)

    def _since(self, at: int, watched: Watched) -> Changed:
        version = self._version(self._last)
        if self._changes[0].number > at + 1:
            return Changed(version, missed=True)
        concerned = {
            place_id: None
            for change in self._changes
            if change.number > at
            for place_id, positions in change.positions.items()
            if watched.concerns(place_id, positions)
        }
        if len(concerned) > MOST:
            return Changed(version, missed=True)
        present, places, gone = self._present(), [], []
        for place_id in concerned:
            if place_id not in present:
                present[place_id] = self._view().places.get(place_id)
            place = present[place_id]
            if place and watched.concerns(place_id, (place.location,)):
                places.append(place)
            else:
                gone.append(place_id)
        return Changed(version, tuple(places), tuple(gone))

    def _present(self) -> dict[UUID, Place | None]:
        """Places of the present view that were told of: a view makes one anew each time it is asked for it."""
        view = ref(self._view())
        if view is not self._found_in:
            self._found_in, self._found = view, {}
        return self._found

    def _resumed(self, since: str | None) -> tuple[int, bool]:
        """From which change on, and whether some before it are not known any more."""
        epoch, _, number = (since or "").partition("-")
        if since is None:
            return self._last, False
        if epoch != self._epoch or not number.isdecimal() or int(number) > self._last:
            return self._last, True
        return int(number), False

    def _version(self, number: int) -> str:
        return f"{self._epoch}-{number}"
