"""The contract of docs/gates.md as gates, owners and drivers speak it."""

import base64
import hmac
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from parkgraph.gates.plates import normalised
from tests.gates.lines import (
    ACKNOWLEDGE,
    ALLOW_LIST,
    DRIVER,
    HOUR,
    OPERATOR,
    OWNER,
    RECORD,
    REQUEST,
    STRANGER,
    Line,
    Site,
    utc_now,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

GATES = "query ($yard: ID) { gates(yardId: $yard) { id name direction site yardId backlog barriers { lane state } } }"


async def refusal(line: Line, query: str, **variables: Any) -> dict[str, Any]:
    answer = await line.post(query, **variables)
    (error,) = answer["errors"]
    return {**error["extensions"], "message": error["message"]}


async def test_a_plate_with_a_right_opens(site: Site) -> None:
    await site.grant("S-AB 123")
    decision = await site.line.request("SAB123")
    assert (decision["decision"], decision["reason"], decision["matchKind"]) == ("OPEN", "EXACT_RIGHT", "EXACT")
    assert 0 < decision["barrierCommand"]["ttlMs"] <= 5000
    assert decision["sessionId"]
    assert not decision["duplicate"]


async def test_the_same_again_is_the_same_answer(site: Site) -> None:
    await site.grant("S-AB 123")
    read = site.line.read("SAB123")
    first, again = await site.line.send(read), await site.line.send(read)
    assert again["duplicate"]
    command = again["barrierCommand"]
    assert command["commandId"] == first["barrierCommand"]["commandId"]
    assert command["validUntil"] == first["barrierCommand"]["validUntil"]
    assert command["ttlMs"] <= first["barrierCommand"]["ttlMs"]
    assert {**again, "barrierCommand": 0, "serverTime": 0, "duplicate": 0} == {
        **first,
        "barrierCommand": 0,
        "serverTime": 0,
        "duplicate": 0,
    }


async def test_another_body_is_a_conflict_which_is_not_sent_again(site: Site) -> None:
    read = site.line.read("SAB123")
    await site.line.send(read)
    refused = await refusal(site.line, REQUEST, input={**read, "plate": "KAXY99"})
    assert (refused["code"], refused["retryable"]) == ("CONFLICT", False)


async def test_a_gates_key_is_for_its_gate_alone(site: Site) -> None:
    other = await site.gate()
    await site.grant("S-AB 123")
    read = {**site.line.read("SAB123"), "gateId": other.id}
    assert (await refusal(site.line, REQUEST, input=read))["code"] == "FORBIDDEN"
    assert (await refusal(site.line, ALLOW_LIST, gateId=other.id))["code"] == "FORBIDDEN"
    assert (await refusal(site.line, RECORD, gateId=other.id, bootId="b", events=[]))["code"] == "FORBIDDEN"
    ack = {"gateId": other.id, "commandId": str(uuid4()), "state": "SENT", "observedAt": utc_now().isoformat()}
    assert (await refusal(site.line, ACKNOWLEDGE, input=ack))["code"] == "FORBIDDEN"
    assert "viewer" in (await site.line.post("{ viewer { roles } }"))["data"]
    assert (await refusal(site.line, GATES))["code"] == "FORBIDDEN"


async def test_nobody_but_a_gate_asks_for_passage(site: Site) -> None:
    read = site.line.read("SAB123")
    for who in (OWNER, DRIVER, OPERATOR):
        assert (await site.api.refusal(who, REQUEST, input=read)).startswith("FORBIDDEN")
    assert (await site.api.refusal(None, REQUEST, input=read)).startswith("UNAUTHENTICATED")


async def test_in_a_batch_each_event_is_answered_for_itself(site: Site) -> None:
    line = site.line
    good, foreign, other_boot = line.read("KAXY99"), line.read("KAXY99"), line.read("KAXY99")
    beat = {
        "eventId": str(uuid4()),
        "gateId": line.id,
        "bootId": line.boot,
        "sequence": str(next(line.sequences)),
        "observedAt": utc_now().isoformat(),
        "clockSynced": True,
        "backlog": 3,
        "deadLetters": 0,
    }
    payload = await line.record(
        good,
        {**foreign, "gateId": (await site.gate()).id},
        {**other_boot, "bootId": "another"},
        {**line.read("KAXY99"), "confidence": 7.0},
        {**line.read("KAXY99"), "eventId": "no uuid"},
        {**good, "plate": "KAXY98"},
        good,
        {"heartbeat": beat},
    )
    assert [(each["status"], each["code"]) for each in payload["results"]] == [
        ("ACCEPTED", None),
        ("REJECTED", "FORBIDDEN"),
        ("REJECTED", "BAD_USER_INPUT"),
        ("REJECTED", "BAD_USER_INPUT"),
        ("REJECTED", "BAD_USER_INPUT"),
        ("CONFLICT", None),
        ("DUPLICATE", None),
        ("ACCEPTED", None),
    ]
    assert (payload["ackedThrough"], payload["missing"]) == ("2", [{"first": "3", "last": "3"}])


async def test_a_batch_of_a_hundred_with_all_their_guesses_fits(site: Site) -> None:
    guesses = [{"plate": f"KAXY9{n}", "confidence": 0.5} for n in range(10)]
    events = [site.line.past(f"KAXY{n}", utc_now() - HOUR, candidates=guesses) for n in range(100)]
    payload = await site.line.record(*events)
    assert {each["status"] for each in payload["results"]} == {"ACCEPTED"}
    assert payload["ackedThrough"] == "100"
    events.append(site.line.read(None))
    answer = await refusal(
        site.line, RECORD, gateId=site.line.id, bootId=site.line.boot, events=[{"plateRead": e} for e in events]
    )
    assert answer["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("event", [{}, {"plateRead": None}, {"plateRead": {}, "heartbeat": {}}])
async def test_a_batch_with_what_is_no_event_is_refused_as_a_whole(site: Site, event: dict[str, Any]) -> None:
    answer = await site.line.post(RECORD, gateId=site.line.id, bootId="b", events=[event])
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"BAD_USER_INPUT"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"plate": 4711000815},
        {"plate": ["SECRET4711"]},
        {"plate": "SECRET4711", "direction": "SECRET4711"},
        {"candidates": ["SECRET4711"]},
        {"plate": "SECRET4711", "observedAt": "SECRET4711"},
        {"plate": "SECRET4711", "unknown": "SECRET4711"},
        {"plate": "SECRET4711", "sequence": "-1"},
        {"plate": "SECRET4711", "clockOffsetMs": 2**31 - 1, "candidates": [{"plate": "SECRET4711"}] * 11},
    ],
)
async def test_a_refusal_repeats_no_plate(site: Site, wrong: dict[str, Any]) -> None:
    answer = await refusal(site.line, REQUEST, input={**site.line.read(None), **wrong})
    assert answer["code"] == "BAD_USER_INPUT"
    assert not any(word in answer["message"] for word in ("4711", "SECRET")), answer["message"]


