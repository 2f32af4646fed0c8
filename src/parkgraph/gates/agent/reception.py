"""A camera's message is read, kept, and only then answered; whoever waits is asked about."""

import asyncio
import logging
import sqlite3
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from parkgraph.gates.agent import admission, facts
from parkgraph.gates.agent.admission import Admitted, Desk, Line
from parkgraph.gates.agent.cameras import READERS, frigate
from parkgraph.gates.agent.cameras.payload import Message
from parkgraph.gates.agent.clock import CameraClock, is_late, judged
from parkgraph.gates.agent.live import LiveLane
from parkgraph.gates.agent.look import Direction, Look, Unreadable
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.passages import Policy
from parkgraph.gates.agent.settings import CameraSettings, GateSettings
from parkgraph.gates.agent.standing import Standing
from parkgraph.gates.agent.store import Store, StoreBroken, StoreFull

log = structlog.get_logger(__name__)

_TICK_SECONDS = 0.1
_SLOW_SECONDS = 1.0
_DELAYS = 50


class Reception:
    """Where all cameras of one gate come in."""

    def __init__(
        self, settings: GateSettings, store: Store, desk: Desk, live: LiveLane, standing: Standing, metrics: Metrics
    ) -> None:
        self._cameras = settings.cameras
        self._lines = {name: line_of(settings, name) for name in settings.cameras}
        self._store = store
        self._desk = desk
        self._live = live
        self._standing = standing
        self._clocks: dict[str, CameraClock] = {}
        self._delays = {name: deque[timedelta](maxlen=_DELAYS) for name in settings.cameras}
        self._news = asyncio.Event()
        self.metrics = metrics

    @property
    def delays(self) -> dict[str, timedelta]:
        """How long the looks of each camera usually take, by the two clocks: the least of the last ones."""
        return {camera: min(last) for camera, last in self._delays.items() if last}

    async def restore(self) -> None:
        """What is known of the cameras since the last boot. Raises StoreBroken."""
        vault = self._store.vault
        for camera, last in self._delays.items():
            kept = await self._store.run(lambda connection, camera=camera: facts.kept_delay(connection, vault, camera))  # type: ignore[misc]
            if kept is not None:
                last.append(kept)

    async def take(self, camera: str, body: bytes, content_type: str) -> Admitted:
        """When this returns, what the message says is on the disk. Raises Unreadable, StoreFull, StoreBroken."""
        configured = self._cameras[camera]
        message = Message(body, content_type, ZoneInfo(configured.timezone))
        try:
            looks = _looks(configured, message)
        except Unreadable as unreadable:
            self.metrics.messages.labels(camera, "unreadable").inc()
            log.warning("message_unreadable", camera=camera, reason=str(unreadable))
            raise
        if not looks:
            self.metrics.messages.labels(camera, "no_look").inc()
            return Admitted()
        now = datetime.now(UTC)
        line, desk, clock = self._lines[camera], self._desk, self._standing.clock
        looks = self._told_late(camera, looks, now)
        self._check_clock(camera, looks, now)
        try:
            admitted = await self._store.run(
                lambda connection: admission.admit(connection, desk, line, looks, clock, now), reserve=True
            )
        except (StoreFull, StoreBroken) as fault:
            self.metrics.messages.labels(camera, "not_stored").inc()
            if self._standing.store_fault is None:
                log.exception("not_stored", camera=camera)
            self._standing.store_fault = str(fault)
            raise
        self._standing.store_fault = None
        self.metrics.messages.labels(camera, "taken" if admitted.repeated < len(looks) else "repeated").inc()
        self.metrics.looks.labels(camera).inc(len(looks) - admitted.repeated)
        self.metrics.passages.labels(camera).inc(admitted.begun)
        self._see_to(admitted)
        self._news.set()
        return admitted

    async def run(self) -> None:
        """Look after passages: often while a car waits for another look, now and then as long as there are any."""
        while True:
            self._news.clear()
            try:
                admitted, are_left = await self._look_after()
            except (StoreFull, StoreBroken) as fault:
                self._standing.store_fault = str(fault)
                await asyncio.sleep(_SLOW_SECONDS)
                continue
            self._see_to(admitted)
            if admitted.waits:
                await asyncio.sleep(_TICK_SECONDS)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _SLOW_SECONDS if are_left else None)

    async def _look_after(self) -> tuple[Admitted, bool]:
        """What time alone has brought, and whether passages are left."""
        desk, clock, now, lines = self._desk, self._standing.clock, datetime.now(UTC), self._lines.values()

        def job(connection: sqlite3.Connection) -> tuple[Admitted, bool]:
            admitted = Admitted()
            for line in lines:
                admission.look_after(connection, desk, line, clock, now, admitted)
            return admitted, admission.count_open(connection) > 0

        return await self._store.run(job, reserve=True)

    def _see_to(self, admitted: Admitted) -> None:
        for question in admitted.questions:
            self._live.ask(question)
        if admitted.recorded:
            self._live.changed()

    def _told_late(self, camera: str, looks: tuple[Look, ...], now: datetime) -> tuple[Look, ...]:
        """A look that was kept somewhere on its way is told, but no barrier opens for it."""
        usual = self.delays.get(camera)
        self._delays[camera].extend(now - each.captured_at for each in looks if each.captured_at)
        late = [is_late(each.captured_at, now, usual) for each in looks]
        self.metrics.late.labels(camera).inc(sum(late))
        return tuple(replace(each, retold=True) if is_it else each for each, is_it in zip(looks, late, strict=True))

    def _check_clock(self, camera: str, looks: tuple[Look, ...], now: datetime) -> None:
        captured = looks[-1].captured_at
        if captured is None:
            return
        self.metrics.camera_clock.labels(camera).set((captured - now).total_seconds())
        clock = judged(captured, now)
        if clock is not self._clocks.get(camera, CameraClock.RIGHT):
            level = logging.INFO if clock is CameraClock.RIGHT else logging.ERROR
            seconds = round((captured - now).total_seconds())
            log.log(level, "camera_clock", camera=camera, clock=clock.value, seconds=seconds)
        self._clocks[camera] = clock


def line_of(settings: GateSettings, name: str) -> Line:
    """A camera's place at the gate, as configured."""
    camera = settings.cameras[name]
    return Line(
        camera=name,
        lane=camera.lane,
        barrier=settings.barrier_of(name),
        direction=Direction(camera.direction) if camera.direction else None,
        towards=Direction(camera.towards),
        away=Direction(camera.away),
        towards_degrees=camera.towards_degrees,
        policy=Policy(
            sure=camera.sure,
            patience=timedelta(milliseconds=camera.patience_ms),
            gap=timedelta(seconds=camera.gap_seconds),
            again=timedelta(seconds=camera.again_seconds),
        ),
    )


def _looks(camera: CameraSettings, message: Message) -> tuple[Look, ...]:
    if camera.frigate_camera is not None and frigate.camera_of(message) != camera.frigate_camera:
        return ()
    try:
        return READERS[camera.device](message)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
