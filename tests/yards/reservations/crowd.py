"""A crowd of drivers at one yard, by several server processes at once; and the books afterwards."""

import asyncio
import itertools
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.db.engine import Database
from parkgraph.domain.stay import Stay
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.yard import Yard
from tests.process import Server, running
from tests.signed_in import bearer
from tests.yards.reservations.stage import HOUR, spaces
from tests.yards.yards import RATES, yard

QUOTE: Final = """
mutation Quote($yard: ID!, $stay: StayInput!) {
  quoteYard(yardId: $yard, stay: $stay) { __typename ... on YardQuote { id } }
}
"""
BOOK: Final = """
mutation Book($quote: ID!, $key: String!) {
  bookYard(quoteId: $quote, idempotencyKey: $key, plate: "S-PG 4711") {
    __typename
    ... on YardBooking { id status space }
    ... on YardFull { text }
    ... on YardRefused { reason text }
  }
}
"""
TOMORROW: Final = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
AT_ONCE: Final = 24
"""Requests under way at each server."""


@dataclass(slots=True)
class Wish:
    """One driver's: its answers are all that ever came back, in whatever order."""

    stay: Stay
    key: str = field(default_factory=lambda: uuid4().hex)
    quote: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def booked(self) -> bool:
        return any(answer["__typename"] == "YardBooking" for answer in self.answers)


@dataclass(slots=True)
class Crowd:
    """Asks server after server. What is not answered, or answered UNAVAILABLE, is asked again with the same key."""

    servers: Sequence[Server]
    headers: dict[str, str]
    clients: Sequence[httpx.AsyncClient]
    gates: Sequence[asyncio.Semaphore]
    turn: "itertools.count[int]" = field(default_factory=itertools.count)
    unanswered: int = 0
    answered: int = 0
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def told(self) -> None:
        """A wish was answered once more."""
        async with self.progress:
            self.answered += 1
            self.progress.notify_all()

    async def answers(self, count: int) -> None:
        """Until wishes were answered so often."""
        async with self.progress:
            await self.progress.wait_for(lambda: self.answered >= count)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """What the one field is answered with, in the end."""
        deadline = asyncio.get_running_loop().time() + 120
        while asyncio.get_running_loop().time() < deadline:
            n = next(self.turn) % len(self.clients)
            async with self.gates[n]:
                with suppress(httpx.HTTPError):
                    body = {"query": query, "variables": variables}
                    response = await self.clients[n].post("/graphql", json=body, headers=self.headers)
                    answer = response.json()
                    if "errors" not in answer:
                        found: dict[str, Any] = next(iter(answer["data"].values()))
                        return found
                    codes = {error["extensions"]["code"] for error in answer["errors"]}
                    assert codes == {"UNAVAILABLE"}, answer
            self.unanswered += 1
            await asyncio.sleep(0.05)
        raise AssertionError("nobody answers")


@asynccontextmanager
async def crowd_at(data_dir: Path, servers: int = 2) -> AsyncIterator[Crowd]:
    """So many server processes on one embedded database."""
    async with AsyncExitStack() as stack:
        found = [stack.enter_context(running(data_dir, "serve", wait=n == 0)) for n in range(servers)]
        while not all(server.ready() for server in found):
            await asyncio.sleep(0.05)
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=25)) for server in found
        ]
        gates = [asyncio.Semaphore(AT_ONCE) for _ in found]
        yield Crowd(found, bearer(data_dir, Role.DRIVER), clients, gates)


def wishes(count: int, *, seed: int, within: timedelta = timedelta(days=2)) -> list[Wish]:
    """Stays of one to twelve hours that overlap each other."""
    dice = random.Random(seed)
    quarters = int(within / (HOUR / 4))
    stays = []
    for _ in range(count):
        arrive = TOMORROW + dice.randrange(quarters) * HOUR / 4
        stays.append(Stay(arrive, arrive + dice.randint(1, 12) * HOUR))
    return [Wish(stay) for stay in stays]


async def open_yard(database: Database, capacity: int) -> Yard:
    one = yard(rates=RATES, spaces=spaces(capacity))
    await YardRepository(database).add(one)
    return one


async def quote_all(crowd: Crowd, of: Yard, asked: Sequence[Wish]) -> None:
    """While there is room: quotes are asked for before anybody books."""

    async def quote(wish: Wish) -> None:
        stay = {"arrive": wish.stay.arrive.isoformat(), "leave": wish.stay.leave.isoformat()}
        answer = await crowd.ask(QUOTE, yard=ids.encode(ids.YARD, of.id.hex), stay=stay)
        assert answer["__typename"] == "YardQuote", answer
        wish.quote = answer["id"]

    await asyncio.gather(*map(quote, asked))


async def book_all(
    crowd: Crowd, asked: Sequence[Wish], *, times: int = 1, meanwhile: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Everybody at once, each wish so many times."""

    async def book(wish: Wish) -> None:
        wish.answers.append(await crowd.ask(BOOK, quote=wish.quote, key=wish.key))
        await crowd.told()

    requests = [wish for wish in asked for _ in range(times)]
    random.Random(1).shuffle(requests)
    doing = [asyncio.ensure_future(book(wish)) for wish in requests]
    if meanwhile:
        await meanwhile()
    await asyncio.gather(*doing)


def kill_database(server: Server) -> None:
    """As kill -9 does; whoever serves starts it again."""
    os.kill(server.postmaster().pid, signal.SIGKILL)


async def check_books(database: Database, asked: Sequence[Wish], capacity: int) -> Counter[str]:
    """What was acknowledged is stored, each once; nobody shares a space; who was refused, rightly was."""
    async with database.engine.connect() as connection:
        overlapping = await connection.scalar(
            text(
                "SELECT count(*) FROM yard_occupations a JOIN yard_occupations b"
                " ON a.id < b.id AND a.space_id = b.space_id AND a.during && b.during"
            )
        )
        rows = (
            await connection.execute(
                text(
                    "SELECT b.uuid, b.status, o.space_id, lower(o.during), upper(o.during)"
                    " FROM yard_bookings b LEFT JOIN yard_occupations o ON o.booking_id = b.id"
                )
            )
        ).all()
    assert overlapping == 0
    assert most_at_once([(begins, ends) for *_, begins, ends in rows]) <= capacity
    stored = {uuid: status for uuid, status, *_ in rows}
    assert len(stored) == len(rows)
    acknowledged: set[UUID] = set()
    for wish in asked:
        kinds = {answer["__typename"] for answer in wish.answers}
        assert len(kinds) == 1, "a wish is answered alike however often it is sent"
        if kinds == {"YardBooking"}:
            (booking,) = {answer["id"] for answer in wish.answers}
            acknowledged.add(ids.yard_booking_id(booking))
        else:
            assert kinds == {"YardFull"}
            assert free_spaces(rows, wish.stay, capacity) == 0, "whoever was told that it is full, was told the truth"
    assert acknowledged == set(stored)
    assert set(stored.values()) <= {"CONFIRMED"}
    return Counter("booked" if wish.booked else "full" for wish in asked)


def free_spaces(rows: Sequence[Any], stay: Stay, capacity: int) -> int:
    taken = {space for *_, space, begins, ends in rows if begins < stay.leave and ends > stay.arrive}
    return capacity - len(taken)


def most_at_once(stays: Sequence[tuple[datetime, datetime]]) -> int:
    """How many overlap at any instant."""
    changes = sorted([(begins, 1) for begins, _ in stays] + [(ends, -1) for _, ends in stays])
    return max(itertools.accumulate(change for _, change in changes), default=0)
