"""The samples hurt on purpose, place by place, and what an adapter makes of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.client import Response
from parkgraph.sdk.conformance.documents import Document, Format, Path, Tree, paths
from parkgraph.sdk.conformance.rule import NotApplicable
from parkgraph.sdk.conformance.stage import Request
from parkgraph.sdk.conformance.subject import OCCUPANCIES, Call, Result, Subject
from parkgraph.sdk.conformance.wounds import Kind, hurt
from parkgraph.sdk.contract import FeedAdapter

ROWS_KEPT: Final = 2
"""One that is hurt, and one beside it."""
PLACES_OF_A_SHAPE: Final = 2

Contents = Mapping[Request, bytes]


@dataclass(frozen=True, slots=True)
class Patient:
    """One document of one call, cut to a few rows. `rows`: where its rows are, None where it has none.

    `makes_items`: each row makes an item; else they are joined to others. `healthy`: the answer to it unhurt.
    `requests`: those that it answers. `others`: documents of the same call that are cut as well.
    """

    call: Call
    requests: tuple[Request, ...]
    document: Document
    rows: Path | None
    makes_items: bool
    healthy: Result
    others: Contents = field(default_factory=dict)

    def answered(self, subject: Subject, document: Document) -> Result:
        """The call, with this in its place."""
        return answered_with(subject, self.call, self.contents(document))

    def contents(self, document: Document) -> Contents:
        """What the call's requests are answered with, with this in its place."""
        return {**self.others, **dict.fromkeys(self.requests, document.dump())}


@dataclass(frozen=True, slots=True)
class Wounded:
    """What came of one wound. `whole_row`: the place is a row that makes an item. `beside`: it is outside of rows.

    `changed`: the items that are other than in the healthy answer.
    """

    patient: Patient
    path: Path
    where: str
    kind: Kind
    whole_row: bool
    beside: bool
    result: Result
    changed: tuple[Listing | OccupancyUpdate, ...]


def answered_with(subject: Subject, call: Call, contents: Contents) -> Result:
    """The call, with these bodies for some of its requests."""
    answers = {request: Response(200, {}, content) for request, content in contents.items()}
    return subject.ask(call, lambda _number, asked: answers.get(asked))


@lru_cache(maxsize=1)
def patients(subject: Subject) -> tuple[Patient, ...]:
    """A document of each kind that a call reads. Raises NotApplicable where no sample is JSON or XML."""
    found = tuple(patient for call in subject.answered for patient in _patients(subject, call))
    if not found:
        raise NotApplicable("no sample is JSON or XML")
    return found


@lru_cache(maxsize=1)
def wounded(subject: Subject) -> tuple[Wounded, ...]:
    """Every wound and what came of it. Several rules ask for it, one after the other."""
    return tuple(_wounded(subject))


def _patients(subject: Subject, call: Call) -> Iterator[Patient]:
    """Of one call. Each is examined among documents that are cut, too, where these still lead to it."""
    kinds: set[str] = set()
    cut: dict[Request, bytes] = {}
    asked = set(subject.baseline[call.name].asked)
    exchanges = subject.baseline[call.name].exchanges
    for exchange in exchanges:
        content = exchange.response.content
        document = Document.parse(content)
        if document is None or document.kind in kinds:
            continue
        kinds.add(document.kind)
        others = dict(cut) if exchange.request in asked else {}
        requests = tuple(other.request for other in exchanges if other.response.content == content)
        patient = _patient(subject, call, requests, document, others)
        if patient.rows is not None and patient.healthy.batch is not None:
            cut |= dict.fromkeys(requests, patient.document.dump())
            asked = set(patient.healthy.asked)
        yield patient


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
            depth = len(patient.rows or ())
            beside = patient.rows is not None and path[:depth] != patient.rows
            whole_row = patient.makes_items and not beside and len(path) == depth + 1
            for kind, how, hurt_document in hurt(document, path):
                if seen[shape] == 1 or kind in (Kind.MISSING, Kind.BLANK):
                    result = patient.answered(subject, hurt_document)
                    where = f"{patient.call.name}, {document.name(path)} {how}"
                    yield Wounded(patient, path, where, kind, whole_row, beside, result, _changed(patient, result))


def _changed(patient: Patient, result: Result) -> tuple[Listing | OccupancyUpdate, ...]:
    healthy = patient.healthy.batch
    known = {item.local_id: item for item in healthy.items} if healthy is not None else {}
    return tuple(item for item in result.batch.items if item != known.get(item.local_id)) if result.batch else ()


def _places(patient: Patient) -> Iterator[Path]:
    """The rows, all that is in them, and single values beside them; without rows, all that is in the document."""
    document, rows = patient.document, patient.rows
    if rows is None:
        yield from (path for path in paths(document.tree) if path)
        return
    for number, entry in enumerate(document.at(rows)):
        if document.is_row(rows, entry):
            yield from paths(entry, (*rows, number))
    around = document.put(rows, None) if rows else document
    for path in paths(around.tree) if rows else ():
        if path != rows and document.format is Format.JSON and not isinstance(around.at(path), (dict, list)):
            yield path


def _patient(
    subject: Subject, call: Call, requests: tuple[Request, ...], document: Document, others: Contents
) -> Patient:
    rows, makes_items = _rows_of(subject, call, requests, document)
    if rows is not None:
        document = document.with_rows(rows, _most_telling(document.rows(rows)))
    healthy = answered_with(subject, call, {**others, **dict.fromkeys(requests, document.dump())})
    return Patient(call, requests, document, rows, makes_items, healthy, others)


def _rows_of(
    subject: Subject, call: Call, requests: tuple[Request, ...], document: Document
) -> tuple[Path | None, bool]:
    """The largest list of which each entry makes an item; else the largest, where there are several items to join."""
    read = _rows_read(subject.baseline[call.name])
    lists = list(document.lists())
    for rows in lists:
        entries = document.rows(rows)
        # Live data need not name each facility; a list of facilities has to, be it by a rejected row.
        for fewer in (entries[:-1],) if call.name == OCCUPANCIES else (entries[:-1], entries[1:]):
            content = document.with_rows(rows, fewer).dump()
            if _rows_read(answered_with(subject, call, dict.fromkeys(requests, content))) == read - 1:
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
