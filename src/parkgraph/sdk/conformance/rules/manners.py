"""Rules about what an adapter does while it is asked, beyond asking its client."""

import logging
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from types import FrameType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import SecretBytes, SecretStr

from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.sandbox import sandbox
from parkgraph.sdk.conformance.subject import Subject
from parkgraph.sdk.conformance.ward import Patient, answered_with, patients
from parkgraph.sdk.faults import Denied, Malformed, RateLimited, Unavailable

SECRET: Final = "geheim-5d1c9e"  # noqa: S105  (it opens nothing)
FEW_ROWS, MANY_ROWS = 60, 480
TIMES_LINEAR: Final = 1.5


@rule(
    "only-the-client",
    "An adapter reaches the world by its client alone: no socket, file, process, sleep or environment.",
)
def only_the_client(subject: Subject) -> Iterator[Problem]:
    for call in subject.answered:
        subject.ask(call)
        with sandbox(subject.own_modules) as reached:
            subject.ask(call)
        for what in dict.fromkeys(reached):
            yield Problem(
                call.name, f"it does {what}.", "Ask self.client, and take what is configured from self.settings."
            )


@rule("secrets-hidden", "No secret of the settings is in an exception, in a log or in what repr() shows.")
def secrets_hidden(subject: Subject) -> Iterator[Problem]:
    fields = subject.adapter_class.Settings.model_fields
    secret = {name: SECRET for name, field in fields.items() if {SecretStr, SecretBytes} & _kinds(field.annotation)}
    if not secret:
        raise NotApplicable("the settings have no secret")
    settings = {name: "somebody" for name in ("client_id", "username") if name in fields} | secret
    shown: dict[str, str] = {}
    with _listening() as heard:
        for call in subject.answered:
            for fault in (Denied("no"), Unavailable("no"), RateLimited("no"), Malformed("no"), None):
                result = subject.ask(
                    call,
                    lambda _number, _request, fault=fault: fault,  # type: ignore[misc]
                    settings=settings,
                    adapter=lambda client: _shown(subject.new(client, settings), shown),
                )
                shown["an exception"] = shown.get("an exception", "") + _chain(result.raised)
        shown["a log"] = "\n".join(heard)
    for where, text in shown.items():
        if SECRET in text:
            yield Problem(where, "it shows a secret of the settings.", "Use SecretStr, and words of your own.")


def _kinds(annotation: Any) -> set[Any]:
    return {annotation, *(get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ())}


def _shown(adapter: Any, shown: dict[str, str]) -> Any:
    shown["repr(adapter)"] = f"{adapter!r} {adapter}"
    shown["repr(adapter.settings)"] = f"{adapter.settings!r} {adapter.settings}"
    return adapter


def _chain(raised: BaseException | None) -> str:
    """The words of an exception and of all that led to it."""
    words = ""
    while raised is not None:
        words += f"{raised!r} {raised}\n"
        raised = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
    return words


class _Ear(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(record.getMessage())


class _listening:  # noqa: N801  (a context manager)
    """Hands out all that is logged meanwhile."""

    def __enter__(self) -> list[str]:
        heard: list[str] = []
        self._ear, self._root = _Ear(heard), logging.getLogger()
        self._level = self._root.level
        self._root.addHandler(self._ear)
        self._root.setLevel(logging.DEBUG)
        return heard

    def __exit__(self, *_: object) -> None:
        self._root.removeHandler(self._ear)
        self._root.setLevel(self._level)


@rule("linear", "Work and memory grow with the answer, not with its square.")
def linear(subject: Subject) -> Iterator[Problem]:
    measured = [patient for patient in patients(subject) if patient.makes_items]
    if not measured:
        raise NotApplicable("no sample has rows that make items")
    for patient in measured:
        for what, measure in (("lines of code run", _lines), ("bytes of memory", _bytes)):
            few, many = (measure(subject, patient, rows) for rows in (FEW_ROWS, MANY_ROWS))
            if many > few * MANY_ROWS / FEW_ROWS * TIMES_LINEAR:
                yield Problem(
                    patient.call.name,
                    f"8 times the rows take {many / few:.0f} times the {what}.",
                    "Look up in a dict what is searched in a list, and keep nothing but the items.",
                )


def _answer(subject: Subject, patient: Patient, rows: int) -> Callable[[], object]:
    place = patient.rows or ()
    few = patient.document.rows(place)
    content = patient.document.with_rows(place, few * (rows // len(few))).dump()
    return lambda: answered_with(subject, patient.call, patient.request, content)


def _lines(subject: Subject, patient: Patient, rows: int) -> int:
    """How many lines of the adapter's own code run for that many rows."""
    ask, own = _answer(subject, patient, rows), str(subject.code)
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(own):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        ask()
    finally:
        sys.settrace(before)
        threading.settrace(before)
    return max(1, count)


def _bytes(subject: Subject, patient: Patient, rows: int) -> int:
    """The most memory that the call takes for that many rows."""
    ask = _answer(subject, patient, rows)
    tracemalloc.start()
    try:
        ask()
        return max(1, tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
