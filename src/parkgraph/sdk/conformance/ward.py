"""The samples hurt on purpose, place by place, and what an adapter makes of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parkgraph.sdk.client import Response
from parkgraph.sdk.conformance.documents import Document, Path, Tree, paths
from parkgraph.sdk.conformance.rule import NotApplicable
from parkgraph.sdk.conformance.stage import Request
from parkgraph.sdk.conformance.subject import Call, Result, Subject
from parkgraph.sdk.conformance.wounds import Kind, hurt
from parkgraph.sdk.contract import FeedAdapter

ROWS_KEPT: Final = 3
PLACES_OF_A_SHAPE: Final = 2


@dataclass(frozen=True, slots=True)
class Patient:
    """One document of one call, cut to a few rows. `rows`: where its rows are, None where it has none.

    `makes_items`: each row makes an item; else they are joined to others. `healthy`: the answer to it unhurt.
    """

    call: Call
    request: Request
    document: Document
    rows: Path | None
    makes_items: bool
    healthy: Result


@dataclass(frozen=True, slots=True)
class Wounded:
    """What came of one wound. `whole_row`: the place is a row that makes an item."""

    patient: Patient
    where: str
    kind: Kind
    whole_row: bool
    result: Result


def answered_with(subject: Subject, call: Call, request: Request, content: bytes) -> Result:
    """The call, with this body for one of its requests."""
    answer = Response(200, {}, content)
    return subject.ask(call, lambda _number, asked: answer if asked == request else None)


@lru_cache(maxsize=1)
def patients(subject: Subject) -> tuple[Patient, ...]:
    """A document of each kind that a call reads. Raises NotApplicable where no sample is JSON or XML."""
    found: dict[tuple[str, str], Patient] = {}
    for call in subject.answered:
        for exchange in subject.baseline[call.name].exchanges:
            document = Document.parse(exchange.response.content)
            if document is not None and (call.name, document.kind) not in found:
                found[call.name, document.kind] = _patient(subject, call, exchange.request, document)
    if not found:
        raise NotApplicable("no sample is JSON or XML")
    return tuple(found.values())


@lru_cache(maxsize=1)
def wounded(subject: Subject) -> tuple[Wounded, ...]:
    """Every wound and what came of it. Several rules ask for it, one after the other."""
    return tuple(_wounded(subject))


def _wounded(subject: Subject) -> Iterator[Wounded]:
    """A few places of each shape, in documents of one kind: the first in every way, the others missing or blank."""
    seen: Counter[tuple[str, str, Path]] = Counter()
    is_feed = issubclass(subject.adapter_class, FeedAdapter)
    for patient in patients(subject):
        document = patient.document
        for path in _places(patient):
            # The calls of a search read the same rows; those of a feed need not.
            shape = (patient.call.name if is_feed else "", document.kind, document.shape(path))
            if document.is_structure(path) or seen[shape] == PLACES_OF_A_SHAPE:
                continue
            seen[shape] += 1
            whole_row = patient.makes_items and len(path) == len(patient.rows or ()) + 1
            for kind, how, content in hurt(document, path):
                if seen[shape] == 1 or kind in (Kind.MISSING, Kind.BLANK):
                    result = answered_with(subject, patient.call, patient.request, content.dump())
                    where = f"{patient.call.name}, {document.name(path)} {how}"
                    yield Wounded(patient, where, kind, whole_row, result)


def _places(patient: Patient) -> Iterator[Path]:
    """The rows and all that is in them; without rows, all that is in the document."""
    document, rows = patient.document, patient.rows
    if rows is None:
        yield from (path for path in paths(document.tree) if path)
        return
    for number, entry in enumerate(document.at(rows)):
        if document.is_row(rows, entry):
            yield from paths(entry, (*rows, number))


def _patient(subject: Subject, call: Call, request: Request, document: Document) -> Patient:
    rows, makes_items = _rows_of(subject, call, request, document)
    if rows is not None:
        document = document.with_rows(rows, _most_telling(document.rows(rows)))
    healthy = answered_with(subject, call, request, document.dump())
    return Patient(call, request, document, rows, makes_items, healthy)


def _rows_of(subject: Subject, call: Call, request: Request, document: Document) -> tuple[Path | None, bool]:
    """The largest list of which each entry makes an item; else the largest, where there are several items to join."""
    read = _rows_read(subject.baseline[call.name])
    lists = list(document.lists())
    for rows in lists:
        fewer = document.with_rows(rows, document.rows(rows)[:-1]).dump()
        if _rows_read(answered_with(subject, call, request, fewer)) == read - 1:
            return rows, True
    several = (rows for rows in lists if len(document.rows(rows)) > 1)
    return next(several, None) if read > 1 else None, False


def _most_telling(rows: list[Tree]) -> list[Tree]:
    """The rows with the most known values, so that few of them show every field."""
    return sorted(rows, key=lambda row: -sum(_at(row, path) not in (None, "") for path in paths(row)))[:ROWS_KEPT]


def _at(tree: Tree, path: Path) -> Tree:
    for step in path:
        tree = tree[step]
    return tree


def _rows_read(result: Result) -> int:
    """Items and rejected rows; far below zero where there is no batch."""
    return len(result.batch.items) + len(result.batch.rejected) if result.batch is not None else -1_000_000
