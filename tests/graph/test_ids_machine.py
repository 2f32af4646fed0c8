"""Two hundred refreshes, removals, returns and restarts: every id ever handed out leads where it should."""

import os
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from parkgraph.domain.place import ListingKey, Place
from parkgraph.graph import view as graph_view
from parkgraph.graph.identity import Identities
from parkgraph.graph.matching import Pins
from parkgraph.graph.view import View, build
from tests.graph.refreshes import KEYS, SITES, Promises, World

sites = st.sampled_from([None, *SITES])
some = st.dictionaries(st.sampled_from(KEYS), sites, min_size=1, max_size=4)
pairs = st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda pair: pair[0].network < pair[1].network)


class Ids(RuleBasedStateMachine):
    """In memory, against the pure rules. A restart knows what is stored, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.promises = World(), Promises()
        self.identities, self.view, self.pinned = Identities(), View(), graph_view.Rules()

    def _take_over(self) -> None:
        built = build(self.view, self.world.listings(), self.identities, self.pinned)
        for place_id, listings in built.learnt.items():
            self.identities.put(place_id, listings)
        self.view = built.view

    @rule(moved=some)
    def refresh(self, moved: dict[ListingKey, int | None]) -> None:
        self.world.site_of.update(moved)
        self._take_over()

    @rule(network=st.sampled_from("abcd"))
    def removal(self, network: str) -> None:
        self.world.site_of.update((key, None) for key in KEYS if key.network == network)
        self._take_over()

    @rule(pair=pairs, same=st.booleans())
    def pin(self, pair: tuple[ListingKey, ListingKey], same: bool) -> None:
        self.pinned = graph_view.Rules(
            Pins(frozenset({pair}), frozenset()) if same else Pins(frozenset(), frozenset({pair}))
        )
        self._take_over()

    @rule()
    def restart(self) -> None:
        stored = Identities()
        for age, place_id in enumerate(self.identities.eldest_first(self.identities)):
            stored.put(place_id, self.identities.listings_of(place_id), age)
        self.identities, self.view = stored, View()
        self._take_over()

    @invariant()
    def what_was_promised(self) -> None:
        def find(place_id: UUID) -> Place | None:
            key = self.identities.leads_to(place_id, self.view.place_of)
            return self.view.places[self.view.place_of[key]] if key else None

        self.promises.look(self.view, find)

    @invariant()
    def looking_only_at_what_changed_gives_what_looking_at_everything_gives(self) -> None:
        whole = build(View(), self.view.listings, self.identities, self.pinned)
        assert not whole.learnt
        for part in ("places", "place_of", "whole_of", "parts_of", "clustering"):
            assert getattr(self.view, part) == getattr(whole.view, part)


TestIds = Ids.TestCase
EXAMPLES = 60 if "PARKGRAPH_SOAK" in os.environ else 6
TestIds.settings = settings(max_examples=EXAMPLES, stateful_step_count=200, suppress_health_check=list(HealthCheck))
