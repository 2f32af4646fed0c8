"""Who is inside of a site: read once, and from then on known by what this process commits."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from cachetools import LRUCache

from parkgraph.gates.session import Session, SessionStatus
from parkgraph.gates.sessions import Sessions, Settled
from parkgraph.gates.turns import KNOWN_GATES, KNOWN_SECONDS, Turn
from parkgraph.privacy.plates import normalise


@dataclass(frozen=True, slots=True)
class _Known:
    """`changes`: the site's count of them. `read`: when it was last read, on the steady clock."""

    changes: int
    sessions: Mapping[UUID, Session]
    read: float


class Insiders:
    """The database counts the changes of who is inside (`gate_sites.changes`): what others change is read anew, and all
    of it once a minute, since a plate that is erased is counted by nobody.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._known: LRUCache[int, _Known] = LRUCache(KNOWN_GATES)

    async def of(self, turn: Turn) -> Sequence[Session]:
        """The open sessions of the turn's site."""
        site, now = turn.gate.site, time.monotonic()
        known = self._known.get(site.key)
        if known is None or known.changes != turn.changes or now - known.read > KNOWN_SECONDS:
            found = await self._sessions.open(turn.connection, site)
            self._known[site.key] = known = _Known(turn.changes, {each.id: each for each in found}, now)
        return list(known.sessions.values())

    def follow(self, turn: Turn, settled: Settled) -> None:
        """What has been changed in this turn is known once it is committed."""
        if settled.changes is not None:
            turn.then.append(partial(self._learn, turn.gate.site.key, turn.changes, settled))

    def _learn(self, site: int, before: int, settled: Settled) -> None:
        known = self._known.get(site)
        if known is None or known.changes != before or settled.changes != before + 1:
            return
        sessions = dict(known.sessions)
        for _, after in settled.changed:
            if after.status is SessionStatus.OPEN and after.plate:
                sessions[after.id] = replace(after, plate=normalise(after.plate))
            else:
                sessions.pop(after.id, None)
        self._known[site] = _Known(before + 1, sessions, known.read)