async def test_what_became_of_a_command_is_kept(site: Site) -> None:
    await site.grant("S-AB 123")
    command = (await site.line.request("SAB123"))["barrierCommand"]["commandId"]
    ack = {"gateId": site.line.id, "commandId": command, "state": "RELAY_ACKED", "observedAt": utc_now().isoformat()}
    payload = await site.line.ask(ACKNOWLEDGE, input=ack)
    assert (payload["commandId"], payload["state"], payload["known"]) == (command, "RELAY_ACKED", True)
    unknown = await site.line.ask(ACKNOWLEDGE, input={**ack, "commandId": str(uuid4())})
    assert (unknown["state"], unknown["known"]) == (None, False)


# The allow-list.


async def allow_list(line: Line, since: int | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """As it came, and its payload, whose signature is good."""
    signed = await line.ask(ALLOW_LIST, gateId=line.id, sinceVersion=since)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed["publicKey"]))
    public.verify(base64.b64decode(signed["signature"]), signed["payload"].encode())
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signed["signature"]), signed["payload"].replace("1", "2").encode())
    return signed, orjson.loads(signed["payload"])


def mac(payload: dict[str, Any], plate: str) -> str:
    text = normalised(plate)
    assert text
    return hmac.new(base64.b64decode(payload["plateKey"]), text.encode(), sha256).hexdigest()


async def test_the_allow_list_has_who_may_pass_and_no_plate(site: Site) -> None:
    await site.grant("S-AB 123", -1, 2)
    await site.grant("S-ZZ 9", 30, 40)
    await site.grant("KA-XY 99", -1, 2)
    await site.grant("KA-XY 99", -1, 2, kind="BLOCK")
    signed, payload = await allow_list(site.line)
    (entry,) = payload["entries"]
    assert entry["mac"] == mac(payload, "S-AB 123")
    ((begins, ends),) = entry["windows"]
    now = utc_now().timestamp()
    assert begins < now < ends
    assert entry["directions"] == ["ENTRY", "EXIT"]
    assert payload["kind"] == "parkgraph.gate-allow-list/1"
    assert payload["gateId"] == site.line.id
    assert payload["expiresAt"] - payload["issuedAt"] == 24 * 3600
    assert payload["version"] == signed["version"]
    canonical = orjson.dumps(payload["entries"], option=orjson.OPT_SORT_KEYS)
    assert payload["entriesSha256"] == sha256(canonical).hexdigest()
    assert orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode() == signed["payload"]
    assert signed["keyId"] == sha256(base64.b64decode(signed["publicKey"])).hexdigest()[:16]
    assert not any(plate in signed["payload"].replace("-", "") for plate in ("SAB123", "SZZ9", "KAXY99"))


