"""Rules about reading the samples: that they can be read, and give the same answer whenever and however often."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from parkgraph.domain.place import Listing
from parkgraph.sdk.conformance.clock import frozen
from parkgraph.sdk.conformance.refused import by_domain, refused
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.subject import Answer, NotABatch, Subject
from parkgraph.sdk.conformance.ward import patients, wounded
from parkgraph.sdk.conformance.wounds import Kind
from parkgraph.sdk.faults import NetworkFault

READING: Final = timedelta(minutes=10)
"""Around the examination."""
LATER: Final = timedelta(days=1, hours=3, minutes=7)


@rule("samples", "The samples answer every call of the demo's settings, each with at least one item.")
def samples(subject: Subject) -> Iterator[Problem]:
    if not subject.adapter_class.demo:
        yield Problem("demo", "it is empty.", "Set the settings under which the adapter replays samples/.")
        return
    for name, result in subject.baseline.items():
        if result.raised is not None and not isinstance(result.raised, NotABatch) and not refused(str(result.raised)):
            what = f"it ends in {type(result.raised).__name__}: {result.raised}."
            is_fault = isinstance(result.raised, NetworkFault)
            yield Problem(name, what, "Lay the sample for it into samples/." if is_fault else "Mend the code there.")
        elif result.batch is not None and not result.batch.items and not any(by_domain(result.batch)):
            yield Problem(name, "no row of the sample is an item.", "Mend the sample, or what rejects its rows.")


@rule("ids", "Every item has an id that is its own and stays with it, wherever its row stands.")
def ids(subject: Subject) -> Iterator[Problem]:
    for call, batch in subject.answers.items():
        yield from (Problem(f"{call}, {row}", f"{reason}.", "Give it one.") for row, reason in by_domain(batch, "id"))
        found = [item.local_id for item in batch.items]
        if len(set(found)) < len(found):
            yield Problem(call, "two items have one id.", "Read the rows by read_rows, which rejects the second.")
    moved = [patient for patient in patients(subject) if patient.makes_items]
    if not moved:
        raise NotApplicable("no sample has rows that make items")
    for patient in moved:
        document, rows = patient.document, patient.rows or ()
        first = document.with_rows(rows, document.rows(rows)[:1])
        others = document.with_rows(rows, document.rows(rows)[1:])
        alone, without = (patient.answered(subject, part).batch for part in (first, others))
        if alone and without and {i.local_id for i in alone.items} & {i.local_id for i in without.items}:
            yield Problem(
                patient.call.name,
                "an id changes when other rows go.",
                "Take the network's own id, never a row's number.",
            )


@rule("repeatable", "The same answer of the network is read twice as the same.")
def repeatable(subject: Subject) -> Iterator[Problem]:
    for call in subject.answered:
        with frozen(subject.own_modules, datetime.now(UTC)):
            first, second = subject.ask(call).batch, subject.ask(call).batch
        if first != second:
            yield Problem(call.name, "two readings differ.", "Keep nothing between two calls, and iterate over no set.")


@rule("never-now", "What is read does not depend on the clock: where the network gives no time, there is none.")
def never_now(subject: Subject) -> Iterator[Problem]:
    now = datetime.now(UTC)
    for call in subject.answered:
        with frozen(subject.own_modules, now):
            first, second = subject.ask(call), subject.ask(call)
        with frozen(subject.own_modules, now + LATER):
            later = subject.ask(call)
        if first.batch == second.batch != later.batch:
            yield Problem(
                call.name, "the answer depends on when it is read.", "Leave as_of, observed_at and updated_at None."
            )
    for wound in wounded(subject):
        healthy = wound.patient.healthy.batch
        if wound.result.batch is not None and healthy is not None and wound.kind is not Kind.CANARY:
            before = set(_of_the_clock(healthy, now))
            for name in _of_the_clock(wound.result.batch, now):
                if name not in before:
                    yield Problem(wound.where, f"{name} becomes the time of reading.", "Leave it None.")


def _of_the_clock(batch: Answer, now: datetime) -> Iterator[str]:
    """The times of a batch that are those of its reading."""
    times = [("as_of", batch.as_of)]
    for item in batch.items:
        times.append(("observed_at", item.occupancy.observed_at if item.occupancy else None))
        times.append(("updated_at", item.updated_at if isinstance(item, Listing) else None))
    yield from (name for name, at in times if at and at.utcoffset() is not None and abs(at - now) < READING)
