"""The GraphQL documents that the agent sends, as docs/gates.md has them."""

from typing import Final

REQUEST_PASSAGE: Final = """\
mutation RequestPassage($input: PlateReadInput!) {
  requestPassage(input: $input) {
    eventId passageId decision reason matchKind sessionId serverTime duplicate
    barrierCommand { commandId ttlMs validUntil }
  }
}"""

RECORD_GATE_EVENTS: Final = """\
mutation RecordGateEvents($gateId: ID!, $bootId: ID!, $events: [GateEventInput!]!) {
  recordGateEvents(gateId: $gateId, bootId: $bootId, events: $events) {
    results { eventId status code retryable }
    ackedThrough missing { first last } serverTime
  }
}"""

ACKNOWLEDGE: Final = """\
mutation AcknowledgeBarrierCommand($input: BarrierAckInput!) {
  acknowledgeBarrierCommand(input: $input) { commandId state known serverTime }
}"""

ALLOW_LIST: Final = """\
query GateAllowList($gateId: ID!, $sinceVersion: Int) {
  gateAllowList(gateId: $gateId, sinceVersion: $sinceVersion) { version payload signature keyId publicKey expiresAt }
}"""
