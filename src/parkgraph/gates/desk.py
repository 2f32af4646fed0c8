"""Cases are resolved: what a person saw and decided, with the reason kept."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parkgraph.db.statement import Statement
from parkgraph.gates.cases import AssistCaseKind, AssistResolution
from parkgraph.gates.decision import Decision, DecisionReason, Direction, Verdict
from parkgraph.gates.following import Following
from parkgraph.gates.office import GateOffice
from parkgraph.gates.passages import Passage
from parkgraph.gates.reading import Case, GateReader
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.turns import Turn, Turns, UnknownGate, available
from parkgraph.privacy.vault import Vault
from parkgraph.yards.service import Editor

RESOLVED: Final = Statement("""
UPDATE gate_cases SET resolved_at = :now, resolution = :resolution, resolved_by = :by, note = :note
WHERE uuid = :case AND resolved_at IS NULL
""")
PASSAGE: Final = Statement("""
SELECT ref, direction, decision, reason, occurred_at, plate, matched, suspect, live FROM gate_passages
WHERE uuid = :passage
""")
CROSSED: Final = Statement("""
UPDATE gate_passages SET crossed = true, direction = :direction, plate = :plate, plate_digest = :digest
WHERE uuid = :passage
""")
_WAYS: Final = {AssistResolution.LET_IN: Direction.ENTRY, AssistResolution.LET_OUT: Direction.EXIT}


@dataclass(frozen=True, slots=True)
class NotAPassage:
    """Only a vehicle at the line can be let in or out."""


@dataclass(frozen=True, slots=True)
class PlateNeeded:
    """Nobody knows who it was: its plate has to be said."""


class GateDesk:
    """Raises GatesUnavailable."""

    def __init__(
        self,
        turns: Turns,
        office: GateOffice,
        reader: GateReader,
        rights: RightsReader,
        following: Following,
        vault: Vault,
    ) -> None:
        self._turns = turns
        self._office = office
        self._reader = reader
        self._rights = rights
        self._following = following
        self._vault = vault

    async def resolve(
        self, editor: Editor, case_id: UUID, resolution: AssistResolution, note: str, plate: str | None = None
    ) -> Case | NotAPassage | PlateNeeded | None:
        """The case, resolved now or before; None where the editor has no such case. `plate`: where it was not read."""
        case = await self._reader.case(case_id)
        if case is None or case.gate is None or await self._office.find(editor, case.gate) is None:
            return None
        if case.resolved_at is not None:
            return case
        if resolution in _WAYS and case.kind is not AssistCaseKind.PASSAGE:
            return NotAPassage()
        try:
            with available():
                async with self._turns.take(case.gate) as turn:
                    if resolution in _WAYS and not await self._cross(turn, case, _WAYS[resolution], plate):
                        return PlateNeeded()
                    values = {"case": case_id, "resolution": resolution, "by": editor.subject, "note": note}
                    await RESOLVED.rows(turn.connection, {**values, "now": turn.now})
                    await turn.commit()
        except UnknownGate:
            return None
        return await self._reader.case(case_id)

    async def _cross(self, turn: Turn, case: Case, way: Direction, plate: str | None) -> bool:
        """The vehicle crossed, and its session begins or ends; False where it is not known which one it was."""
        (row,) = await PASSAGE.rows(turn.connection, {"passage": case.subject})
        ref, _, decision, reason, at, sealed, matched, suspect, live = row
        plate = plate or (self._vault.open(sealed) if sealed else None)
        if plate is None:
            return False
        values = {"passage": case.subject, "direction": way, "plate": self._vault.seal(plate)}
        await CROSSED.rows(turn.connection, {**values, "digest": self._vault.digest(plate)})
        verdict = Verdict(Decision(decision), DecisionReason(reason), way)
        passage = Passage(case.subject, ref, way, verdict, at, plate, matched, True, suspect, live)
        rights = await self._rights.read(turn.connection, turn.gate.site, turn.version, turn.now)
        await self._following.follow(turn, [passage], {}, rights)
        return True
