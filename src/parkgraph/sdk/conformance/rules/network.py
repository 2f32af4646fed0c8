"""Rules about a network that fails: what it answers, or does not, and when one stops waiting for it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from parkgraph.sdk.client import Response
from parkgraph.sdk.conformance.documents import Document, Format
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.stage import Instead, Request, Silence
from parkgraph.sdk.conformance.subject import Call, Result, Subject
from parkgraph.sdk.faults import Denied, Malformed, NetworkFault, RateLimited, TimedOut, Unavailable
from parkgraph.sdk.tokens import Tokens

FAULTS: Final = (
    Unavailable("out of order"),
    TimedOut("no answer"),
    RateLimited("patience", timedelta(seconds=17)),
    Denied("no"),
    Malformed("not JSON"),
)

GARBAGE: Final = {
    "an empty body": b"",
    "a page of HTML": b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>Maintenance</body></html>",
    "bytes that are no text": bytes(range(256)),
    "the beginning of a document": b'{"a": [1, ',
    "a number": b"7",
    "null": b"null",
    "a text": b'"maintenance"',
    "other XML": b'<?xml version="1.0"?><maintenance/>',
}
SAID: Final = "maintenance"
OTHER_OBJECT: Final = b'{"message": "maintenance"}'
EMPTY_LIST: Final = b"[]"


@rule("garbage-is-malformed", "An answer of another shape is Malformed: neither an empty batch nor another fault.")
def garbage_is_malformed(subject: Subject) -> Iterator[Problem]:
    for call in subject.answered:
        for what, content in _garbage(subject, call).items():
            result = subject.ask(call, _to_the_first(Response(200, {}, content)))
            if result.asked and not isinstance(result.raised, Malformed):
                gave = type(result.raised).__name__ if result.raised else "a batch"
                yield Problem(call.name, f"{what} gives {gave}.", "Check the outer shape first: raise Malformed.")


def _to_the_first(answer: Response) -> Instead:
    """What is asked first gets it, be it asked again."""
    first: list[Request] = []

    def instead(_number: int, request: Request) -> Response | None:
        first.append(request)
        return answer if request == first[0] else None

    return instead


def _garbage(subject: Subject, call: Call) -> dict[str, bytes]:
    """What cannot be meant for an answer of the sample's kind."""
    exchanges = subject.baseline[call.name].exchanges
    if not exchanges:
        raise NotApplicable("nothing was asked for")
    sample = exchanges[0].response.content
    document = Document.parse(sample)
    half = {"half of the sample": sample[: len(sample) // 2]}
    if document and document.format is Format.JSON and isinstance(document.tree, list):
        return {**GARBAGE, **half, "another object": OTHER_OBJECT}
    return {**GARBAGE, **half, "an empty list": EMPTY_LIST, "another object": OTHER_OBJECT}


@rule("faults-pass", "A fault of the client leaves the adapter as it is.")
def faults_pass(subject: Subject) -> Iterator[Problem]:
    for call in subject.answered:
        for fault in FAULTS:
            for when, result in (
                ("", subject.ask(call, lambda _number, _request, fault=fault: fault)),  # type: ignore[misc]
                (" after a good answer", _asked_after_a_good_answer(subject, call, fault)),
            ):
                if result.asked and not _same(result, fault):
                    gave = type(result.raised).__name__ if result.raised else "a batch"
                    yield Problem(call.name, f"{type(fault).__name__} becomes {gave}{when}.", "Do not catch it.")


def _asked_after_a_good_answer(subject: Subject, call: Call, fault: NetworkFault) -> Result:
    """What the second call of one adapter gives that fails."""
    failing = False
    asked: list[Request] = []

    def instead(_number: int, request: Request) -> NetworkFault | None:
        if failing:
            asked.append(request)
        return fault if failing else None

    adapter = subject.staged(instead)
    subject.on(adapter, call)
    failing = True
    return replace(subject.on(adapter, call), asked=tuple(asked))


def _same(result: Result, fault: NetworkFault) -> bool:
    raised = result.raised
    if isinstance(fault, RateLimited) and isinstance(raised, RateLimited):
        return raised.retry_after == fault.retry_after
    return type(raised) is type(fault)


@rule("incomplete-is-said", "Where a page or a second document fails, the call fails or its batch says complete=False.")
def incomplete_is_said(subject: Subject) -> Iterator[Problem]:
    several = [call for call in subject.answered if len(subject.baseline[call.name].asked) > 1]
    if not several:
        raise NotApplicable("every call asks for one document")
    for call in several:
        for nth in range(2, len(subject.baseline[call.name].asked) + 1):
            for what, answer in (
                *((f"ends in {type(fault).__name__}", fault) for fault in FAULTS),
                ("is garbage", Response(200, {}, GARBAGE["a page of HTML"])),
            ):
                result = subject.ask(
                    call,
                    lambda number, _request, nth=nth, answer=answer: answer if number == nth else None,  # type: ignore[misc]
                )
                if result.batch is not None and result.batch.complete and not _rejected_more(subject, call, result):
                    yield Problem(
                        call.name,
                        f"it claims to be complete when request {nth} {what}.",
                        "Say batch.but(complete=False).",
                    )
                elif result.raised is not None and not isinstance(result.raised, NetworkFault):
                    kind = type(result.raised).__name__
                    yield Problem(call.name, f"{kind} is raised when request {nth} {what}.", "Let the fault pass.")


def _rejected_more(subject: Subject, call: Call, result: Result) -> bool:
    """A document of one facility is a row: one that is garbage is rejected like any other."""
    before = subject.answers[call.name]
    return result.batch is not None and len(result.batch.rejected) > len(before.rejected)


@rule("asked-once", "An adapter neither repeats a request that failed nor keeps an answer: the client and the core do.")
def asked_once(subject: Subject) -> Iterator[Problem]:
    for call in subject.answered:
        for answer in (*FAULTS, Response(200, {}, GARBAGE["a page of HTML"])):
            asked = subject.ask(call, lambda _number, _request, answer=answer: answer).asked  # type: ignore[misc]
            if again := _repeated(asked):
                yield Problem(call.name, f"{again.method} {again.url} is repeated.", "Let the fault pass.")
                break
        else:
            if again := _repeated(subject.baseline[call.name].asked):
                yield Problem(call.name, f"{again.method} {again.url} is asked twice.", "Ask once.")
        if not _asks_again(subject, call):
            yield Problem(call.name, "a second call asks for nothing.", "Keep nothing between two calls.")


def _repeated(asked: tuple[Request, ...]) -> Request | None:
    return next((request for place, request in enumerate(asked) if request in asked[:place]), None)


def _asks_again(subject: Subject, call: Call) -> bool:
    requests: list[Request] = []

    def note(_number: int, request: Request) -> None:
        requests.append(request)

    async def twice() -> int:
        adapter = subject.staged(note)
        await call.ask(adapter)
        before = len(requests)
        await call.ask(adapter)
        return len(requests) - before

    return bool(subject.run(twice()))


@rule(
    "cancellation", "A call leaves nothing running, be it answered or cancelled, and ends at once when it is cancelled."
)
def cancellation(subject: Subject) -> Iterator[Problem]:
    for call in subject.answered:
        problem = subject.run(_answered(subject, call))
        if not problem and _asks(subject, call):
            problem = subject.run(_cancelled(subject, call))
        if problem:
            yield Problem(call.name, problem, "Let CancelledError pass, and await every task that you start.")


def _asks(subject: Subject, call: Call) -> bool:
    """One that answers from what it has kept waits for nobody: that is for another rule to say."""
    return bool(subject.ask(call).asked)


async def _answered(subject: Subject, call: Call) -> str | None:
    before = asyncio.all_tasks()
    await call.ask(subject.staged(lambda _number, _request: None))
    return "it leaves a task running when it has answered." if await _left_since(before) else None


async def _cancelled(subject: Subject, call: Call) -> str | None:
    silence = Silence()
    before = asyncio.all_tasks()
    task = asyncio.ensure_future(call.ask(subject.new(silence)))
    await asyncio.wait(
        {task, asked := asyncio.ensure_future(silence.asked.wait())}, return_when=asyncio.FIRST_COMPLETED
    )
    asked.cancel()
    task.cancel()
    await asyncio.wait({task, asked}, timeout=5)
    if not task.cancelled():
        return "it goes on after it was cancelled."
    return "it leaves a task running when it is cancelled." if await _left_since(before) else None


async def _left_since(before: set[asyncio.Task[object]]) -> bool:
    """Whether tasks still run that did not run before. They are ended."""
    await asyncio.sleep(0)
    left = {other for other in asyncio.all_tasks() - before if not _is_login(other)}
    for other in left:
        other.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return bool(left)


def _is_login(task: asyncio.Task[object]) -> bool:
    """The SDK's own, which runs to its end whoever has given up."""
    return getattr(task.get_coro(), "__qualname__", "").startswith(f"{Tokens.__name__}.")
