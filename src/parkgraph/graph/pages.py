"""Pages of answers that were found in memory alone, kept for as long as the same question has the same answer."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, NamedTuple, Protocol, TypeVar
from weakref import ref

from parkgraph.graph.asked_before import AskedBefore
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.lazily import lazily
from parkgraph.graph.view import View
from parkgraph.sdk.contract import NetworkInfo

KEPT_HITS: Final = 5_000
"""Of all pages together; the page that was asked for longest ago goes first."""

FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


class Kept(Protocol):
    """A hit that knows whether its page was found again: then it is likely to be shown once more."""

    is_kept: bool

    @property
    def until(self) -> datetime:
        """From when on it may say something else."""


H = TypeVar("H", bound=Kept)


class Moment(NamedTuple):
    """All that an answer from memory depends on, apart from the question.

    Of the view only which it was: a page that is kept would keep all that a refresh replaced, until the event loop lets
    go of the last one.
    """

    view: "ref[View]"
    infos: Mapping[str, NetworkInfo]
    rates: Exchange
    now: datetime


@dataclass(frozen=True)
class Page(Generic[H]):
    """`found`: the hits that are on it, which may be made anew whenever they are looked at.

    `same_until`: from when on, though the graph and the networks stay as they are, other hits may be on it.
    """

    found: Sequence[H]
    total: int
    has_next: bool
    has_previous: bool
    same_until: datetime = FOR_EVER

    @lazily
    def hits(self) -> Sequence[H]:
        return list(self.found)

    @lazily
    def until(self) -> datetime:
        """From when on it may be another, in what its hits say too. Few pages are asked for again: only then is this
        worked out.
        """
        return min([self.same_until, *(hit.until for hit in self.hits)])


class Pages(Generic[H]):
    """By the question, page size and cursor. Kept is what is asked for a second time."""

    def __init__(self, limit: int = KEPT_HITS) -> None:
        self._limit = limit
        self._number = 0
        self._kept: OrderedDict[Hashable, tuple[Moment, Page[H]]] = OrderedDict()
        self._asked_before = AskedBefore()

    def __len__(self) -> int:
        """How many hits are kept; a page counts as one besides."""
        return self._number

    def find(self, asked: Hashable, moment: Moment) -> Page[H] | None:
        """The page, where it would be found again at this moment."""
        kept = self._kept.get(asked)
        if kept is None:
            return None
        then, page = kept
        infos = then.infos is moment.infos or then.infos == moment.infos
        same = then.view is moment.view and then.rates is moment.rates and infos
        if not same or not then.now <= moment.now < page.until:
            self._forget(asked)
            return None
        self._kept.move_to_end(asked)
        for hit in page.hits if page.hits and not page.hits[0].is_kept else ():
            hit.is_kept = True
        return page

    def keep(self, asked: Hashable, page: Page[H], moment: Moment) -> None:
        """Keep what was found at this moment, where it was asked for before."""
        if not self._asked_before.note(asked):
            return
        self._forget(asked)
        self._kept[asked] = moment, page
        self._number += len(page.found) + 1
        while self._number > self._limit:
            self._forget(next(iter(self._kept)))

    def _forget(self, asked: Hashable) -> None:
        if asked in self._kept:
            _, page = self._kept.pop(asked)
            self._number -= len(page.found) + 1
