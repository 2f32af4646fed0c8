"""`nearby` and `within`: fan out, merge, price, rank, cut a page."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import islice
from typing import Final
from weakref import ref

from cachetools import LRUCache

from parkgraph.domain.geo import Area, Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import ListingKey, ListingOffer, Place
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph import cursors, named
from parkgraph.graph.availability import Availability, Ready, Uncounted
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.hit import KEY, Asked, Hit, Nearest, key_shape
from parkgraph.graph.hours import parse_hours
from parkgraph.graph.offers import Offer, compared, exclusions, is_fresh, live_level, offers, zone_of
from parkgraph.graph.pages import FOR_EVER, Moment, Page, Pages
from parkgraph.graph.patience import Patience
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.priced import Prices
from parkgraph.graph.question import PlaceSort, Question
from parkgraph.graph.surroundings import Surroundings
from parkgraph.graph.turns import Turns
from parkgraph.networks.listing_offers import is_unpriced
from parkgraph.networks.reports import SourceReport
from parkgraph.networks.service import Networks, SearchAnswer
from parkgraph.sdk.contract import NetworkInfo

QUOTES_OF_A_PAGE: Final = 10
"""Listings of one page whose prices are asked for one by one."""

QUOTES_LEFT: Final = 0.5
"""The part of the deadline that has to be left for them: less would blame networks for our lateness."""

COUNTED_AT_ONCE: Final = 1000
"""Listings whose free spaces are counted for one query."""

COUNTED_WITHIN_S: Final = 0.3
"""A database that takes longer must not make every search late."""

KEPT_ANSWERS: Final = 8
"""Of all networks together, whose offers are not looked for again."""

FoundPage = Page[Hit]


@dataclass(frozen=True)
class Answer:
    """One page of hits, and what every network did for it.

    `was_found_again`: whether it was found before, and is likely to be again. `report`: tells what the networks did.
    `ends`: the instant of the loop's clock by which the whole query is to be answered.
    """

    page: Page[Hit]
    was_found_again: bool
    report: Callable[[], Sequence[SourceReport]]
    ends: float

    @property
    def hits(self) -> Sequence[Hit]:
        return self.page.hits

    @property
    def places(self) -> list[Place]:
        """Of the hits."""
        found = self.page.found
        return found.places if isinstance(found, Nearest) else [hit.place for hit in found]

    @property
    def total(self) -> int:
        """In all pages."""
        return self.page.total

    @property
    def has_next(self) -> bool:
        return self.page.has_next

    @property
    def has_previous(self) -> bool:
        return self.page.has_previous

    @cached_property
    def sources(self) -> Sequence[SourceReport]:
        return self.report()


class Search:
    """Asks the view in memory and, under one deadline, the networks that answer per request."""

    def __init__(
        self,
        graph: PlaceGraph,
        networks: Networks,
        deadline_s: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        exchange: Callable[[], Exchange] = Exchange,
        availability: Availability | None = None,
    ) -> None:
        self._graph = graph
        self._rates = exchange
        self._networks = networks
        self._availability = availability or Uncounted()
        self._counted = [network.id for network in networks if self._availability.counts(network.id)]
        self._deadline_s = deadline_s
        self._clock = clock
        self._turns = Turns()
        self._looking_up = asyncio.Lock()
        self._patience = Patience(deadline_s)
        self._prices = Prices()
        self._pages: Pages[Hit] = Pages()
        self._ready: LRUCache[Hashable, tuple[object, Ready]] = LRUCache(KEPT_ANSWERS)
        """By the identity of what networks answered, which is kept with it."""

    def find_again(self, question: Question, first: int, after: str | None, since: float) -> Answer | None:
        """What `find` says without waiting for anything: a page that was found before, where no network is asked."""
        if self._networks.any_is_searched:
            return None
        page = self._pages.find((question.key, first, after), self._moment)
        if page is None:
            return None
        return Answer(page, True, partial(self._sources, question.area, ()), since + self._deadline_s)

    async def find(self, question: Question, first: int, after: str | None, since: float | None = None) -> Answer:
        """The page of `first` hits after the cursor. Raises CursorError.

        `since`: when the query arrived that asks, by the loop's clock, where that is not now.
        """
        since = asyncio.get_running_loop().time() if since is None else since
        ends = since + self._deadline_s
        around = Surroundings(lambda: self._graph.view, question.area)
        answers = await self._searched(question, since, ends, around) if self._networks.any_is_searched else ()
        asked = None if answers and any(answer.batch for answer in answers) else (question.key, first, after)
        page = self._pages.find(asked, self._moment) if asked else None
        was_found_again = page is not None
        if page is None:
            await self._turns.take(ends)
            moment = self._moment
            page, looked_at = await self._page(question, around, first, after, answers, moment, ends)
            self._patience.answered()
            if asked and not question.looks_at_the_clock and not (question.stay and self._counts(looked_at)):
                self._pages.keep(asked, page, moment)
        return Answer(page, was_found_again, partial(self._sources, question.area, answers), ends)

    async def _searched(
        self, question: Question, since: float, ends: float, around: Surroundings
    ) -> Sequence[SearchAnswer]:
        """What the networks answer in time. To ask them is computing too, and waits for answers that are due first."""
        await self._turns.take(ends)
        now = asyncio.get_running_loop().time()
        until = self._patience.begin(now, since)
        try:
            return await self._networks.search(
                question.area, question.stay, question.vehicle, until - now, meanwhile=around.look
            )
        finally:
            self._patience.end(until)

    def _sources(self, area: Area, answers: Sequence[SearchAnswer]) -> Sequence[SourceReport]:
        """What every network did."""
        searched = {answer.network.id: answer.report for answer in answers}
        return [searched.get(network.id) or self._networks.report(network.id, area) for network in self._networks]

    async def _page(
        self,
        question: Question,
        around: Surroundings,
        first: int,
        after: str | None,
        answers: Sequence[SearchAnswer],
        moment: Moment,
        ends: float,
    ) -> tuple[Page[Hit], Sequence[Hit]]:
        """The page, and the hits that decided what is on it."""
        ready = self._said(answers)
        found = around.look()
        if question.room_decides:
            places = [place for _, _, place in found]
            ready = {**ready, **await self._left(places, question.stay, question.vehicle, ends)}
        price = self._prices.of(question.stay, question.vehicle, moment.infos, moment.now, moment.rates, ready)
        every: Sequence[Hit] = Nearest(found, Asked(question, moment, price))
        hits = every
        if not question.distance_decides:
            every = list(every)
            hits = sorted((hit for hit in every if hit.passes(question.filter)), key=KEY)
        begin = self._after(hits, question, after)
        page: Sequence[Hit] = hits[begin : begin + first]
        if question.stay:
            page = await self._with_room(list(page), question, ends)
            page = await self._with_quotes(page, question, answers, ends)
        if question.sort is PlaceSort.PRICE and len({total.currency for hit in hits if (total := hit.total)}) > 1:
            page = [hit.but(hit.priced.but(hit.priced.ready, several_currencies=True)) for hit in page]
        decided_by = every if question.looks_at_all else ()
        same_until = min((hit.until for hit in decided_by), default=FOR_EVER)
        return Page(page, len(hits), begin + first < len(hits), begin > 0, same_until), decided_by or page

    def _said(self, answers: Sequence[SearchAnswer]) -> Ready:
        """The ready offers in these answers: the very mapping of before, where the very batches were there before."""
        said = [(answer.network.id, answer.batch) for answer in answers if answer.batch]
        which = tuple((network_id, id(batch)) for network_id, batch in said)
        if known := self._ready.get(which):
            return known[1]
        ready = {
            ListingKey(network_id, listing.local_id): listing.offers
            for network_id, batch in said
            for listing in batch.items
            if listing.offers
        }
        self._ready[which] = said, ready
        return ready

    @property
    def _moment(self) -> Moment:
        return Moment(ref(self._graph.view), self.infos, self._rates(), self._clock())

    def _counts(self, hits: Iterable[Hit]) -> bool:
        """Whether any of them is booked through this server, so that others may take its room at any time."""
        return self._counts_any and any(
            self._availability.counts(key.network) for hit in hits for key, _ in hit.place.listings
        )

    @property
    def _counts_any(self) -> bool:
        """Whether there is any such place at all."""
        listings = self._graph.view.listings
        return any(listings.get(network_id) for network_id in self._counted)

    async def offers_of(
        self, place: Place, stay: Stay, vehicle: Vehicle, ends: float | None = None
    ) -> tuple[Offer, ...]:
        """Offers of one place outside a search: from rates that are known, and of networks that are asked per search.

        `ends`: when the query has to be answered, where that is not the deadline from now.
        """
        infos = self.infos
        barred = exclusions(place, stay, vehicle, infos, self._clock())
        ends = ends or asyncio.get_running_loop().time() + self._deadline_s
        ready = {} if barred else await self._left([place], stay, vehicle, ends)
        if not barred:
            ready |= await self._asked_of(place, stay, vehicle, ends)
        found = offers(place, stay, vehicle, barred, infos, ready, self._prices.quoted)
        return compared(found, self._rates())

    async def _asked_of(self, place: Place, stay: Stay, vehicle: Vehicle, ends: float) -> Ready:
        """Ready offers of the place's listings at search networks, as far as these answer."""
        asked = [(key, listing) for key, listing in place.listings if self._networks.searches(key.network)]
        left = ends - asyncio.get_running_loop().time()
        answers = await asyncio.gather(
            *(self._networks.offers(key, listing.location, stay, vehicle, left) for key, listing in asked)
        )
        return {key: ready for (key, _), ready in zip(asked, answers, strict=True) if ready}

    async def _with_room(self, page: Sequence[Hit], question: Question, ends: float) -> Sequence[Hit]:
        """The page, with what is left for the stay where this server takes the bookings."""
        if question.room_decides or question.stay is None or not self._counts_any:
            return page
        open_ = [hit.place for hit in page if not hit.is_barred]
        left = await self._left(open_, question.stay, question.vehicle, ends)
        return self._but(page, left)

    async def _left(
        self, places: Iterable[Place], stay: Stay | None, vehicle: Vehicle, ends: float
    ) -> dict[ListingKey, tuple[ListingOffer, ...]]:
        """Ready offers of listings that are booked through this server; none of them where that takes too long."""
        if stay is None or not self._counts_any:
            return {}
        counted = {
            key: listing
            for place in places
            for key, listing in place.listings
            if self._availability.counts(key.network)
        }
        if not counted:
            return {}
        some = dict(islice(counted.items(), COUNTED_AT_ONCE))
        left: dict[ListingKey, tuple[ListingOffer, ...]] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(ends, asyncio.get_running_loop().time() + COUNTED_WITHIN_S)):
                left |= await self._availability.offers(some, stay, vehicle)
        await self._turns.take(ends)
        return left

    async def _with_quotes(
        self,
        page: Sequence[Hit],
        question: Question,
        answers: Sequence[SearchAnswer],
        ends: float,
    ) -> Sequence[Hit]:
        """The page, with prices of listings that networks gave without any but say on request.

        Only where no price decides what is on the page, for the first of them, and while there is time.
        """
        stay, wanted = question.stay, question.filter
        decides = question.sort is PlaceSort.PRICE or wanted.max_price is not None or wanted.bookable is not None
        late = ends - asyncio.get_running_loop().time() < QUOTES_LEFT * self._deadline_s
        if stay is None or decides or late:
            return page
        unpriced = {
            ListingKey(answer.network.id, listing.local_id)
            for answer in answers
            if answer.batch and self._networks.quotes(answer.network.id)
            for listing in answer.batch.items
            if is_unpriced(listing.offers)
        }
        if not unpriced:
            return page
        keys = [key for hit in page if not hit.is_barred for key, _ in hit.place.listings if key in unpriced]
        if not keys:
            return page
        quoted = await self._quoted(keys[:QUOTES_OF_A_PAGE], stay, question.vehicle, ends)
        await self._turns.take(ends)
        return self._but(page, quoted)

    @staticmethod
    def _but(hits: Sequence[Hit], more: Ready) -> Sequence[Hit]:
        """The hits, with these ready offers besides."""
        if not more:
            return hits
        told = [(hit, hit.priced.besides(more)) for hit in hits]
        return [hit if priced is hit.priced else hit.but(priced) for hit, priced in told]

    async def _quoted(self, keys: Iterable[ListingKey], stay: Stay, vehicle: Vehicle, ends: float) -> Ready:
        """Ready offers of those listings whose networks answered."""
        keys, left = list(keys), ends - asyncio.get_running_loop().time()
        answers = await asyncio.gather(*(self._networks.quote(key, stay, vehicle, left) for key in keys))
        return {key: answer.offers for key, answer in zip(keys, answers, strict=True) if answer.offers}

    async def named(self, text: str, near: Coordinates, first: int) -> Sequence[named.Named]:
        """At most `first` places that fit what was typed, those first that fit best and are nearest.

        It may look at a thousand places: one after the other, in a thread that lets go of the interpreter.
        """
        async with self._looking_up:
            return await asyncio.to_thread(named.look_up, self._graph.view, text, near, first)

    def is_open(self, place: Place, at: datetime | None) -> bool | None:
        """Now, or at an instant; None where hours are unknown. A live CLOSED wins over published hours."""
        if at is None and live_level(place, self.infos, self._clock()) is OccupancyLevel.CLOSED:
            return False
        if place.opening_hours is None:
            return None
        hours = parse_hours(place.opening_hours, place.location, zone_of(place, self.infos))
        return hours.is_open(at or self._clock()) if hours else None

    def is_fresh(self, occupancy: Occupancy, network_id: str) -> bool:
        """Whether a network's count is young enough to be believed now."""
        return is_fresh(occupancy, self._networks.get(network_id).info, self._clock())

    @cached_property
    def infos(self) -> Mapping[str, NetworkInfo]:
        return {network.id: network.info for network in self._networks}

    @staticmethod
    def _after(hits: Sequence[Hit], question: Question, after: str | None) -> int:
        """Which of the hits is the first after the cursor."""
        if after is None:
            return 0
        return bisect_right(hits, cursors.decode(after, question.fingerprint, key_shape(question.sort)), key=KEY)
