"""What an operator is warned of."""

from datetime import timedelta
from uuid import uuid4

from parkgraph.gates.events import Heartbeat
from parkgraph.metrics import Metrics
from tests.gates.stage import Line, at_noon
from tests.yards.reservations.stage import EDITOR


async def test_gates_are_silent_or_heard_and_cases_wait(own_line: Line) -> None:
    line = own_line
    at = line.now - timedelta(minutes=4)
    await line.record(Heartbeat(uuid4(), line.boot, next(line.sequences), at, True, 7, 2))
    await line.request("MZ-Z 1")
    await line.house.office.register(EDITOR, "South", line.gate.direction, line.gate)
    found = await line.house.figures.read()
    assert found.gates == {"HEARD": 1, "SILENT": 0, "NEVER": 1}
    assert (found.backlog, found.dead_letters) == (7, 2)
    at_noon(line, 1)
    found = await line.house.figures.read()
    assert found.gates == {"HEARD": 0, "SILENT": 1, "NEVER": 1}
    assert (found.oldest_cases["PASSAGE"], found.oldest_cases["UNPAID"]) == (3600, 0)


def test_only_the_process_that_leads_shows_them() -> None:
    metrics = Metrics("0")
    metrics.counted({"SILENT": 2}, {"PASSAGE": 60.0}, 7, 1)
    shown = metrics.exposition().decode()
    assert 'parkgraph_gates{state="SILENT"} 2.0' in shown
    assert 'parkgraph_gate_oldest_case_seconds{kind="PASSAGE"} 60.0' in shown
    assert 'parkgraph_gate_events_waiting{where="dead_letters"} 1.0' in shown
    metrics.not_counting()
    assert "parkgraph_gates{" not in metrics.exposition().decode()
