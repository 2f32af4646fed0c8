"""A small honest server of the contract (docs/gates.md) for the agent's tests: SQLite, idempotent, and it signs lists.

`python -m tests.gates.agent.standin DATABASE PORT PLATE…` serves it as a process that can be killed.
"""

import base64
import hashlib
import hmac
import json
import sqlite3
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parkgraph.gates.plates import normalised
from tests.gates.agent.http import serving_app

GATE: Final = "gate-1"
KEY: Final = "pk_test_of_a_gate"
SIGNER: Final = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
PUBLIC_KEY: Final = base64.b64encode(SIGNER.public_key().public_bytes_raw()).decode()
PLATE_KEY: Final = b"p" * 32

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS events (
    event_id TEXT PRIMARY KEY, boot_id TEXT, sequence INTEGER, hash TEXT, body TEXT, answer TEXT, live INTEGER
);
CREATE TABLE IF NOT EXISTS acks (command_id TEXT, state TEXT, PRIMARY KEY (command_id, state));
"""

Misbehaviour = Callable[[str, Mapping[str, Any]], Response | None]


@dataclass
class StandIn:
    """`rights`: the plates that may pass. `misbehave` may answer a field's request before it is heard."""

    database: Path
    rights: set[str] = field(default_factory=set)
    ttl_ms: int = 5000
    version: int = 1
    misbehave: Misbehaviour | None = None
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = sqlite3.connect(self.database, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.executescript(_SCHEMA)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/graphql", self._graphql, methods=["POST"])])

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The events that it has, in the order in which they came."""
        return [json.loads(body) for (body,) in self.connection.execute("SELECT body FROM events ORDER BY rowid")]

    @property
    def reads(self) -> list[dict[str, Any]]:
        return [body for body in self.bodies if "readCount" in body]

    @property
    def acks(self) -> list[tuple[str, str]]:
        return self.connection.execute("SELECT command_id, state FROM acks ORDER BY rowid").fetchall()

    async def _graphql(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return refusal("UNAUTHENTICATED", retryable=False)
        asked = await request.json()
        fields: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "requestPassage": self._request,
            "recordGateEvents": self._record,
            "acknowledgeBarrierCommand": self._acknowledge,
            "gateAllowList": self._list,
        }
        name = next(name for name in fields if f"{name}(" in asked["query"])
        self.asked.append(name)
        if self.misbehave and (other := self.misbehave(name, asked["variables"])):
            return other
        answer = fields[name](asked["variables"])
        return answer if isinstance(answer, Response) else JSONResponse({"data": {name: answer}})

    def _request(self, variables: Mapping[str, Any]) -> Any:
        status, answer = self._keep(variables["input"], live=True)
        return refusal("CONFLICT", retryable=False) if status == "CONFLICT" else answer

    def _record(self, variables: Mapping[str, Any]) -> Any:
        assert len(variables["events"]) <= 100
        results = []
        for event in variables["events"]:
            ((_, body),) = event.items()
            assert body["bootId"] == variables["bootId"]
            status, _ = self._keep(body, live=False)
            results.append({"eventId": body["eventId"], "status": status, "code": None, "retryable": False})
        return {"results": results, "ackedThrough": "0", "missing": [], "serverTime": _now().isoformat()}

    def _acknowledge(self, variables: Mapping[str, Any]) -> Any:
        ack = variables["input"]
        self.connection.execute("INSERT OR IGNORE INTO acks VALUES (?, ?)", (ack["commandId"], ack["state"]))
        return {
            "commandId": ack["commandId"],
            "state": ack["state"],
            "known": True,
            "serverTime": _now().isoformat(),
        }

    def _list(self, _: Mapping[str, Any]) -> Any:
        return signed_list(self.rights, version=self.version)

    def _keep(self, body: Mapping[str, Any], *, live: bool) -> tuple[str, Any]:
        compared = {name: value for name, value in body.items() if name != "edgeDecision"}
        digest = hashlib.sha256(_canonical(compared).encode()).hexdigest()
        answer = self._decision(body, live=live)
        row = (body["eventId"], body["bootId"], int(body["sequence"]), digest, json.dumps(body), json.dumps(answer))
        is_new = self.connection.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, live))
        if is_new.rowcount == 1:
            return "ACCEPTED", answer
        known, first = self.connection.execute(
            "SELECT hash, answer FROM events WHERE event_id = ?", (body["eventId"],)
        ).fetchone()
        if known != digest:
            return "CONFLICT", None
        return "DUPLICATE", {**json.loads(first), "duplicate": True, "serverTime": _now().isoformat()}

    def _decision(self, body: Mapping[str, Any], *, live: bool) -> dict[str, Any]:
        may = normalised(body.get("plate")) in {normalised(plate) for plate in self.rights}
        command = {
            "commandId": str(uuid.uuid4()),
            "ttlMs": self.ttl_ms,
            "validUntil": (_now() + timedelta(milliseconds=self.ttl_ms)).isoformat(),
        }
        return {
            "eventId": body["eventId"],
            "passageId": body.get("passageRef"),
            "decision": "OPEN" if may else "ASSIST",
            "reason": "EXACT_RIGHT" if may else "NO_RIGHT",
            "matchKind": None,
            "sessionId": None,
            "serverTime": _now().isoformat(),
            "duplicate": False,
            "barrierCommand": command if may and live else None,
        }


def signed_list(
    plates: Iterable[str],
    *,
    version: int = 1,
    hours: float = 24,
    signer: Ed25519PrivateKey = SIGNER,
    directions: tuple[str, ...] = ("ENTRY", "EXIT"),
    issued: float | None = None,
    window: tuple[int, int] = (-3600, 365 * 86_400),
    **changed: Any,
) -> dict[str, Any]:
    """A SignedAllowList of these plates; the `changed` members of its payload are as given, and signed.

    `window`: when they may pass, in seconds from `issued`.
    """
    now = int(time.time() if issued is None else issued)
    entries = [
        {
            "directions": list(directions),
            "mac": hmac.digest(PLATE_KEY, (normalised(plate) or "").encode(), "sha256").hex(),
            "windows": [[now + window[0], now + window[1]]],
        }
        for plate in sorted(plates)
    ]
    payload = {
        "entries": entries,
        "entriesSha256": hashlib.sha256(_canonical(entries).encode()).hexdigest(),
        "expiresAt": now + int(hours * 3600),
        "gateId": GATE,
        "issuedAt": now,
        "kind": "parkgraph.gate-allow-list/1",
        "plateKey": base64.b64encode(PLATE_KEY).decode(),
        "version": version,
    }
    text = _canonical({**payload, **changed})
    public = signer.public_key().public_bytes_raw()
    return {
        "version": version,
        "payload": text,
        "signature": base64.b64encode(signer.sign(text.encode())).decode(),
        "keyId": hashlib.sha256(public).hexdigest()[:16],
        "publicKey": base64.b64encode(public).decode(),
        "expiresAt": datetime.fromtimestamp(now + hours * 3600, UTC).isoformat(),
    }


@asynccontextmanager
async def stand_in(folder: Path, *plates: str) -> AsyncIterator[StandIn]:
    server = StandIn(folder / "server.sqlite3", set(plates))
    async with serving_app(server.app) as url:
        server.url = f"{url}/graphql"
        yield server
    server.connection.close()


def refusal(code: str, *, retryable: bool) -> Response:
    """HTTP 200 with errors."""
    return JSONResponse(
        {"data": None, "errors": [{"message": "no", "extensions": {"code": code, "retryable": retryable}}]}
    )


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    database, port, *listed = sys.argv[1:]
    uvicorn.run(StandIn(Path(database), set(listed)).app, port=int(port), log_level="critical")
