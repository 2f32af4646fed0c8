"""A clock that stands still, for the modules of one adapter."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from types import ModuleType
from typing import Any

from parkgraph.sdk.conformance.stand_ins import standing_in


@contextmanager
def frozen(modules: tuple[ModuleType, ...], at: datetime) -> Iterator[None]:
    """Under it, these modules read this instant from every clock of the standard library that tells the date."""

    class InstanceOfReal(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime if cls.__name__ == "FrozenDatetime" else date)

    class FrozenDatetime(datetime, metaclass=InstanceOfReal):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return at.astimezone(tz) if tz else at.astimezone().replace(tzinfo=None)

        @classmethod
        def utcnow(cls) -> Any:
            return at.replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

    class FrozenDate(date, metaclass=InstanceOfReal):
        @classmethod
        def today(cls) -> Any:
            return at.astimezone().date()

    stand_ins: list[tuple[Any, Any]] = [
        (datetime, FrozenDatetime),
        (date, FrozenDate),
        (time.time, at.timestamp),
        (time.time_ns, lambda: int(at.timestamp() * 1_000_000_000)),
    ]
    with standing_in(stand_ins, modules):
        yield
