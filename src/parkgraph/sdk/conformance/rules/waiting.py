"""The rule that a call waits for its client alone, whatever the way to wait."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.sandbox import sandbox
from parkgraph.sdk.conformance.subject import Call, Subject
from parkgraph.sdk.faults import Unavailable

if sys.platform == "linux":
    from resource import RUSAGE_THREAD, getrusage

TRIES: Final = 5
"""The system may let a thread wait for a reason of its own; it does not do so each time."""


@rule("never-waits", "A call waits for its client alone: it neither sleeps nor blocks, and starts no thread.")
def never_waits(subject: Subject) -> Iterator[Problem]:
    if sys.platform != "linux":
        raise NotApplicable("only Linux counts how often a thread waits")
    for call in subject.answered:
        if all(_waits(subject, call) for _ in range(TRIES)):
            yield Problem(
                call.name,
                "it waits though its client has answered.",
                "Do not sleep, block or start a thread: pace, deadlines and repetitions are the client's.",
            )


def _waits(subject: Subject, call: Call) -> bool:
    """Whether a thread is started, or its own gives up the processor, while all is answered from memory: who computes
    never does, and nobody can wait otherwise. On a loop of its own, which has no idle threads.
    """
    alone = Subject(subject.adapter_class, subject.samples)
    known = {exchange.request for exchange in subject.baseline[call.name].exchanges}
    adapter = subject.staged(lambda _number, request: None if request in known else Unavailable("not in the samples"))
    try:
        alone.run(asyncio.sleep(0))
        with sandbox(subject.own_modules), _threads() as started:
            before = _given_up()
            alone.on(adapter, call)
            return _given_up() > before or bool(started)
    finally:
        alone.close()


def _given_up() -> int:
    return getrusage(RUSAGE_THREAD).ru_nvcsw


@contextmanager
def _threads() -> Iterator[list[Thread]]:
    """Hands out the threads that are started meanwhile."""
    started: list[Thread] = []
    start = Thread.start

    def note(thread: Thread) -> None:
        started.append(thread)
        start(thread)

    Thread.start = note  # type: ignore[assignment, method-assign]
    try:
        yield started
    finally:
        Thread.start = start  # type: ignore[method-assign]