async def test_its_version_grows_with_every_change_and_what_is_known_is_left_out(site: Site) -> None:
    first, _ = await allow_list(site.line)
    right = await site.grant("S-AB 123")
    signed, payload = await allow_list(site.line, first["version"])
    assert signed["version"] > first["version"]
    assert len(payload["entries"]) == 1
    same, known = await allow_list(site.line, signed["version"])
    assert known["entries"] is None
    assert known["entriesSha256"] == payload["entriesSha256"]
    assert same["version"] == signed["version"]
    await site.line.request("SAB123")
    await site.revoke(right)
    later, inside = await allow_list(site.line, signed["version"])
    assert later["version"] > signed["version"]
    assert [each["directions"] for each in inside["entries"]] == [["EXIT"]]


async def test_each_gate_has_a_key_for_plates_of_its_own(site: Site) -> None:
    await site.grant("S-AB 123")
    _, here = await allow_list(site.line)
    _, there = await allow_list(await site.gate())
    assert here["plateKey"] != there["plateKey"]
    assert here["entries"] != there["entries"]


# Owners.


async def test_a_gate_is_its_owners(site: Site) -> None:
    (mine,) = await site.api.ask(OWNER, GATES, yard=site.yard)
    assert (mine["id"], mine["name"], mine["yardId"]) == (site.line.id, "North", site.yard)
    assert await site.api.ask(OPERATOR, GATES, yard=site.yard) == [mine]
    assert await site.api.ask(STRANGER, GATES, yard=site.yard) == []
    for query in ("gatePassages", "gateSessions"):
        page = f"query ($gate: ID!) {{ {query}(gateId: $gate) {{ nodes {{ id }} }} }}"
        assert await site.api.ask(STRANGER, page, gate=site.line.id) is None
    for mutation in ("removeGate", "revokeGateKeys"):
        change = f"mutation ($gate: ID!) {{ {mutation}(gateId: $gate) {{ id }} }}"
        assert await site.api.ask(STRANGER, change, gate=site.line.id) is None
    registered = await site.api.ask(
        STRANGER,
        'mutation ($yard: ID!) { registerGate(name: "x", at: { yardId: $yard }) { __typename } }',
        yard=site.yard,
    )
    assert registered["__typename"] == "GateRefused"


async def test_a_partner_has_gates_without_a_yard(site: Site) -> None:
    mutation = """
    mutation { registerGate(name: "Ramp", direction: EXIT,
      at: { site: { name: "Garage", timezone: "Europe/Berlin", country: "DE" } }) {
      ... on GateRegistered { key allowListKey gate { id site yardId } } } }
    """
    made = await site.api.ask(STRANGER, mutation)
    assert (made["gate"]["site"], made["gate"]["yardId"]) == ("Garage", None)
    beside = """
    mutation ($gate: ID!) { registerGate(name: "Out", at: { besideGateId: $gate }) {
      ... on GateRegistered { key gate { id site } } } }
    """
    out = await site.api.ask(STRANGER, beside, gate=made["gate"]["id"])
    assert out["gate"]["site"] == "Garage"
    line = Line(site.api, made["gate"]["id"], made["key"])
    garage = Site(site.api, "", line)
    grant = """
    mutation ($gate: ID!, $a: DateTime!, $b: DateTime!) {
      grantGateRight(gateId: $gate, plate: "S-PA 1", begins: $a, ends: $b) { __typename } }
    """
    span = {"a": (utc_now() - HOUR).isoformat(), "b": (utc_now() + HOUR).isoformat()}
    assert await site.api.ask(STRANGER, grant, gate=line.id, **span) == {"__typename": "GateRight"}
    assert (await garage.line.request("SPA1", "ENTRY"))["decision"] == "OPEN"
    assert (await site.line.request("SPA1"))["decision"] != "OPEN"


async def test_a_key_is_replaced_without_a_break_and_a_removed_gate_has_none(site: Site) -> None:
    line = site.line
    rotate = """
    mutation ($gate: ID!) { rotateGateKey(gateId: $gate) { ... on GateKeyCreated { key } ... on GateRefused { text } } }
    """
    new = Line(site.api, line.id, (await site.api.ask(OWNER, rotate, gate=line.id))["key"])
    assert (await line.request(None))["decision"] == (await new.request(None))["decision"] == "ASSIST"
    assert "text" in await site.api.ask(OWNER, rotate, gate=line.id)
    older = "mutation ($gate: ID!) { revokeGateKeys(gateId: $gate) { id } }"
    await site.api.ask(OWNER, older, gate=line.id)
    assert (await _status(line), await _status(new)) == (401, 200)
    await site.api.ask(OWNER, "mutation ($gate: ID!) { removeGate(gateId: $gate) { removedAt } }", gate=line.id)
    assert await _status(new) == 401


