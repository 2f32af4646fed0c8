"""Rules about what an adapter does while it is asked, beyond asking its client."""

import logging
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from types import FrameType, UnionType
from typing import Any, Final, Union, get_args, get_origin
from warnings import catch_warnings, simplefilter

from pydantic import SecretBytes, SecretStr

from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.rules.code import reaching
from parkgraph.sdk.conformance.sandbox import sandbox
from parkgraph.sdk.conformance.subject import Subject
from parkgraph.sdk.conformance.ward import Patient, answered_with, patients
from parkgraph.sdk.faults import Denied, Malformed, RateLimited, Unavailable

SECRET: Final = "geheim-5d1c9e"  # noqa: S105  (it opens nothing)
TIMES: Final = 8
FEW_ROWS: Final = {"lines of code run": 20, "bytes of memory": 60}
TIMES_LINEAR: Final = 1.25


@rule(
    "only-the-client",
    "An adapter reaches the world by its client alone: no socket, file, process or environment.",
)
def only_the_client(subject: Subject) -> Iterator[Problem]:
    yield from reaching(subject)
    for call in subject.answered:
        subject.ask(call)
        with sandbox(subject.own_modules) as reached:
            subject.ask(call)
        for what in dict.fromkeys(reached):
            yield Problem(
                call.name, f"it does {what}.", "Ask self.client, and take what is configured from self.settings."
            )


@rule(
    "secrets-hidden", "No secret of the settings is in an exception, an answer, a log, a print or in what repr() shows."
)
def secrets_hidden(subject: Subject) -> Iterator[Problem]:
    fields = subject.adapter_class.Settings.model_fields
    secret = {name: SECRET for name, field in fields.items() if {SecretStr, SecretBytes} & _kinds(field.annotation)}
    if not secret:
        raise NotApplicable("the settings have no secret")
    settings = {name: "somebody" for name in ("client_id", "username") if name in fields} | secret
    shown: dict[str, str] = {}
    if not subject.adapter_class.Settings.model_config.get("hide_input_in_errors"):
        yield Problem("Settings", "an error of theirs shows what was given.", "Derive them from AdapterSettings.")
    with _listening() as heard, _overhearing() as printed:
        for call in subject.answered:
            for fault in (Denied("no"), Unavailable("no"), RateLimited("no"), Malformed("no"), None):
                result = subject.ask(
                    call,
                    lambda _number, _request, fault=fault: fault,  # type: ignore[misc]
                    settings=settings,
                    adapter=lambda client: _shown(subject.new(client, settings), shown),
                )
                shown["an exception"] = shown.get("an exception", "") + _chain(result.raised)
                shown["what is answered"] = shown.get("what is answered", "") + repr(result.batch)
    shown |= {"a log": "\n".join(heard), "what is printed": printed.getvalue()}
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


@contextmanager
def _overhearing() -> Iterator[StringIO]:
    """Hands out all that is printed meanwhile, warnings included."""
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), catch_warnings():
        simplefilter("always")
        yield printed


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


@rule("linear", "The lines of its own code that run, and memory, grow with the answer, not with its square.")
def linear(subject: Subject) -> Iterator[Problem]:
    measured = [patient for patient in patients(subject) if patient.makes_items]
    if not measured:
        raise NotApplicable("no sample has rows that make items")
    for patient in measured:
        for measure, (what, rows) in zip((_lines, _bytes), FEW_ROWS.items(), strict=True):
            few, many = (measure(subject, patient, number) for number in (rows, TIMES * rows))
            if many > few * TIMES * TIMES_LINEAR:
                yield Problem(
                    patient.call.name,
                    f"{TIMES} times the rows take {many / few:.0f} times the {what}.",
                    "Look up in a dict what is searched in a list, and keep nothing but the items.",
                )


def _answer(subject: Subject, patient: Patient, rows: int) -> Callable[[], object]:
    place = patient.rows or ()
    few = patient.document.rows(place)
    contents = patient.contents(patient.document.with_rows(place, few * (rows // len(few))))
    return lambda: answered_with(subject, patient.call, contents)


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
