"""The server is away: the allow-list decides, and the server learns of it later."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.gates.agent.gates import gate, settings, until
from tests.gates.agent.http import serving_app
from tests.gates.agent.relays import relay
from tests.gates.agent.standin import PUBLIC_KEY, StandIn, refusal, signed_list, stand_in

LISTED = "S PG 123"
PINNED = f'allow_list_key = "{PUBLIC_KEY}"'


def away(*fields: str) -> Any:
    """Answers these fields as a server whose database is dead."""

    def misbehave(name: str, _: Mapping[str, Any]) -> Response | None:
        return refusal("UNAVAILABLE", retryable=True) if name in fields else None

    return misbehave


async def test_a_listed_car_is_let_in_and_the_server_learns_of_it(tmp_path: Path) -> None:
    async with stand_in(tmp_path, LISTED) as server, relay() as boom:
        async with gate(settings(tmp_path, server.url, boom.url, server=PINNED, patience=500)) as it:
            await until(lambda: it.agent.standing.allow_list is not None)
            server.misbehave = away("requestPassage", "recordGateEvents")
            await it.see(LISTED, id="one")
            await it.see("XY 9", id="two")
            await until(lambda: len(it.decisions) == 2)
            await it.agent.live.drain()
            assert set(it.decisions) == {("edge", "OPEN", "EXACT_RIGHT"), ("edge", "ASSIST", "NO_RIGHT")}
            assert len(boom.pulses) == 1
            server.misbehave = None
            await until(lambda: len(server.reads) == 2, 40)
        decisions = {read["sourceEventId"]: read["edgeDecision"] for read in server.reads}
        assert [decisions[name]["decision"] for name in ("one", "two")] == ["OPEN", "ASSIST"]
        assert decisions["one"]["allowListVersion"] == 1
        assert server.acks == []


@pytest.mark.parametrize(
    "changed",
    [
        {"hours": 0},
        {"gateId": "gate-2"},
        {"signer": None},
    ],
    ids=["expired", "other gate", "forged"],
)
async def test_no_list_but_a_good_one_opens(tmp_path: Path, changed: dict[str, Any]) -> None:
    if "signer" in changed:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        changed = {"signer": Ed25519PrivateKey.generate()}

    def bad(name: str, _: Mapping[str, Any]) -> Response | None:
        if name == "gateAllowList":
            return JSONResponse({"data": {name: signed_list([LISTED], **changed)}})
        return away("requestPassage")(name, _)  # type: ignore[no-any-return]

    async with stand_in(tmp_path, LISTED) as server, relay() as boom:
        server.misbehave = bad
        async with gate(settings(tmp_path, server.url, boom.url, server=PINNED, patience=500)) as it:
            await until(lambda: "gateAllowList" in server.asked)
            await it.see(LISTED, id="one")
            await until(lambda: it.decisions == [("edge", "ASSIST", "NO_RIGHT")])
            await it.agent.live.drain()
        assert boom.pulses == []


async def test_a_list_outlives_a_restart_and_an_older_one_is_not_believed_after_it(tmp_path: Path) -> None:
    async with stand_in(tmp_path, LISTED) as server, relay() as boom:
        server.version = 7
        async with gate(settings(tmp_path, server.url, boom.url, patience=500)) as it:
            await until(lambda: it.agent.standing.allow_list is not None)
        server.version, server.rights = 6, {"XY 9"}
        server.misbehave = away("requestPassage")
        async with gate(settings(tmp_path, server.url, boom.url, patience=500)) as it:
            await until(lambda: server.asked.count("gateAllowList") == 2)
            await it.see("XY 9", id="one")
            await it.see(LISTED, id="two")
            await until(lambda: len(it.decisions) == 2)
            await it.agent.live.drain()
            assert await it.metric('allow_lists_refused_total{reason="rolled_back"}')
        assert set(it.decisions) == {("edge", "ASSIST", "NO_RIGHT"), ("edge", "OPEN", "EXACT_RIGHT")}
        assert len(boom.pulses) == 1


async def test_a_key_that_is_refused_opens_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async with stand_in(tmp_path, LISTED) as server, relay() as boom:
        async with gate(settings(tmp_path, server.url, boom.url, patience=500)) as it:
            await until(lambda: it.agent.standing.allow_list is not None)
            server.misbehave = lambda _, __: refusal("UNAUTHENTICATED", retryable=False)
            await it.see(LISTED, id="one")
            await until(lambda: it.decisions == [("server", "ASSIST", "UNAUTHENTICATED")])
            await it.agent.live.drain()
            while (health := await it.http.get(f"{it.url}/healthz")).status_code == 200:
                pass
            assert health.json() == {"status": "failing", "reasons": ["server_refuses_key"]}
            assert await it.metric("dead_letters") == 0
            assert await it.metric("events_pending")
        server.misbehave = None
        async with gate(settings(tmp_path, server.url, boom.url, patience=500)) as it:
            await until(lambda: len(server.reads) == 1)
            assert (await it.http.get(f"{it.url}/healthz")).status_code == 200
        assert boom.pulses == []


async def test_no_pulse_is_given_again_after_a_restart(tmp_path: Path) -> None:
    import sqlite3

    async with stand_in(tmp_path, LISTED) as server, relay() as boom:
        configured = settings(tmp_path, server.url, boom.url, patience=500)
        async with gate(configured) as it:
            await it.see(LISTED, id="one")
            await until(lambda: len(boom.pulses) == 1)
            await it.agent.pulses.drain()
        # As it is when the power goes between the claim and the relay's answer.
        with sqlite3.connect(configured.data_dir / "gate.sqlite3") as store:
            store.execute("UPDATE commands SET state = 'SENT', acknowledged = NULL")
        store.close()
        async with gate(configured) as it:
            await until(lambda: server.acks[-1][1] == "TIMED_OUT")
        assert len(boom.pulses) == 1


async def test_a_server_that_is_not_there_at_all(tmp_path: Path) -> None:
    server = StandIn(tmp_path / "server.sqlite3", {LISTED})
    async with relay() as boom:
        async with serving_app(server.app) as url:
            configured = settings(tmp_path, f"{url}/graphql", boom.url, patience=500)
            async with gate(configured) as it:
                await until(lambda: it.agent.standing.allow_list is not None)
        async with gate(configured) as it:
            assert await it.see(LISTED, id="one") == 200
            await until(lambda: len(boom.pulses) == 1)
            await it.agent.live.drain()
            assert (await it.http.get(f"{it.url}/healthz")).status_code == 200
        assert it.decisions == [("edge", "OPEN", "EXACT_RIGHT")]
    server.connection.close()