async def _status(line: Line) -> int:
    body = {"query": "{ __typename }"}
    return (await line.api.http.post("/graphql", json=body, headers=line.headers)).status_code


async def test_owners_see_passages_and_drivers_their_sessions(site: Site) -> None:
    await site.book("S-DR 1")
    assert (await site.line.request("SDR1"))["decision"] == "OPEN"
    await site.line.request("KAXY99")
    query = """
    query ($gate: ID!, $after: String) { gatePassages(gateId: $gate, first: 1, after: $after) {
      nodes { plate decision reason crossed } pageInfo { hasNextPage endCursor } } }
    """
    last = await site.api.ask(OWNER, query, gate=site.line.id)
    assert last["nodes"] == [{"plate": "KAXY99", "decision": "ASSIST", "reason": "NO_RIGHT", "crossed": False}]
    assert last["pageInfo"]["hasNextPage"]
    first = await site.api.ask(OWNER, query, gate=site.line.id, after=last["pageInfo"]["endCursor"])
    assert first["nodes"] == [{"plate": "SDR1", "decision": "OPEN", "reason": "EXACT_RIGHT", "crossed": True}]
    mine = "{ viewer { sessions { nodes { id status right plate } } } }"
    (session,) = (await site.api.ask(DRIVER, mine))["sessions"]["nodes"]
    assert (session["status"], session["right"], session["plate"]) == ("OPEN", "BOOKING", "SDR1")
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert await site.api.ask(DRIVER, node, id=session["id"]) == {"id": session["id"]}
    assert await site.api.ask(OWNER, node, id=session["id"]) == {"id": session["id"]}
    assert await site.api.ask(STRANGER, node, id=session["id"]) is None
    assert (await site.api.ask(STRANGER, mine))["sessions"]["nodes"] == []


RESOLVE = """
mutation ($case: ID!, $resolution: AssistResolution!, $note: String!, $plate: String) {
  resolveAssistCase(caseId: $case, resolution: $resolution, note: $note, plate: $plate) {
    ... on AssistCase { resolution note } ... on GateRefused { text } } }
"""


async def test_a_person_lets_in_whom_the_gate_did_not_and_says_why(site: Site) -> None:
    await site.line.request("KAXY99")
    (case,) = [each for each in await site.cases() if each["passage"] and each["passage"]["plate"] == "KAXY99"]
    assert (case["kind"], case["reason"]) == ("PASSAGE", "NO_RIGHT")
    answer = {"case": case["id"], "resolution": "LET_IN", "note": "The plumber."}
    assert "text" in await site.api.ask(STRANGER, RESOLVE, **answer)
    resolved = await site.api.ask(OWNER, RESOLVE, **answer)
    assert resolved == {"resolution": "LET_IN", "note": "The plumber."}
    assert await site.api.ask(OWNER, RESOLVE, **{**answer, "note": "Again."}) == resolved
    assert [(each["plate"], each["status"]) for each in await site.sessions()] == [("KAXY99", "OPEN")]
    assert case["id"] not in [each["id"] for each in await site.cases()]
    leaving = await site.line.request("KAXY99", "EXIT")
    assert (leaving["decision"], leaving["reason"]) == ("ASSIST", "UNPAID")


async def test_a_vehicle_that_was_not_read_is_named_by_a_person(site: Site) -> None:
    read = await site.line.request(None)
    (case,) = [each for each in await site.cases() if each["passage"] and each["passage"]["plate"] is None][-1:]
    assert read["reason"] == case["reason"] == "UNREAD"
    answer = {"case": case["id"], "resolution": "LET_IN", "note": "Mud on the plate."}
    assert "text" in await site.api.ask(OWNER, RESOLVE, **answer)
    assert (await site.api.ask(OWNER, RESOLVE, **answer, plate="S-MU 1"))["resolution"] == "LET_IN"
    assert [each["plate"] for each in await site.sessions()] == ["SMU1"]


async def test_a_late_history_comes_to_one_session_over_the_api(site: Site) -> None:
    await site.grant("S-AB 123", -5, 5)
    entry = site.line.past("SAB123", utc_now() - 3 * HOUR)
    leave = site.line.past("SAB123", utc_now() - 2 * HOUR, "EXIT")
    await site.line.record(leave)
    await site.line.record(entry, leave)
    (session,) = await site.sessions()
    assert session["status"] == "CLOSED"
    assert session["total"] == {"amount": "0"}
