"""The way to the server: one GraphQL request, and what may be believed of what came back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson

MAX_ANSWER_BYTES: Final = 64_000_000
"""An allow-list of 100,000 entries has 20 MB."""

_FOR_GOOD: Final = frozenset({"BAD_USER_INPUT", "FORBIDDEN", "UNAUTHENTICATED", "CONFLICT", "QUERY_TOO_COMPLEX"})
_LOCKED_OUT: Final = frozenset({"FORBIDDEN", "UNAUTHENTICATED"})


@dataclass(frozen=True, slots=True)
class Answer:
    """HTTP 200 with data for the field and without errors: the server has it."""

    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server understood, and says no. `retryable`: not now; else never, as it is."""

    code: str
    retryable: bool

    @property
    def is_locked_out(self) -> bool:
        """It is the key that is refused, not what was sent."""
        return self.code in _LOCKED_OUT


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows whether the server has it: no answer, half of one, or one that says nothing.

    `reached`: something did answer.
    """

    reason: str
    reached: bool = False


Outcome = Answer | Refusal | Unanswered


class Uplink:
    """Requests to one server with one key, over connections that stay open. No redirect is followed.

    `answered` is set whenever the server answers well: who was waiting for it need not wait on.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._session: aiohttp.ClientSession
        self.answered = asyncio.Event()

    async def __aenter__(self) -> Self:
        # Nothing is shared between a waiting car and the backlog but the pool: neither waits for the other.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=16), headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, document: str, field: str, variables: Mapping[str, Any], seconds: float) -> Outcome:
        """The outcome, after at most this time."""
        body = orjson.dumps({"query": document, "variables": variables})
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(self._url, data=body, timeout=timeout, allow_redirects=False) as response:
                content = await response.content.read(MAX_ANSWER_BYTES + 1)
                while len(content) <= MAX_ANSWER_BYTES and not response.content.at_eof():
                    content += await response.content.read(MAX_ANSWER_BYTES + 1 - len(content))
                outcome = understood(response.status, content, field)
        except (TimeoutError, aiohttp.ClientError, OSError) as fault:
            return Unanswered(type(fault).__name__)
        if isinstance(outcome, Answer):
            self.answered.set()
        return outcome


def understood(status: int, content: bytes, field: str) -> Outcome:
    """What an answer says. Pure."""
    try:
        root = orjson.loads(content)
    except orjson.JSONDecodeError:
        root = None
    errors = root.get("errors") if isinstance(root, dict) else None
    data = root.get("data") if isinstance(root, dict) else None
    of_field = data.get(field) if isinstance(data, dict) else None
    if status == 200 and not errors and isinstance(of_field, dict):
        return Answer(of_field)
    if refusal := _refusal(errors):
        return refusal
    if status == 413:
        return Refusal("TOO_LARGE", retryable=False)
    if status in (401, 403):
        return Refusal("UNAUTHENTICATED", retryable=False)
    return Unanswered(f"HTTP {status}", reached=True)


def _refusal(errors: object) -> Refusal | None:
    """The error that is last to go away, of those that have a code."""
    found = []
    for each in errors if isinstance(errors, list) else ():
        extensions = each.get("extensions") if isinstance(each, dict) else None
        extensions = extensions if isinstance(extensions, dict) else {}
        code = extensions.get("code")
        if isinstance(code, str):
            retryable = extensions.get("retryable")
            found.append(Refusal(code[:40], retryable if isinstance(retryable, bool) else code not in _FOR_GOOD))
    return min(found, key=lambda each: each.retryable, default=None)
