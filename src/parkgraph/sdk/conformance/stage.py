"""The client under which an adapter is examined: it notes what is asked, and may answer in the network's place."""

import asyncio
import json as json_module
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from parkgraph.sdk.client import Client, Response
from parkgraph.sdk.faults import Unavailable

MOST_REQUESTS: Final = 200
"""Of one call. An adapter that asks more would page for ever."""


@dataclass(frozen=True, slots=True)
class Request:
    """Equal where the same thing is asked; headers do not count."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.params)
        return f"{self.method} {self.url}{'?' if query else ''}{query}"


Instead = Callable[[int, Request], Response | Exception | None]
"""What is answered to the n-th request (from 1) in the network's place; None: what the network answers."""


@dataclass(frozen=True, slots=True)
class Exchange:
    request: Request
    response: Response

    def with_content(self, content: bytes) -> "Exchange":
        return replace(self, response=replace(self.response, content=content))


class Stage:
    """Passes to `inner` what `instead` does not answer; `known` answers are given without asking it."""

    def __init__(
        self,
        inner: Client,
        instead: Instead = lambda _number, _request: None,
        known: Mapping[Request, Response] = MappingProxyType({}),
    ) -> None:
        self._inner = inner
        self._instead = instead
        self._known = known
        self.asked: list[Request] = []
        self.exchanges: list[Exchange] = []

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        request = Request("GET", url, tuple((params or {}).items()), headers=headers or {})
        if (answer := self._answer(request)) is not None:
            return answer
        return self._note(request, await self._inner.get(url, params=params, headers=headers, follow=follow))

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        body = json_module.dumps([json, dict(form or {})], default=str)
        request = Request("POST", url, body=body, headers=headers or {})
        if (answer := self._answer(request)) is not None:
            return answer
        return self._note(request, await self._inner.post(url, json=json, form=form, headers=headers))

    def _answer(self, request: Request) -> Response | None:
        self.asked.append(request)
        if len(self.asked) > MOST_REQUESTS:
            raise Unavailable(f"asks more than {MOST_REQUESTS} times in one call")
        answer = self._instead(len(self.asked), request)
        if isinstance(answer, Exception):
            raise answer
        return answer or self._known.get(request)

    def _note(self, request: Request, response: Response) -> Response:
        self.exchanges.append(Exchange(request, response))
        return response


class Silence:
    """A network that never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        return await self._never()

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return await self._never()

    async def _never(self) -> Response:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nothing sets the event")
