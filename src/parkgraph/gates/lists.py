"""Allow-lists of gates, made of what the database has."""

from uuid import UUID

from parkgraph.gates import allow_list
from parkgraph.gates.allow_list import VALID, SignedAllowList, Signer
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.sessions import Sessions
from parkgraph.gates.turns import Turns, available
from parkgraph.privacy.vault import Vault


class AllowLists:
    """Signed by a key that follows from the vault's: all processes have the same, and it is stored nowhere."""

    def __init__(self, turns: Turns, vault: Vault, rights: RightsReader, sessions: Sessions) -> None:
        self._turns = turns
        self._vault = vault
        self._rights = rights
        self._sessions = sessions
        self.signer = Signer(vault.derived(b"sign allow-lists"))

    async def make(self, gate_id: UUID, name: str, since: int | None) -> SignedAllowList:
        """`name`: the gate's id as clients know it. `since`: the version that the gate has."""
        with available():
            async with self._turns.take(gate_id) as turn:
                site, now = turn.gate.site, turn.now
                rights = await self._rights.read(turn.connection, site, turn.version, now)
                inside = [each.plate for each in await self._sessions.open(turn.connection, site) if each.plate]
        key = self._vault.derived(b"allow-list of " + gate_id.bytes)
        version = turn.version + turn.changes
        listed = allow_list.entries(rights, inside, key, now, now + VALID)
        return allow_list.signed(self.signer, name, version, listed, key, now, same=since == version)
