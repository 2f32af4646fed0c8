"""What changes, as it does: `graphql-transport-ws` only."""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.api.access import For, Told
from parkgraph.api.context import Info
from parkgraph.api.errors import CodedError, ErrorCode
from parkgraph.api.gate_office import OWNERS
from parkgraph.api.gate_sessions import OwnPassage, ParkingSession, Passage
from parkgraph.api.gates import available
from parkgraph.api.owners import editor
from parkgraph.api.place_changes import PlaceSubscription
from parkgraph.api.yard_bookings import subject
from parkgraph.gates import gate, news

EVERYBODY: Final = For(*Role)
"""Who has a token or a key."""


@strawberry.type
class GateSubscription:
    @strawberry.subscription(
        description="Of one's own gate: each passage when it changes, as it is then.",
        extensions=[Told(OWNERS)],
    )
    async def passages(self, info: Info, gate_id: strawberry.ID) -> AsyncIterator[Passage]:
        OWNERS.check(info)
        mine = await _own_gate(info, gate_id)
        with info.context.gates.hub.watching(news.passages_of(mine.id)) as watch:
            async for passage in watch:
                with available():
                    found = await info.context.gates.reader.passage(UUID(hex=passage))
                if found:
                    yield Passage(subject=found)

    @strawberry.subscription(
        description="What gates decide of vehicles that one has booked for: that they open, or that somebody comes.",
        extensions=[Told(EVERYBODY)],
    )
    async def own_passages(self, info: Info) -> AsyncIterator[OwnPassage]:
        EVERYBODY.check(info)
        with info.context.gates.hub.watching(news.passages_of_driver(subject(info))) as watch:
            async for passage in watch:
                with available():
                    found = await info.context.gates.reader.passage(UUID(hex=passage))
                if found:
                    yield OwnPassage(subject=found)

    @strawberry.subscription(
        description="One's own sessions, or those of the place of one's own gate, when something of them changes.",
        extensions=[Told(EVERYBODY)],
    )
    async def session_changed(
        self,
        info: Info,
        gate_id: Annotated[strawberry.ID | None, strawberry.argument(description="None: one's own.")] = None,
    ) -> AsyncIterator[ParkingSession]:
        EVERYBODY.check(info)
        if gate_id is None:
            topic = news.sessions_of_driver(subject(info))
        else:
            topic = news.sessions_of((await _own_gate(info, gate_id)).site.id)
        with info.context.gates.hub.watching(topic) as watch:
            async for session in watch:
                with available():
                    found = await info.context.gates.reader.session(UUID(hex=session))
                if found:
                    yield ParkingSession.of(found)


@strawberry.type
class Subscription(PlaceSubscription, GateSubscription):
    """The root: what the rooms tell, put together."""


async def _own_gate(info: Info, gate_id: str) -> gate.Gate:
    with available():
        found = await info.context.gates.office.find(editor(info), ids.gate_id(gate_id, "gateId"))
    if found is None:
        raise CodedError(ErrorCode.FORBIDDEN, "gateId: there is no such gate of yours.")
    return found
