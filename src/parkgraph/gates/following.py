"""What follows from passages: sessions, what is owed for them, and what a person has to look at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from parkgraph.gates import cases
from parkgraph.gates.cases import AssistCaseKind, Finding
from parkgraph.gates.charges import collect
from parkgraph.gates.charging import PriceHold
from parkgraph.gates.decision import Direction
from parkgraph.gates.insiders import Insiders
from parkgraph.gates.news import Change, Topic, driver
from parkgraph.gates.passages import Passage
from parkgraph.gates.records import Before
from parkgraph.gates.rights import Rights
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.session import Session, SessionStatus
from parkgraph.gates.sessions import Sessions, Settled, Vehicle
from parkgraph.gates.turns import Turn
from parkgraph.privacy.vault import Vault
from parkgraph.yards.reservations.payments import Payments

_OF_PRICE: Final = (AssistCaseKind.PRICE_HELD, AssistCaseKind.LOST_EXIT)


class Following:
    def __init__(
        self, vault: Vault, rights: RightsReader, sessions: Sessions, insiders: Insiders, payments: Payments
    ) -> None:
        self._vault = vault
        self._rights = rights
        self._sessions = sessions
        self._insiders = insiders
        self._payments = payments

    async def follow(
        self, turn: Turn, passages: Sequence[Passage], before: Mapping[str, Before], rights: Rights
    ) -> Sequence[Session]:
        """The sessions that changed. `before`: what the passages were, by their refs, where they were there."""
        vehicles: dict[bytes, Vehicle] = {}
        for each in passages:
            if each.crossed and each.plate:
                _changed(vehicles, self._vault.digest(each.plate), each.plate, each.at)
        for was in before.values():
            if was.crossed and was.digest and (plate := self._rights.plate(was.sealed)):
                _changed(vehicles, bytes(was.digest), plate, was.at)
        turn.news.update(Change(Topic.PASSAGE, turn.gate.id.hex, each.id) for each in passages)
        turn.news.update(_of_drivers(passages, rights))
        return await self.settle(turn, vehicles, rights, list(_late(passages)))

    async def settle(
        self, turn: Turn, vehicles: Mapping[bytes, Vehicle], rights: Rights, found: Sequence[Finding] = ()
    ) -> Sequence[Session]:
        """The sessions of these vehicles, by their digests, that are others now. `found`: what else there is to see."""
        settled = await self._sessions.settle(turn.connection, turn.gate.site, vehicles, rights, turn.now)
        self._insiders.follow(turn, settled)
        sessions = [after for _, after in settled.changed]
        unpaid = await collect(turn.session, self._payments, turn.gate.site, sessions, turn.now)
        await cases.report(turn.connection, turn.gate, [*_found(settled), *found, *unpaid], turn.now)
        await cases.settle(turn.connection, _explained(settled, unpaid), turn.now)
        turn.news.update(Change(Topic.SESSION, turn.gate.site.id.hex, each.id) for each in sessions)
        mine = [each for each in sessions if each.principal]
        turn.news.update(Change(Topic.OWN_SESSION, driver(each.principal or ""), each.id) for each in mine)
        return sessions


def _of_drivers(passages: Iterable[Passage], rights: Rights) -> Iterable[Change]:
    """For those whose vehicles they are taken to be."""
    for each in passages:
        if each.matched and each.plate and (account := rights.account_at(each.plate, each.at)):
            yield Change(Topic.OWN_PASSAGE, driver(account), each.id)


def _changed(vehicles: dict[bytes, Vehicle], digest: bytes, plate: str, at: datetime) -> None:
    known = vehicles.get(digest)
    vehicles[digest] = Vehicle(plate, min(at, known.since) if known else at)


def waiting(passage: Passage) -> Finding:
    """A vehicle waits at the line, and the barrier does not open by itself."""
    return Finding(AssistCaseKind.PASSAGE, passage.id, passage.verdict.reason)


def _found(settled: Settled) -> Iterable[Finding]:
    for _, session in settled.changed:
        if session.status is SessionStatus.LOST_EXIT:
            yield Finding(AssistCaseKind.LOST_EXIT, session.id)
        elif session.hold:
            yield Finding(AssistCaseKind.PRICE_HELD, session.id, session.hold)
    for orphan in settled.orphans:
        yield Finding(AssistCaseKind.LOST_ENTRY, orphan.passage)


def _late(passages: Iterable[Passage]) -> Iterable[Finding]:
    """The gate opened by itself for whom no right is known."""
    for each in passages:
        if not each.live and each.crossed and not each.matched and each.direction is not Direction.EXIT:
            yield Finding(AssistCaseKind.OFFLINE_ENTRY, each.id, each.verdict.reason)


def _explained(settled: Settled, unpaid: Sequence[Finding]) -> Iterable[Finding]:
    yield from (Finding(AssistCaseKind.LOST_ENTRY, crossing.passage) for crossing in settled.paired)
    owing = {each.subject for each in unpaid}
    for before, after in settled.changed:
        if before is None:
            continue
        if before.status is SessionStatus.LOST_EXIT is not after.status:
            yield Finding(AssistCaseKind.LOST_EXIT, after.id)
        if before.hold and before.hold is not PriceHold.NO_EXIT and not after.hold:
            yield Finding(AssistCaseKind.PRICE_HELD, after.id)
        if before.status is not SessionStatus.OPEN and after.id not in owing:
            yield Finding(AssistCaseKind.UNPAID, after.id)
