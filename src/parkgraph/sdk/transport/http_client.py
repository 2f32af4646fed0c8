"""One network's way out: every call ends in time, in bounds, and in a Response or a fault."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import SystemRandom
from typing import Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from parkgraph import tracing
from parkgraph.sdk.client import Response
from parkgraph.sdk.faults import NetworkFault, RateLimited, TimedOut, Unavailable
from parkgraph.sdk.transport.body import ENCODINGS, Body
from parkgraph.sdk.transport.pace import Pace, RetryBudget
from parkgraph.sdk.transport.reading import Answer, Begin
from parkgraph.sdk.transport.request import Request, build_request, moved_within_site
from parkgraph.sdk.transport.revalidation import Kept, Revalidation, can_be_revalidated
from parkgraph.sdk.transport.status import Interrupted, Redirected, check_status
from parkgraph.sdk.transport.wire import Wire

NOT_MODIFIED: Final = 304
ATTEMPTS = 3
MAX_HOPS = 3

_dice: Final = SystemRandom()


def _pause(attempt: RetryCallState) -> float:
    """Up to 0.1 s, then up to twice as long each time, in seconds. tenacity's own dice are the whole process's."""
    return _dice.uniform(0, 0.1 * 2 ** (attempt.attempt_number - 1))


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """`deadline`: of a whole call, retries and body included. `max_bytes`: of a body, on the wire and decoded.

    `max_per_minute`: requests, retries included. `max_connections`: at a time; further calls wait in their deadline.
    """

    deadline: timedelta = timedelta(seconds=10)
    max_bytes: int = 16_000_000
    max_per_minute: int = 60
    max_connections: int = 10


class HttpClient:
    """The `Client` over HTTP. A GET is repeated up to twice where that may help and successes have paid for it, and
    revalidated where it can be.
    """

    def __init__(
        self, limits: HttpLimits | None = None, *, allow_private: bool = False, user_agent: str = "parkgraph"
    ) -> None:
        self._limits = limits or HttpLimits()
        self._deadline_s = self._limits.deadline.total_seconds()
        self._own_headers = {"user-agent": user_agent, "accept-encoding": ENCODINGS}
        self._wire = Wire(self._limits.max_connections, allow_private=allow_private)
        self._pace = Pace(self._limits.max_per_minute)
        self._budget = RetryBudget()
        self._kept = Revalidation(self._limits.max_bytes)

    def allow(self, per_minute: int, max_connections: int | None = None) -> None:
        """Set what the network allows: an adapter declares it, and has its client before it can be asked.

        `max_connections` counts from the first request on.
        """
        self._pace = Pace(per_minute)
        self._wire.max_connections = max_connections or self._wire.max_connections

    async def aclose(self) -> None:
        """Close every connection. Calls under way or yet to come fail with Unavailable."""
        await self._wire.aclose()

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        """Raises the faults of `parkgraph.sdk.faults` for everything but a 2xx answer."""
        request = build_request("GET", url, self._headers(headers), params=params)
        try:
            return await (self._follow if follow else self._get)(request, self._ends())
        except (TimeoutError, Interrupted, Redirected) as fault:
            raise self._told(fault) from None

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sent once. Raises the faults of `parkgraph.sdk.faults` for everything but a 2xx answer."""
        request = build_request("POST", url, self._headers(headers), json=json, form=form)
        try:
            return await self._send(request, self._ends())
        except (TimeoutError, Interrupted, Redirected) as fault:
            raise self._told(fault) from None

    def _ends(self) -> float:
        """The instant of the loop's clock at which a call that begins now ends, whatever it waits for."""
        return asyncio.get_running_loop().time() + self._deadline_s

    def _told(self, fault: Exception) -> Unavailable:
        """What an adapter hears of what stays inside."""
        return (
            TimedOut(f"no answer within {self._deadline_s:g} s")
            if isinstance(fault, TimeoutError)
            else Unavailable(str(fault))
        )

    async def _follow(self, request: Request, ends: float) -> Response:
        for _ in range(MAX_HOPS):
            try:
                return await self._get(request, ends)
            except Redirected as moved:
                request = moved_within_site(request, moved)
        return await self._get(request, ends)

    async def _get(self, request: Request, ends: float) -> Response:
        kept = self._kept.find(request.key) if self._kept else None
        asked = replace(request, headers={**request.headers, **kept.conditions}) if kept else request
        try:
            response = await self._send(asked, ends, kept)
        except Interrupted as fault:
            async with asyncio.timeout_at(ends):
                response = await self._repeat(asked, ends, kept, fault)
        if self._kept or can_be_revalidated(response):
            self._kept.keep(request.key, response)
        return response

    async def _repeat(self, request: Request, ends: float, kept: Kept | None, failed: Interrupted) -> Response:
        """After the first attempt failed, of which tenacity is told: where none does, it would be a tenth of a call."""
        first: Interrupted | None = failed

        async def attempt() -> Response:
            nonlocal first
            if first:
                fault, first = first, None
                raise fault
            return await self._send(request, ends, kept)

        repeating = retry_if_exception_type(Interrupted)
        retrying = AsyncRetrying(retry=repeating, stop=self._gives_up, wait=_pause, reraise=True)
        return await retrying(attempt)

    def _gives_up(self, attempt: RetryCallState) -> bool:
        """After the last attempt, without a free turn (the failure says more than a wait), or out of budget."""
        now = asyncio.get_running_loop().time()
        return attempt.attempt_number >= ATTEMPTS or not self._pace.is_free(now) or not self._budget.spend()

    def _headers(self, given: Mapping[str, str] | None) -> Mapping[str, str]:
        if not given:
            return self._own_headers
        return {
            **self._own_headers,
            **{name.lower(): value for name, value in given.items()},
            "accept-encoding": ENCODINGS,
        }

    async def _send(self, request: Request, ends: float, kept: Kept | None = None) -> Response:
        if wait := self._take_turn(ends):
            await self._rest(wait)
        exchange = self._traced if tracing.is_on() else self._wire.exchange
        answer = await exchange(request, partial(self._begin, kept), ends)
        self._budget.earn()
        if kept and answer.status == NOT_MODIFIED:
            return kept.renewed(answer.headers)
        return Response(answer.status, answer.headers, answer.content)

    async def _traced(self, request: Request, begin: Begin, ends: float) -> Answer:
        facts = {"http.request.method": request.method, "server.address": request.url.host or ""}
        with tracing.span(request.method, tracing.Kind.CLIENT, facts) as span:
            try:
                answer = await self._wire.exchange(request, begin, ends)
            except (NetworkFault, Interrupted, Redirected) as fault:
                span.failed(type(fault).__name__)
                raise
            span.note({"http.response.status_code": answer.status})
        return answer

    def _begin(self, kept: Kept | None, status: int, headers: Mapping[str, str]) -> Body:
        """What reads the body. Raises where there is none to be had."""
        if kept and status == NOT_MODIFIED:
            return Body("", None, 0)
        check_status(status, headers, datetime.now(UTC))
        length = headers.get("content-length", "")
        declared = int(length) if length.isdecimal() else None
        return Body(headers.get("content-encoding", ""), declared, self._limits.max_bytes)

    def _take_turn(self, ends: float) -> float:
        """The seconds to wait for the allowed rate. Raises RateLimited where the turn comes after the deadline."""
        now = asyncio.get_running_loop().time()
        wait = self._pace.take(now)
        if now + wait > ends:
            self._pace.give_back()
            raise RateLimited("the allowed rate of requests is used up", timedelta(seconds=wait))
        return wait

    async def _rest(self, wait: float) -> None:
        """Until the turn that was taken has come."""
        pace = self._pace
        try:
            await asyncio.sleep(wait)
        except asyncio.CancelledError:
            pace.give_back()
            raise
