"""A car at the line, from the camera to the barrier and the server."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from parkgraph.gates.agent import admission
from parkgraph.gates.agent.admission import MAX_OPEN
from parkgraph.gates.agent.settings import GateSettings
from tests.gates.agent.cameras.samples import isapi, lpv, multipart, smart_track
from tests.gates.agent.cameras.test_cameras import RECORDED, needs_recorded
from tests.gates.agent.gates import gate, settings, until
from tests.gates.agent.relays import Relay, relay
from tests.gates.agent.standin import StandIn, stand_in

LISTED = "S PG 123"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[StandIn]:
    async with stand_in(tmp_path, LISTED) as one:
        yield one


@pytest.fixture
async def boom() -> AsyncIterator[Relay]:
    async with relay() as one:
        yield one


@pytest.fixture
def configured(tmp_path: Path, server: StandIn, boom: Relay) -> GateSettings:
    return settings(tmp_path, server.url, boom.url)


def states(server: StandIn) -> list[str]:
    return [state for _, state in server.acks]


async def test_a_car_with_a_right_is_let_in_once(configured: GateSettings, server: StandIn, boom: Relay) -> None:
    async with gate(configured) as it:
        assert await it.see("S-PG 123", id="one", confidence=0.95) == 200
        await until(lambda: "POSITION_CONFIRMED" in states(server))
    assert boom.pulses == [{"id": 0, "on": True, "toggle_after": 1.0}]
    assert it.decisions == [("server", "OPEN", "EXACT_RIGHT")]
    (read,) = server.reads
    assert (read["plate"], read["sourceEventId"], read["direction"]) == ("S-PG 123", "one", "ENTRY")
    assert read["clockSynced"] is True


async def test_a_car_without_one_waits_for_a_person(configured: GateSettings, server: StandIn, boom: Relay) -> None:
    async with gate(configured) as it:
        await it.see("XY 9", id="one")
        await until(lambda: bool(it.decisions))
    assert (it.decisions, boom.pulses, server.acks) == ([("server", "ASSIST", "NO_RIGHT")], [], [])


async def test_a_message_that_comes_again_is_one_event(configured: GateSettings, server: StandIn, boom: Relay) -> None:
    body, kind = multipart(("application/xml", isapi("SPG123", at=datetime.now(UTC).isoformat())))
    async with gate(configured) as it:
        assert [await it.push("hikvision", body, kind) for _ in range(5)] == [200] * 5
        await until(lambda: len(boom.pulses) == 1 and len(server.reads) == 1)
        assert await it.metric('messages_total{camera="hikvision",outcome="repeated"}') == 4
    assert len({read["eventId"] for read in server.reads}) == 1


async def test_106_samples_of_one_car_are_one_passage_and_few_questions(
    configured: GateSettings, server: StandIn, boom: Relay
) -> None:
    samples = smart_track()
    async with gate(configured) as it:
        assert await it.push("unifi", json.dumps(samples[:96]).encode()) == 200
        await until(lambda: len(boom.pulses) == 1)
        for sample in samples[96:]:
            assert await it.push("unifi", json.dumps(sample).encode()) == 200
        assert await it.metric('looks_total{camera="unifi"}') == 106
        assert await it.metric('passages_total{camera="unifi"}') == 1
    assert len({read["passageRef"] for read in server.reads}) == 1
    assert len(boom.pulses) == 1


async def test_a_plate_that_changes_within_a_car_id_is_one_passage(configured: GateSettings, server: StandIn) -> None:
    now = datetime.now(UTC).timestamp()
    states = [("new", "AA7690EQ"), ("update", "AA7690EQ"), ("update", "AA7690EO"), ("lost", "AA7690EO")]
    async with gate(configured) as it:
        for index, (state, plate) in enumerate(states):
            sent = lpv(state, plate, capture_timestamp=str(round(now * 1000) + index * 100))
            assert await it.push("axis", json.dumps(sent).encode()) == 200
        await until(lambda: any(read["plate"] == "AA7690EO" for read in server.reads))
    assert len({read["passageRef"] for read in server.reads}) == 1
    assert server.reads[-1]["direction"] == "ENTRY"


@needs_recorded
async def test_the_recorded_events_are_one_passage_each(configured: GateSettings, server: StandIn) -> None:
    async with gate(configured) as it:
        assert await it.push("hikvision", (RECORDED / "hikvision-isapi-anpr.xml").read_bytes()) == 200
        assert await it.push("axis", (RECORDED / "axis-lpv-lost.json").read_bytes()) == 200
        await until(lambda: len(server.reads) == 2)
    found = {read["plate"]: read for read in server.reads}
    assert {plate: read["direction"] for plate, read in found.items()} == {"ZECT600": "EXIT", "ZLE11684": "ENTRY"}
    assert datetime.fromisoformat(found["ZECT600"]["capturedAt"]) == datetime(2024, 1, 19, 3, 17, 19, tzinfo=UTC)
    assert datetime.fromisoformat(found["ZLE11684"]["capturedAt"]) == datetime(
        2021, 6, 11, 10, 5, 38, 252000, tzinfo=UTC
    )
    assert not any(read["clockSynced"] for read in found.values())


async def test_wall_time_that_is_sold_as_utc_is_recognised(
    configured: GateSettings, server: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    async with gate(configured) as it:
        await it.see("XY 9", id="one", capturedAt=(datetime.now(UTC) + timedelta(hours=7)).isoformat())
        await until(lambda: bool(server.reads))
        offset = await it.metric('camera_clock_seconds{camera="plain"}')
    assert offset == pytest.approx(7 * 3600, abs=5)
    assert server.reads[0]["clockSynced"] is False
    assert "wall_time" in capsys.readouterr().out


async def test_a_late_open_makes_no_pulse(configured: GateSettings, server: StandIn, boom: Relay) -> None:
    server.ttl_ms = 1
    async with gate(configured) as it:
        await it.see(LISTED, id="one")
        await until(lambda: it.decisions == [("server", "OPEN", "EXACT_RIGHT")])
        await it.agent.live.drain()
        while await it.metric("events_pending"):
            pass
    assert (boom.pulses, server.acks) == ([], [])


@pytest.mark.parametrize("decision", ["OPEN_SESAME", "open", None, 1])
async def test_an_unknown_decision_opens_nothing(
    configured: GateSettings, server: StandIn, boom: Relay, decision: Any
) -> None:
    def odd(name: str, variables: Mapping[str, Any]) -> Response | None:
        if name != "requestPassage":
            return None
        command = {"commandId": "c", "ttlMs": 5000}
        said = {"decision": decision, "reason": "EXACT_RIGHT", "barrierCommand": command}
        return JSONResponse({"data": {name: said}})

    server.misbehave = odd
    async with gate(configured) as it:
        await it.see(LISTED, id="one")
        await until(lambda: it.decisions == [("server", "ASSIST", "EXACT_RIGHT")])
        await it.agent.live.drain()
    assert boom.pulses == []


async def test_a_command_has_one_pulse_however_often_it_comes(
    configured: GateSettings, server: StandIn, boom: Relay
) -> None:
    def same(name: str, variables: Mapping[str, Any]) -> Response | None:
        command = {"commandId": "the-same", "ttlMs": 5000}
        said = {"decision": "OPEN", "reason": "EXACT_RIGHT", "barrierCommand": command}
        return JSONResponse({"data": {name: said}}) if name == "requestPassage" else None

    server.misbehave = same
    async with gate(configured) as it:
        for index in range(3):
            await it.see(f"SPG 12{index}", id=str(index), confidence=0.9)
        await until(lambda: len(it.decisions) == 3)
        await it.agent.live.drain()
    async with gate(configured) as it:
        await it.see("XY 9", id="after the restart")
        await until(lambda: len(it.decisions) == 1)
        await it.agent.live.drain()
    assert len(boom.pulses) == 1


async def test_a_relay_that_does_not_answer_is_told_to_the_server(
    configured: GateSettings, server: StandIn, boom: Relay
) -> None:
    boom.status, boom.boom_moves = 500, False
    async with gate(configured) as it:
        await it.see(LISTED, id="one")
        await until(lambda: "TIMED_OUT" in states(server))
        await until(lambda: any(body.get("state") == "FAULT" for body in server.bodies))
    assert len(boom.pulses) == 1


async def test_a_relay_that_heard_is_no_boom_that_moved(configured: GateSettings, server: StandIn, boom: Relay) -> None:
    boom.boom_moves = False
    async with gate(configured) as it:
        await it.see(LISTED, id="one")
        await until(lambda: "RELAY_ACKED" in states(server))
        await until(lambda: "TIMED_OUT" in states(server))


async def test_a_lost_answer_is_asked_for_again_and_opens_once(
    configured: GateSettings, server: StandIn, boom: Relay
) -> None:
    lost = iter(["", "502", "half", "errors"])

    def lose(name: str, variables: Mapping[str, Any]) -> Response | None:
        if name != "requestPassage" or (how := next(lost, None)) is None:
            return None
        server._request(variables)
        match how:
            case "502":
                return Response("<html>", 502)
            case "errors":
                return JSONResponse({"data": {name: {"decision": "OPEN"}}, "errors": [{"message": "but"}]})
        return Response(b'{"data": {"requestPas')

    server.misbehave = lose
    async with gate(configured) as it:
        await it.see(LISTED, id="one")
        await until(lambda: "POSITION_CONFIRMED" in states(server))
    assert len(boom.pulses) == 1
    assert len(server.reads) == 1
    assert it.decisions == [("server", "OPEN", "EXACT_RIGHT")]


async def test_who_is_not_let_in_is_asked_about_again(tmp_path: Path, server: StandIn, boom: Relay) -> None:
    more = '[cameras.door]\ndevice = "plain"\nallow = ["127.0.0.1"]\nagain_seconds = 1'
    async with gate(settings(tmp_path, server.url, boom.url, more)) as it:
        await it.push("door", json.dumps({"plate": "XY 9", "track": "t", "direction": "ENTRY"}).encode())
        await until(lambda: len(it.decisions) == 1)
        server.rights.add("XY 9")
        while not boom.pulses:
            await it.push("door", json.dumps({"plate": "XY 9", "track": "t", "direction": "ENTRY"}).encode())
            await asyncio.sleep(0.1)
    assert len({read["passageRef"] for read in server.reads}) == 1


async def test_what_a_camera_kept_while_it_could_not_push_opens_nothing(
    configured: GateSettings, server: StandIn, boom: Relay
) -> None:
    def ago(seconds: float) -> str:
        return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()

    async with gate(configured) as it:
        await it.see("XY 9", id="usual", capturedAt=ago(0.2))
        await until(lambda: len(it.decisions) == 1)
    async with gate(configured) as it:
        await it.see(LISTED, id="kept", capturedAt=ago(300))
        await until(lambda: len(server.reads) == 2)
        assert await it.metric('late_looks_total{camera="plain"}') == 1
        assert (it.decisions, boom.pulses) == ([], [])
        await it.see(LISTED, id="now", capturedAt=ago(0.2))
        await until(lambda: len(boom.pulses) == 1)


async def test_a_camera_that_sees_a_hundred_cars_at_once_keeps_no_other_waiting(
    tmp_path: Path, server: StandIn, boom: Relay
) -> None:
    asked: set[str] = set()

    def busy(name: str, variables: Mapping[str, Any]) -> Response | None:
        if name != "requestPassage" or variables["input"]["plate"] == LISTED:
            return None
        asked.add(variables["input"]["eventId"])
        return JSONResponse({"errors": [{"message": "busy", "extensions": {"code": "UNAVAILABLE"}}]}, 503)

    server.misbehave = busy
    more = '[cameras.door]\ndevice = "plain"\nallow = ["127.0.0.1"]\nbarrier = "boom"'
    async with gate(settings(tmp_path, server.url, boom.url, more, barrier="boom")) as it:
        await until(lambda: it.agent.standing.server_heard)
        answers = await asyncio.gather(*(it.see(f"XY {n}", id=f"{n}") for n in range(100)))
        assert set(answers) == {200}
        assert await it.push("door", json.dumps({"plate": LISTED, "direction": "ENTRY"}).encode()) == 200
        await until(lambda: len(boom.pulses) == 1)
        assert await it.agent.store.run(admission.count_open) <= MAX_OPEN + 1
        server.misbehave = None
        await until(lambda: len(server.reads) == 101)
        turned_away = await it.metric('turned_away_total{camera="plain"}')
        assert turned_away == 100 - len(asked) > 0
