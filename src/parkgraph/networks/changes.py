"""Telling the graph which networks' listings changed."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger(__name__)

Listener = Callable[[frozenset[str]], Awaitable[None]]


async def _nobody(_ids: frozenset[str]) -> None:
    """Before anybody listens."""


class Changes:
    """One telling at a time. What changes meanwhile is told together, next."""

    def __init__(self) -> None:
        self.listener: Listener = _nobody
        self._untold: set[str] = set()
        self._turn = asyncio.Lock()

    async def tell(self, ids: frozenset[str], *, even_if_none: bool = False) -> None:
        """Returns when the listener has been told. A failing listener is logged; the networks go on."""
        self._untold |= ids
        async with self._turn:
            if not (self._untold or even_if_none):
                return
            told, self._untold = frozenset(self._untold), set()
            try:
                await self.listener(told)
            except asyncio.CancelledError:
                self._untold |= told
                raise
            except Exception:  # noqa: BLE001  (whatever it is, the networks go on)
                _log.exception("change_not_taken", networks=sorted(told))
