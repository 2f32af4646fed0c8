"""Rules about rows that are not what the network promises: each place of the samples is hurt, one at a time."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from parkgraph.domain.occupancy import OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.client import Response
from parkgraph.sdk.conformance.facts import PLACEHOLDERS, Number, Numbers, known_numbers
from parkgraph.sdk.conformance.facts import texts as texts_of
from parkgraph.sdk.conformance.rule import Problem, rule
from parkgraph.sdk.conformance.rules.network import OTHER_OBJECT, SAID
from parkgraph.sdk.conformance.rules.values import MOST_SPACES
from parkgraph.sdk.conformance.subject import Answer, Result, Subject, fault_of
from parkgraph.sdk.conformance.ward import Wounded, patients, wounded
from parkgraph.sdk.conformance.wounds import CANARY, Kind
from parkgraph.sdk.faults import NetworkFault

LONGEST_TEXT: Final = 5_000
TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of writing, so that a text reads as another."""


@rule("unknown-is-none", "What is missing, null or blank is None: neither 0 nor another number that stands for it.")
def unknown_is_none(subject: Subject) -> Iterator[Problem]:
    instead: dict[tuple[object, ...], set[object]] = {}
    for wound in wounded(subject):
        if wound.kind not in (Kind.MISSING, Kind.BLANK) or not wound.changed:
            continue
        known = {item.local_id: item for item in subject.answers[wound.patient.call.name].items}
        for item in wound.changed:
            before = known.get(item.local_id)
            if before is not None and before != item and _is_same(before, item):
                gone, come = known_numbers(before), known_numbers(item)
                gone, come = gone - come, come - gone
                for name in _became_placeholder(gone, come):
                    yield Problem(wound.where, f"{name} becomes a number.", "Leave it None, or reject the row.")
                if _level(item) is OccupancyLevel.FULL is not _level(before):
                    yield Problem(wound.where, "the level becomes FULL.", "Leave it UNKNOWN.")
                for name, was, is_now in _replaced(gone, come):
                    seen = instead.setdefault((wound.where, name, is_now), set())
                    if seen and was not in seen:
                        yield Problem(wound.where, f"{name} becomes {is_now} in every row.", "Leave it None.")
                    seen.add(was)
    for call, batch in subject.answers.items():
        for rejected in batch.rejected:
            if rejected.reason.partition(", not ")[0].endswith("must not be negative"):
                yield Problem(f"{call}, {rejected.row}", "a negative number costs the row.", "Make it None.")


def _level(item: Listing | OccupancyUpdate) -> OccupancyLevel:
    return item.occupancy.level if item.occupancy else OccupancyLevel.UNKNOWN


def _is_same(before: object, after: object) -> bool:
    """That an id stays with its facility is for another rule to say."""
    if isinstance(before, Listing) and isinstance(after, Listing):
        return before.name == after.name or before.location == after.location
    return True


def _became_placeholder(gone: Numbers, come: Numbers) -> Iterator[str]:
    """Fields of which a known number went and a placeholder came."""
    known = {name for name, was in gone if was not in PLACEHOLDERS}
    yield from dict.fromkeys(name for name, is_now in come if is_now in PLACEHOLDERS and name in known)


def _replaced(gone: Numbers, come: Numbers) -> Iterator[tuple[str, Number, Number]]:
    """Fields of which one number went and another came, and both. One that cannot be is for another rule to say."""
    for name, was in gone:
        yield from ((name, was, is_now) for other, is_now in come if other == name and is_now <= MOST_SPACES)


@rule(
    "hostile-rows",
    "Whatever an answer holds, a row is an item or rejected, or a fault of the SDK is raised: nothing else.",
)
def hostile_rows(subject: Subject) -> Iterator[Problem]:
    for wound in wounded(subject):
        raised = wound.result.raised
        if raised is not None and not isinstance(raised, NetworkFault):
            kind = type(raised).__name__
            yield Problem(wound.where, f"{kind} leaves the adapter.", "Read the rows by read_rows, each by itself.")


