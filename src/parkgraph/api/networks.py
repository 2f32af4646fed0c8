"""Networks, and what each did for a search."""

from datetime import datetime

import strawberry

from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.steady import live
from parkgraph.networks import network, reports
from parkgraph.networks.breaker import CircuitState
from parkgraph.networks.network import NetworkStatus
from parkgraph.networks.reports import SourceStatus
from parkgraph.sdk.contract import Capability


@public
@live
@strawberry.type(description="One configured parking network, or the private yards.")
class Network:
    subject: strawberry.Private[network.Network]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.subject.id)

    @strawberry.field
    def name(self) -> str:
        return self.subject.info.name

    @strawberry.field
    def homepage(self) -> str | None:
        return self.subject.info.homepage

    @strawberry.field(description="The words that the licence of the data asks for.")
    def attribution(self) -> str | None:
        return self.subject.info.attribution

    @strawberry.field
    def licence(self) -> str | None:
        return self.subject.info.licence

    @strawberry.field
    def capabilities(self) -> list[Capability]:
        return sorted(self.subject.info.capabilities)

    @strawberry.field
    def status(self) -> NetworkStatus:
        return self.subject.status

    @strawberry.field(description="Whether this server asks it; OPEN for a while after it failed again and again.")
    def circuit(self, info: Info) -> CircuitState:
        return info.context.networks.circuit(self.subject.id)

    @strawberry.field
    def last_success_at(self) -> datetime | None:
        return self.subject.last_success_at

    @strawberry.field(description="How many listings it has now.")
    def listings(self) -> int:
        return self.subject.listings

    @strawberry.field(description="Rows of its last answer that were not understood.")
    def rejected(self) -> int:
        return self.subject.rejected

    @strawberry.field(description="Whether it replays samples instead of asking the real network.")
    def replayed(self) -> bool:
        return self.subject.replayed


def network_of(info: Info, network_id: str) -> Network:
    return Network(subject=info.context.networks.get(network_id))


@public
@live
@strawberry.type(description="What one network did for this search.")
class SourceReport:
    subject: strawberry.Private[reports.SourceReport]

    @strawberry.field
    def network(self) -> Network:
        return Network(subject=self.subject.network)

    @strawberry.field
    def status(self) -> SourceStatus:
        return self.subject.status

    @strawberry.field
    def latency_ms(self) -> int:
        return self.subject.latency_ms

    @strawberry.field(description="The network's own time of its data.")
    def as_of(self) -> datetime | None:
        return self.subject.as_of

    @strawberry.field(description="When it gave this answer to ParkGraph.")
    def fetched_at(self) -> datetime | None:
        return self.subject.fetched_at

    @strawberry.field(description="How many of its listings were looked at.")
    def listings(self) -> int:
        return self.subject.listings

    @strawberry.field(description="Why it is not FRESH.")
    def code(self) -> str | None:
        return self.subject.code
