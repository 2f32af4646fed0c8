"""A gate at a yard, asked as gates ask, over a served API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

from parkgraph.accounts.principal import Role
from tests.yards.serving import Api
from tests.yards.yards import INPUT

OWNER: Final = ("berta", Role.OWNER)
STRANGER: Final = ("carla", Role.OWNER)
DRIVER: Final = ("anna", Role.DRIVER)
OPERATOR: Final = ("olga", Role.OPERATOR)
HOUR: Final = timedelta(hours=1)

REQUEST: Final = """
mutation RequestPassage($input: PlateReadInput!) {
  requestPassage(input: $input) {
    eventId passageId decision reason matchKind sessionId serverTime duplicate
    barrierCommand { commandId ttlMs validUntil }
  }
}
"""
RECORD: Final = """
mutation RecordGateEvents($gateId: ID!, $bootId: ID!, $events: [GateEventInput!]!) {
  recordGateEvents(gateId: $gateId, bootId: $bootId, events: $events) {
    results { eventId status code retryable }
    ackedThrough missing { first last } serverTime
  }
}
"""
ACKNOWLEDGE: Final = """
mutation AcknowledgeBarrierCommand($input: BarrierAckInput!) {
  acknowledgeBarrierCommand(input: $input) { commandId state known serverTime }
}
"""
ALLOW_LIST: Final = """
query GateAllowList($gateId: ID!, $sinceVersion: Int) {
  gateAllowList(gateId: $gateId, sinceVersion: $sinceVersion) { version payload signature keyId publicKey expiresAt }
}
"""
_CREATE: Final = """
mutation ($key: String!, $input: YardInput!) { createYard(idempotencyKey: $key, input: $input) { id version } }
"""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Line:
    """A gate with its key. `boot`: its present one."""

    api: Api
    id: str
    key: str
    boot: str = field(default_factory=lambda: uuid4().hex)
    sequences: Any = field(default_factory=lambda: count(1))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def post(self, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        response = await self.api.http.post("/graphql", json=body, headers=self.headers)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, **variables: Any) -> Any:
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    def read(self, plate: str | None, direction: str = "ENTRY", **facts: Any) -> dict[str, Any]:
        """One that was made now."""
        now = utc_now().isoformat()
        return {
            "eventId": str(uuid4()),
            "gateId": self.id,
            "direction": direction,
            "passageRef": uuid4().hex,
            "plate": plate,
            "capturedAt": now,
            "observedAt": now,
            "bootId": self.boot,
            "sequence": str(next(self.sequences)),
            "clockSynced": True,
        } | facts

    async def request(self, plate: str | None, direction: str = "ENTRY", **facts: Any) -> dict[str, Any]:
        return await self.send(self.read(plate, direction, **facts))

    async def send(self, read: dict[str, Any]) -> dict[str, Any]:
        decision: dict[str, Any] = await self.ask(REQUEST, input=read)
        return decision

    async def record(self, *events: dict[str, Any]) -> dict[str, Any]:
        """Events as GateEventInput has them; a bare read is one."""
        sent = [event if len(event) == 1 else {"plateRead": event} for event in events]
        payload: dict[str, Any] = await self.ask(RECORD, gateId=self.id, bootId=self.boot, events=sent)
        return payload

    def past(self, plate: str | None, at: datetime, direction: str = "ENTRY", **facts: Any) -> dict[str, Any]:
        """A read of then, on which the gate opened by itself."""
        edge = {"decision": "OPEN", "reason": "EXACT_RIGHT", "decidedAt": at.isoformat()}
        when = {"capturedAt": at.isoformat(), "observedAt": at.isoformat(), "edgeDecision": edge}
        return self.read(plate, direction, **{**when, **facts})


@dataclass(slots=True)
class Site:
    """A published yard of OWNER's with one gate."""

    api: Api
    yard: str
    line: Line

    async def grant(self, plate: str, begins: float = -1, ends: float = 2, kind: str = "GRANT") -> str:
        """From so many hours from now to so many."""
        mutation = """
        mutation ($gate: ID!, $plate: String!, $begins: DateTime!, $ends: DateTime!, $kind: RightKind!) {
          grantGateRight(gateId: $gate, plate: $plate, begins: $begins, ends: $ends, kind: $kind) {
            ... on GateRight { id } } }
        """
        now = utc_now()
        span = {"begins": (now + begins * HOUR).isoformat(), "ends": (now + ends * HOUR).isoformat()}
        made = await self.api.ask(OWNER, mutation, gate=self.line.id, plate=plate, kind=kind, **span)
        right: str = made["id"]
        return right

    async def revoke(self, right: str) -> None:
        mutation = "mutation ($gate: ID!, $right: ID!) { revokeGateRight(gateId: $gate, rightId: $right) { id } }"
        assert await self.api.ask(OWNER, mutation, gate=self.line.id, right=right)

    async def book(self, plate: str, arrive: float = 0.02, leave: float = 2) -> str:
        """A driver's booking, from so many hours from now to so many."""
        now = utc_now()
        stay = {"arrive": (now + arrive * HOUR).isoformat(), "leave": (now + leave * HOUR).isoformat()}
        quote = await self.api.ask(
            DRIVER,
            "mutation ($yard: ID!, $stay: StayInput!) {"
            " quoteYard(yardId: $yard, stay: $stay) { ... on YardQuote { id } ... on YardRefused { text } } }",
            yard=self.yard,
            stay=stay,
        )
        assert "id" in quote, quote
        booked = await self.api.ask(
            DRIVER,
            "mutation ($quote: ID!, $key: String!, $plate: String!) {"
            " bookYard(quoteId: $quote, idempotencyKey: $key, plate: $plate) { ... on YardBooking { id } } }",
            quote=quote["id"],
            key=uuid4().hex,
            plate=plate,
        )
        booking: str = booked["id"]
        return booking

    async def gate(self, who: tuple[str, Role] = OWNER) -> Line:
        """Another gate of the yard."""
        return await register(self.api, self.yard, who)

    async def sessions(self) -> list[dict[str, Any]]:
        """The earliest entry first."""
        query = """
        query ($gate: ID!) { gateSessions(gateId: $gate, first: 100) { nodes {
          id status plate enteredAt leftAt right hold total { amount } charged { amount }
          changes { reason before { amount } after { amount } } } } }
        """
        page = await self.api.ask(OWNER, query, gate=self.line.id)
        return sorted(page["nodes"], key=lambda each: str(each["enteredAt"]))

    async def cases(self, *, resolved: bool = False) -> list[dict[str, Any]]:
        query = """
        query ($gate: ID!, $resolved: Boolean!) { assistCases(gateId: $gate, resolved: $resolved, first: 100) { nodes {
          id kind reason resolution note passage { plate decision } session { status } } } }
        """
        page = await self.api.ask(OWNER, query, gate=self.line.id, resolved=resolved)
        cases: list[dict[str, Any]] = page["nodes"]
        return cases


async def register(api: Api, yard: str, who: tuple[str, Role] = OWNER) -> Line:
    mutation = """
    mutation ($yard: ID!) { registerGate(name: "North", at: { yardId: $yard }) {
      ... on GateRegistered { key gate { id } } ... on GateRefused { text } } }
    """
    made = await api.ask(who, mutation, yard=yard)
    return Line(api, made["gate"]["id"], made["key"])


async def open_site(api: Api) -> Site:
    yard = await api.ask(OWNER, _CREATE, key=uuid4().hex, input=INPUT)
    publish = "mutation ($id: ID!, $version: Int!) { publishYard(yardId: $id, version: $version) { __typename } }"
    published = await api.ask(OWNER, publish, id=yard["id"], version=yard["version"])
    assert published == {"__typename": "Yard"}
    return Site(api, yard["id"], await register(api, yard["id"]))