@rule("bad-row-alone", "A bad row is rejected with a reason, and the rows beside it stay.")
def bad_row_alone(subject: Subject) -> Iterator[Problem]:
    for wound in wounded(subject):
        patient, batch, healthy = wound.patient, wound.result.batch, wound.patient.healthy.batch
        if wound.kind is Kind.UNREADABLE or healthy is None or patient.rows is None or wound.beside:
            continue
        if fault := fault_of(wound.result):
            yield Problem(wound.where, f"{type(fault).__name__} loses every row.", "Reject that row alone.")
        elif batch is not None and patient.makes_items:
            if len(_by_id(batch)) < len(_by_id(healthy)) - 1:
                yield Problem(wound.where, "rows beside it are lost.", "Reject that row alone.")
            elif batch.complete and not _is_gone(wound) and _rows(batch) < _rows(healthy):
                yield Problem(
                    wound.where, "the row is gone without a word.", "Reject it by a reason: raise RowRejected."
                )
            elif any(not rejected.reason.strip() for rejected in batch.rejected):
                yield Problem(wound.where, "it is rejected without a reason.", "Say why, in a few words.")


def _is_gone(wound: Wounded) -> bool:
    return wound.whole_row and wound.kind is Kind.MISSING


def _by_id(batch: Answer) -> tuple[Listing | OccupancyUpdate, ...]:
    """Each id once: that they are unique is for another rule to say."""
    return tuple({item.local_id: item for item in batch.items}.values())


def _rows(batch: Answer) -> int:
    return len(_by_id(batch)) + len(batch.rejected)


@rule("own-words", "Reasons and faults are in our own words: they quote nothing of the network's text.")
def own_words(subject: Subject) -> Iterator[Problem]:
    for wound in wounded(subject):
        if wound.kind is Kind.CANARY and any(CANARY in words for words in _words(wound.result)):
            yield Problem(wound.where, "the reason quotes it.", "Say what was expected instead of what came.")
    for where, result in _marked(subject):
        if any(CANARY in words for words in _words(result)):
            yield Problem(where, "the reason quotes another text of the row.", "Say what was expected, and no more.")
    for call in subject.answered:
        answer = Response(200, {}, OTHER_OBJECT)
        result = subject.ask(call, lambda _number, _request, answer=answer: answer)  # type: ignore[misc]
        if any(SAID in words for words in _words(result)):
            yield Problem(call.name, "the fault quotes what came.", "Say what was expected instead.")


def _marked(subject: Subject) -> Iterator[tuple[str, Result]]:
    """Rows whose texts are all the network's own words, as far as that harms nothing; and one place that is wrong."""
    for patient in patients(subject):
        marked = patient.document
        for wound in wounded(subject):
            is_text = wound.patient is patient and isinstance(patient.document.at(wound.path), str)
            if is_text and wound.kind is Kind.CANARY and _is_well(wound):
                marked = marked.put(wound.path, CANARY)
        if marked is patient.document:
            continue
        for path in dict.fromkeys(wound.path for wound in wounded(subject) if wound.patient is patient):
            if type(marked.at(path)) in (int, float):
                for wrong in (-1000, 0.5):
                    where = f"{patient.call.name}, {marked.name(path)} as {wrong}"
                    yield where, patient.answered(subject, marked.put(path, wrong))


def _is_well(wound: Wounded) -> bool:
    batch, healthy = wound.result.batch, wound.patient.healthy.batch
    return batch is not None and healthy is not None and len(batch.items) == len(healthy.items) and not batch.rejected


def _words(result: Result) -> Iterable[str]:
    fault = fault_of(result)
    reasons = [rejected.reason for rejected in result.batch.rejected] if result.batch is not None else []
    return [*reasons, str(fault)] if fault else reasons


@rule("texts", "Texts are bounded, not empty, and hold no control characters; a url is http or https.")
def texts(subject: Subject) -> Iterator[Problem]:
    kinds = (Kind.LONG, Kind.JUNK, Kind.BLANK, Kind.MISSING, Kind.CANARY)
    for name, answer in subject.answers.items():
        if problem := _unclean(answer.items):
            yield Problem(name, *problem)
    for wound in wounded(subject):
        if wound.kind in kinds and (problem := _unclean(wound.changed)):
            yield Problem(wound.where, *problem)


def _unclean(items: Iterable[object]) -> tuple[str, str] | None:
    for item in items:
        for name, text in texts_of(item):
            if not text.strip():
                return f"{name} is empty.", "Make it None."
            if name.rpartition(".")[2] == "url" and not text.startswith(("https://", "http://")):
                return f"{name} is no address of the web.", "Make it None, or complete it."
            if len(text) > LONGEST_TEXT:
                return f"{name} has {len(text):,} characters.", "Reject the row, or cut the text."
            if any((unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n") or sign in TURNS for sign in text):
                return f"{name} holds control characters.", "Reject the row, or make them blanks."
    return None
