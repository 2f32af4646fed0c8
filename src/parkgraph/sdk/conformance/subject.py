"""The adapter under examination, and how it is asked."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from pydantic import ValidationError

from parkgraph.domain.geo import Area, Bounds, Circle
from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.client import Client, Response
from parkgraph.sdk.conformance.rule import NotApplicable
from parkgraph.sdk.conformance.stage import Exchange, Instead, Request, Stage
from parkgraph.sdk.contract import Capability, FeedAdapter, NetworkInfo, SearchAdapter
from parkgraph.sdk.faults import NetworkFault
from parkgraph.sdk.replay import ReplayClient

AnyAdapter = FeedAdapter[Any] | SearchAdapter[Any]
AdapterClass = type[FeedAdapter[Any]] | type[SearchAdapter[Any]]
Answer = Batch[Listing] | Batch[OccupancyUpdate]

LONGEST_CALL_S: Final = 60
"""Where a call on samples takes longer, it hangs."""
OCCUPANCIES: Final = "occupancies"
SEARCH: Final = "search"
WITHOUT_STAY: Final = "search without a stay"
LIVE_RADIUS_M: Final = 5_000
EVERYWHERE: Final = Bounds(-90, -180, 90, 180)


@dataclass(frozen=True, slots=True)
class Call:
    """One way in which ParkGraph asks."""

    name: str
    ask: Callable[[AnyAdapter], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gave: a batch, or what it raised; and what it asked for."""

    batch: Answer | None
    raised: BaseException | None
    asked: tuple[Request, ...]
    exchanges: tuple[Exchange, ...]


class NotABatch(TypeError):
    """A call gave something else: that is for the rule of the contract to say."""


