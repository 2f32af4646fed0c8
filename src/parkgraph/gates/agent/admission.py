"""A message of a camera becomes looks, passages and events, in one transaction."""

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from parkgraph.gates.agent import outbox, passages
from parkgraph.gates.agent.clock import EdgeClock
from parkgraph.gates.agent.events import plate_read
from parkgraph.gates.agent.look import Direction, Heading, Look
from parkgraph.gates.agent.outbox import Event, Kind
from parkgraph.gates.agent.passages import Passage, Policy
from parkgraph.privacy.vault import Vault

MAX_OPEN: Final = 32
"""Passages of one camera: each message is compared with all of them."""

_FORM: Final = TypeAdapter(Passage)


@dataclass(frozen=True, slots=True)
class Line:
    """A camera's place at the gate, and what its view means there."""

    camera: str
    lane: str | None = None
    barrier: str | None = None
    direction: Direction | None = None
    towards: Direction = Direction.ENTRY
    away: Direction = Direction.EXIT
    towards_degrees: float | None = None
    policy: Policy = field(default_factory=Policy)

    def direction_of(self, look: Look) -> Direction:
        if self.direction is not None:
            return self.direction
        if look.direction is not None:
            return look.direction
        heading = look.heading
        if heading is None and look.degrees is not None and self.towards_degrees is not None:
            apart = abs((look.degrees - self.towards_degrees + 180) % 360 - 180)
            heading = Heading.TOWARDS if apart <= 60 else Heading.AWAY if apart >= 120 else None
        if heading is None:
            return Direction.UNKNOWN
        return self.towards if heading is Heading.TOWARDS else self.away


@dataclass(frozen=True, slots=True)
class Desk:
    """Who admits: the gate, this boot of its agent, and what seals what is kept."""

    gate_id: str
    boot_id: str
    vault: Vault


@dataclass(frozen=True, slots=True)
class Question:
    """An event that a car waits for."""

    event: Event
    passage: Passage
    line: Line


@dataclass(slots=True)
class Admitted:
    """What came of a message, or of time. `repeated`: looks that came before; `recorded`: events that nobody waits for.

    `waits`: a passage waits for another look, and is worth a question soon without one.
    """

    questions: list[Question] = field(default_factory=list)
    recorded: int = 0
    repeated: int = 0
    begun: int = 0
    waits: bool = False


def admit(
    connection: sqlite3.Connection, desk: Desk, line: Line, looks: Sequence[Look], clock: EdgeClock, now: datetime
) -> Admitted:
    """Take the looks of one message in.

    A message with an id of its own and no track is an event of its own; the samples of a track are summed up.
    """
    admitted = Admitted()
    touched: dict[str, Passage] = {}
    known = {each.ref: each for each in _kept(connection, desk.vault, line.camera)}
    for look in looks:
        if not _is_new(connection, line.camera, look, now):
            admitted.repeated += 1
            continue
        direction = line.direction_of(look)
        before = passages.open_of(known.values(), look, direction, line.camera, line.policy, now)
        if before is None:
            _make_room(connection, desk, line, known, clock, now, admitted)
            before = passages.begun(str(uuid.uuid4()), line.camera, look, now)
            admitted.begun += 1
        after = passages.seen(before, look, direction, now)
        if look.track is None:
            after = _told(connection, desk, line, after, clock, now, admitted, tell=True)
        else:
            touched[after.ref] = after
        known[after.ref] = after
        _keep(connection, desk.vault, after)
    for passage in touched.values():
        if passage.ref not in known:
            continue
        tell = passage.ended and passage.told < passage.looks
        _keep(connection, desk.vault, _told(connection, desk, line, passage, clock, now, admitted, tell=tell))
    return admitted


def look_after(
    connection: sqlite3.Connection, desk: Desk, line: Line, clock: EdgeClock, now: datetime, admitted: Admitted
) -> None:
    """What time alone brings: questions that waited for another look, and the end of passages."""
    for passage in list(_kept(connection, desk.vault, line.camera)):
        over = passages.is_over(passage, line.policy, now)
        tell = over and passage.told < passage.looks
        after = _told(connection, desk, line, passage, clock, now, admitted, tell=tell)
        if over:
            connection.execute("DELETE FROM passages WHERE ref = ?", (passage.ref,))
            continue
        if after is not passage:
            _keep(connection, desk.vault, after)
        admitted.waits = admitted.waits or passages.waits(after)


def let_through(connection: sqlite3.Connection, vault: Vault, passage_ref: str) -> None:
    """The barrier was opened for this passage: nothing is asked about it any more."""
    row = connection.execute("SELECT body FROM passages WHERE ref = ?", (passage_ref,)).fetchone()
    if row:
        _keep(connection, vault, replace(_read(vault, row[0]), opened=True))


def is_let_through(connection: sqlite3.Connection, vault: Vault, passage_ref: str) -> bool:
    row = connection.execute("SELECT body FROM passages WHERE ref = ?", (passage_ref,)).fetchone()
    return bool(row) and _read(vault, row[0]).opened


def count_open(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    return int(count)


def _make_room(
    connection: sqlite3.Connection,
    desk: Desk,
    line: Line,
    known: dict[str, Passage],
    clock: EdgeClock,
    now: datetime,
    admitted: Admitted,
) -> None:
    """For one more passage: of too many at once, the one that was seen longest ago is over."""
    while len(known) >= MAX_OPEN:
        oldest = replace(min(known.values(), key=lambda each: each.last_seen), ended=True)
        _told(connection, desk, line, oldest, clock, now, admitted, tell=oldest.told < oldest.looks)
        connection.execute("DELETE FROM passages WHERE ref = ?", (oldest.ref,))
        del known[oldest.ref]


def _told(
    connection: sqlite3.Connection,
    desk: Desk,
    line: Line,
    passage: Passage,
    clock: EdgeClock,
    now: datetime,
    admitted: Admitted,
    *,
    tell: bool,
) -> Passage:
    """The passage after an event about it, if it is worth a question or is to be told anyway."""
    asks = passages.wants_decision(passage, line.policy, now)
    if not asks and not tell:
        return passage
    event = outbox.add(
        connection,
        desk.vault,
        desk.boot_id,
        str(uuid.uuid4()),
        Kind.PLATE_READ,
        plate_read(passage, desk.gate_id, line.lane, clock),
        now.timestamp(),
        waits=asks,
    )
    if asks:
        after = passages.asked(passage, now)
        admitted.questions.append(Question(event, after, line))
        return after
    admitted.recorded += 1
    return replace(passage, told=passage.looks)


def _is_new(connection: sqlite3.Connection, camera: str, look: Look, now: datetime) -> bool:
    if look.source_event_id is None:
        return True
    row = (camera, look.source_event_id, now.timestamp())
    return connection.execute("INSERT OR IGNORE INTO sources VALUES (?, ?, ?)", row).rowcount == 1


def _kept(connection: sqlite3.Connection, vault: Vault, camera: str) -> Iterator[Passage]:
    for (body,) in connection.execute("SELECT body FROM passages WHERE camera = ?", (camera,)).fetchall():
        yield _read(vault, body)


def _keep(connection: sqlite3.Connection, vault: Vault, passage: Passage) -> None:
    body = vault.seal(_FORM.dump_json(passage).decode())
    connection.execute("INSERT OR REPLACE INTO passages VALUES (?, ?, ?)", (passage.ref, passage.camera, body))


def _read(vault: Vault, body: bytes) -> Passage:
    text = vault.open(body)
    if text is None:
        raise ValueError("a passage is sealed by another key than store.key")
    return _FORM.validate_json(text)