class Subject:
    """An adapter with its samples. `home`: the folder of its distribution, None where only its code is installed.

    `live`: a network that is asked instead of the samples, with its settings. `demo`: other settings than its own
    under which it reads the samples.
    """

    def __init__(
        self,
        adapter_class: AdapterClass,
        samples: Path,
        home: Path | None = None,
        *,
        live: AnyAdapter | None = None,
        demo: Mapping[str, object] | None = None,
    ) -> None:
        self.adapter_class = adapter_class
        self.samples = samples
        self.home = home
        self.demo = adapter_class.demo if demo is None else demo
        self._live = live
        self._runner = asyncio.Runner()
        tomorrow = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self.stay = Stay(tomorrow, tomorrow + timedelta(hours=2))

    def close(self) -> None:
        self._runner.close()

    @property
    def package(self) -> str:
        """The name of its package, such as `parkgraph_acme`."""
        return self.adapter_class.__module__.partition(".")[0]

    @property
    def code(self) -> Path:
        """The folder of its package."""
        return Path(sys.modules[self.package].__file__ or ".").resolve().parent

    def new(self, client: Client, settings: Mapping[str, object] | None = None) -> AnyAdapter:
        """A new adapter with the settings of its demo and these. Raises NotApplicable where they are refused."""
        return self.adapter_class(self._demo_settings if settings is None else self._settings(settings), client)

    @cached_property
    def _demo_settings(self) -> Any:
        return self._settings({})

    def _settings(self, more: Mapping[str, object]) -> Any:
        values = json.dumps({**self.demo, **more})
        try:
            return self.adapter_class.Settings.model_validate_json(values, strict=True)
        except ValidationError:
            raise NotApplicable("the settings of its demo are refused") from None

    @cached_property
    def own_modules(self) -> tuple[ModuleType, ...]:
        """Its loaded modules, and those of the libraries that it imports, but for pydantic."""
        ours = _of({self.package})
        imported = {
            str(getattr(value, "__module__", None) or getattr(value, "__name__", "")).partition(".")[0]
            for module in ours
            for value in vars(module).values()
        }
        return (*ours, *_of(imported - {self.package, "", "parkgraph", "pydantic"} - sys.stdlib_module_names))

    @cached_property
    def info(self) -> NetworkInfo:
        return self._live.info if self._live else self.new(ReplayClient(self.samples)).info

    @property
    def box(self) -> Bounds:
        """Where searches are: all of the samples' first box, some kilometres of a live network's."""
        box = self.info.coverage[0] if self.info.coverage else EVERYWHERE
        return Circle(box.centre, LIVE_RADIUS_M).bounds if self._live else box

    @property
    def calls(self) -> tuple[Call, ...]:
        """What ParkGraph would call, for what is declared."""
        if issubclass(self.adapter_class, FeedAdapter):
            has_live = self.info.occupancies_every and self.adapter_class.occupancies is not FeedAdapter.occupancies
            live = (Call(OCCUPANCIES, _occupancies),) if has_live else ()
            return (Call("listings", _listings), *live)
        searches = () if self.info.needs_stay else (self.search(WITHOUT_STAY, self.box, None),)
        own_quote = self.adapter_class.quote is not SearchAdapter.quote
        can_quote = own_quote and Capability.QUOTE in self.info.capabilities and not self._live
        quotes = (self._quote_of(self._quoted),) if can_quote else ()
        return (self.search(SEARCH, self.box, self.stay), *searches, *quotes)

    def search(self, name: str, area: Area, stay: Stay | None) -> Call:
        async def ask(adapter: AnyAdapter) -> Answer:
            assert isinstance(adapter, SearchAdapter)
            return await adapter.search(area, stay, Vehicle())

        return Call(name, ask)

    @cached_property
    def _found(self) -> Mapping[str, Listing]:
        """What a search finds in the samples, by id."""
        batch = self.ask(self.search(SEARCH, self.box, self.stay)).batch
        return {item.local_id: item for item in batch.items if isinstance(item, Listing)} if batch is not None else {}

    @cached_property
    def _quoted(self) -> str | None:
        """The listing to be quoted: the first of which the samples have a quote, else the first."""
        ids = list(self._found)
        answered = (local_id for local_id in ids if self.ask(self._quote_of(local_id)).raised is None)
        return next(answered, ids[0] if ids else None)

    def _quote_of(self, local_id: str | None) -> Call:
        """A quote, as the listing with these offers."""

        async def ask(adapter: AnyAdapter) -> Answer:
            assert isinstance(adapter, SearchAdapter)
            listing = self._found.get(local_id or "")
            if listing is None:
                return Batch()
            return Batch((replace(listing, offers=await adapter.quote(listing.local_id, self.stay, Vehicle())),))

        return Call("quote", ask)

    def ask(
        self,
        call: Call,
        instead: Instead = lambda _number, _request: None,
        *,
        settings: Mapping[str, object] | None = None,
        adapter: Callable[[Client], AnyAdapter] | None = None,
    ) -> Result:
        """One call on a new adapter, whose network is the samples but for what `instead` answers."""
        stage = self._stage(instead)
        return self.on(adapter(stage) if adapter else self.new(stage, settings), call, stage)

    def staged(self, instead: Instead) -> AnyAdapter:
        """A new adapter whose network is the samples but for what `instead` answers."""
        return self.new(self._stage(instead))

    def _stage(self, instead: Instead) -> Stage:
        """What the baseline has seen is answered from memory."""
        return Stage(ReplayClient(self.samples), instead, self._known if "baseline" in self.__dict__ else {})

    @cached_property
    def _known(self) -> Mapping[Request, Response]:
        return {exchange.request: exchange.response for r in self.baseline.values() for exchange in r.exchanges}

    def on(self, adapter: AnyAdapter, call: Call, stage: Stage | None = None) -> Result:
        """One call on this adapter."""
        batch: Answer | None = None
        raised: BaseException | None = None
        try:
            answer = self.run(_bounded(call.ask(adapter)))
            if not isinstance(answer, Batch):
                raise NotABatch(f"it gives a {type(answer).__name__}")  # noqa: TRY301  (judged like any other fault)
            batch = answer
        except Exception as fault:  # noqa: BLE001  (whatever leaves an adapter is what is judged)
            raised = fault
        return Result(batch, raised, tuple(stage.asked) if stage else (), tuple(stage.exchanges) if stage else ())

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The one loop of this examination."""
        return self._runner.get_loop()

    def run(self, work: Any) -> Any:
        """The outcome of a coroutine."""
        return self.loop.run_until_complete(work)

    @cached_property
    def baseline(self) -> Mapping[str, Result]:
        """What each call gives when nothing goes wrong, by its name."""
        if self._live:
            return {call.name: self.on(self._live, call) for call in self.calls}
        return {call.name: self.ask(call) for call in self.calls}

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The batches of the baseline. Raises NotApplicable where there are none: that is for one rule to say."""
        batches = {name: result.batch for name, result in self.baseline.items() if result.batch is not None}
        if not batches:
            raise NotApplicable("nothing was answered")
        return batches

    @property
    def answered(self) -> tuple[Call, ...]:
        """The calls that gave a batch on the samples. Raises NotApplicable where there are none."""
        return tuple(call for call in self.calls if call.name in self.answers)

    def listings(self) -> Iterator[tuple[str, Listing]]:
        """Every listing answered, and where it is."""
        for name, batch in self.answers.items():
            for item in batch.items:
                if isinstance(item, Listing):
                    yield f"{name}, {item.local_id}", item

    def items(self) -> Iterator[tuple[str, Listing | OccupancyUpdate]]:
        """Everything answered, and where it is."""
        for name, batch in self.answers.items():
            for item in batch.items:
                yield f"{name}, {item.local_id}", item


def fault_of(result: Result) -> NetworkFault | None:
    """The fault that was raised, if it is one that may be."""
    return result.raised if isinstance(result.raised, NetworkFault) else None


def _of(packages: set[str]) -> tuple[ModuleType, ...]:
    return tuple(module for name, module in list(sys.modules.items()) if name.partition(".")[0] in packages)


async def _listings(adapter: AnyAdapter) -> Answer:
    assert isinstance(adapter, FeedAdapter)
    return await adapter.listings()


async def _occupancies(adapter: AnyAdapter) -> Answer:
    assert isinstance(adapter, FeedAdapter)
    return await adapter.occupancies()


async def _bounded(answer: Awaitable[Answer]) -> Answer:
    async with asyncio.timeout(LONGEST_CALL_S):
        return await answer
