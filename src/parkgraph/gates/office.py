"""The owners' side of gates: register, replace a key, remove; and what an owner says of plates at a site.

A gate that the editor may not edit is unknown to them, and so is everything of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from parkgraph.accounts.api_keys import ApiKeys, Created, TooMany
from parkgraph.accounts.refusals import AccountsUnavailable
from parkgraph.db.engine import Database
from parkgraph.gates.decision import Direction
from parkgraph.gates.gate import MAX_GATES, MAX_NAME, Gate, Site, scope_of
from parkgraph.gates.registry import Registry, site_of_yard
from parkgraph.gates.rights import RightKind, Span
from parkgraph.gates.session import Session
from parkgraph.gates.turns import GatesUnavailable, Turns, available
from parkgraph.privacy.vault import Vault
from parkgraph.yards.service import Editor
from parkgraph.yards.texts import check_text

MAX_RIGHTS: Final = 1000
"""Of a site's own, that hold now or later."""

_LABEL: Final = "gate"
_YARD: Final = "SELECT id, name, timezone, country, owner FROM yards WHERE uuid = :yard FOR SHARE"
_SITE: Final = """
INSERT INTO gate_sites (uuid, yard_id, owner, name, timezone, country)
VALUES (:uuid, :yard, :owner, :name, :timezone, :country) ON CONFLICT (yard_id) DO NOTHING
"""
_COUNT: Final = "SELECT count(*) FROM gates WHERE site_id = :site AND removed_at IS NULL"
_GATE: Final = """
INSERT INTO gates (uuid, site_id, name, direction, created_at) VALUES (:uuid, :site, :name, :direction, :now)
"""
_SITE_OF: Final = """
SELECT s.uuid FROM gate_sites s JOIN gate_sessions p ON p.site_id = s.id WHERE p.uuid = :session
"""
_REMOVE: Final = "UPDATE gates SET removed_at = coalesce(removed_at, :now) WHERE id = :gate"
_GRANT: Final = """
INSERT INTO gate_rights (uuid, site_id, kind, plate, plate_digest, begins, ends, note, created_at)
SELECT :uuid, :site, :kind, :plate, :digest, :begins, :ends, :note, :now
WHERE (SELECT count(*) FROM gate_rights WHERE site_id = :site AND revoked_at IS NULL AND ends > :now) < :most
"""
_RIGHTS: Final = """
SELECT uuid, kind, plate, begins, ends, note, revoked_at FROM gate_rights
WHERE site_id = :site AND revoked_at IS NULL AND ends > :now ORDER BY begins, id
"""
_REVOKE: Final = """
UPDATE gate_rights SET revoked_at = coalesce(revoked_at, :now) WHERE uuid = :right AND site_id = :site
RETURNING uuid, kind, plate, begins, ends, note, revoked_at
"""


@dataclass(frozen=True, slots=True)
class NewSite:
    """A place of its owner's own, which is no yard. Raises ValueError for what none can be."""

    name: str
    zone: ZoneInfo
    country: str

    def __post_init__(self) -> None:
        check_text("name", self.name, MAX_NAME)
        if len(self.country) != 2 or not self.country.isascii() or not self.country.isupper():
            raise ValueError("country is two capital letters (ISO 3166-1)")


@dataclass(frozen=True, slots=True)
class Registered:
    """`key` is the gate's first. It is shown now, and never again."""

    gate: Gate
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TooManyGates:
    """The site has MAX_GATES."""


@dataclass(frozen=True, slots=True)
class TooManyRights:
    """The site has MAX_RIGHTS of its own."""


@dataclass(frozen=True, slots=True)
class SiteRight:
    """What an owner says of a plate: GRANT lets it in, BLOCK keeps it out."""

    id: UUID
    kind: RightKind
    plate: str | None = field(repr=False)
    span: Span
    note: str | None
    revoked_at: datetime | None = None


class GateOffice:
    """Every method raises GatesUnavailable."""

    def __init__(self, database: Database, registry: Registry, keys: ApiKeys, vault: Vault, turns: Turns) -> None:
        self._database = database
        self._registry = registry
        self._keys = keys
        self._vault = vault
        self._turns = turns

    async def register(
        self, editor: Editor, name: str, direction: Direction, at: UUID | Gate | NewSite
    ) -> Registered | TooManyGates | None:
        """A new gate at this yard, beside this gate, or at a new site. None where the editor has no such yard.

        Raises ValueError for a name that none can have.
        """
        check_text("name", name, MAX_NAME)
        gate = uuid4()
        with available():
            async with self._database.engine.begin() as connection:
                site = at.site if isinstance(at, Gate) else await self._site(connection, editor, at)
                if site is None:
                    return None
                if (await connection.scalar(text(_COUNT), {"site": site.key})) >= MAX_GATES:
                    return TooManyGates()
                values = {"uuid": gate, "site": site.key, "name": name, "direction": direction}
                await connection.execute(text(_GATE), {**values, "now": self._turns.clock()})
            found = await self._registry.find(gate)
        made = await self._key(gate)
        if found is None or not isinstance(made, Created):
            raise GatesUnavailable
        return Registered(found, made.text)

    async def rotate(self, editor: Editor, gate_id: UUID) -> Created | TooMany | None:
        """Another key, beside the one that it replaces. None where the editor has no such gate."""
        return await self._key(gate_id) if await self.find(editor, gate_id) else None

    async def revoke_older(self, editor: Editor, gate_id: UUID) -> Gate | None:
        """All of its keys but the newest that lives are worth nothing any more."""
        gate = await self.find(editor, gate_id)
        if gate:
            await self._revoke(gate_id, keep=1)
        return gate

    async def remove(self, editor: Editor, gate_id: UUID) -> Gate | None:
        """It opens no more, and its keys are worth nothing; what it has sent stays."""
        gate = await self.find(editor, gate_id)
        if gate is None:
            return None
        with available():
            async with self._database.engine.begin() as connection:
                await connection.execute(text(_REMOVE), {"gate": gate.key, "now": self._turns.clock()})
            await self._revoke(gate_id)
            return await self._registry.find(gate_id)

    async def find(self, editor: Editor, gate_id: UUID) -> Gate | None:
        """A gate of one's own that is not removed."""
        with available():
            gate = await self._registry.find(gate_id)
        return gate if gate and gate.removed_at is None and may_edit(editor, gate.site) else None

    async def may_see(self, editor: Editor, session: Session) -> bool:
        """Whether a session is one of the editor's own places."""
        with available():
            async with self._database.engine.connect() as connection:
                row = (await connection.execute(text(_SITE_OF), {"session": session.id})).one_or_none()
                site = await self._registry.site(connection, row[0]) if row else None
        return site is not None and may_edit(editor, site)

    async def list(self, editor: Editor, yard: UUID | None) -> Sequence[Gate]:
        """Those of one's yard, or all of one's own; the oldest first."""
        with available():
            if yard is None:
                return await self._registry.list_owned(editor.subject) if editor.subject else ()
            return [gate for gate in await self._registry.list_of_yard(yard) if may_edit(editor, gate.site)]

    async def grant(
        self, gate: Gate, kind: RightKind, plate: str, span: Span, note: str | None
    ) -> SiteRight | TooManyRights:
        """Let a plate in at the gate's site, or keep it out. Raises ValueError."""
        check_text("note", note, MAX_NAME)
        if span[1] <= span[0]:
            raise ValueError("ends must be after begins")
        right = SiteRight(uuid4(), kind, plate, span, note)
        values = {
            "uuid": right.id,
            "site": gate.site.key,
            "kind": kind,
            "plate": self._vault.seal(plate),
            "digest": self._vault.digest(plate),
            "begins": span[0],
            "ends": span[1],
            "note": note,
            "now": self._turns.clock(),
            "most": MAX_RIGHTS,
        }
        with available():
            async with self._database.engine.begin() as connection:
                stored = (await connection.execute(text(_GRANT), values)).rowcount
        return right if stored else TooManyRights()

    async def list_rights(self, gate: Gate) -> Sequence[SiteRight]:
        """Of the gate's site, that hold now or later, the earliest first."""
        with available():
            async with self._database.engine.connect() as connection:
                values = {"site": gate.site.key, "now": self._turns.clock()}
                return [self._right(row) for row in (await connection.execute(text(_RIGHTS), values)).all()]

    async def revoke(self, gate: Gate, right: UUID) -> SiteRight | None:
        """It holds no more from now on."""
        with available():
            async with self._database.engine.begin() as connection:
                values = {"site": gate.site.key, "right": right, "now": self._turns.clock()}
                row = (await connection.execute(text(_REVOKE), values)).one_or_none()
        return self._right(row) if row else None

    async def _site(self, connection: AsyncConnection, editor: Editor, at: UUID | NewSite) -> Site | None:
        if isinstance(at, NewSite):
            values: dict[str, Any] = {"yard": None, "owner": editor.subject, "name": at.name, "country": at.country}
            site = uuid4()
            await connection.execute(text(_SITE), {**values, "uuid": site, "timezone": at.zone.key})
            return await self._registry.site(connection, site)
        yard = (await connection.execute(text(_YARD), {"yard": at})).one_or_none()
        if yard is None or not (editor.all_yards or (editor.subject and editor.subject == yard.owner)):
            return None
        values = {"yard": yard.id, "owner": None, "name": yard.name, "timezone": yard.timezone, "country": yard.country}
        await connection.execute(text(_SITE), {**values, "uuid": uuid4()})
        return await site_of_yard(connection, at)

    async def _key(self, gate_id: UUID) -> Created | TooMany:
        try:
            return await self._keys.create(account_of(gate_id), frozenset(), _LABEL, scope=scope_of(gate_id))
        except AccountsUnavailable:
            raise GatesUnavailable from None

    async def _revoke(self, gate_id: UUID, keep: int = 0) -> None:
        try:
            keys = await self._keys.list(account_of(gate_id))
            for key in [key for key in keys if key.revoked_at is None][keep:]:
                await self._keys.revoke(key.id)
        except AccountsUnavailable:
            raise GatesUnavailable from None

    def _right(self, row: Any) -> SiteRight:
        uuid, kind, sealed, begins, ends, note, revoked = row
        plate = self._vault.open(sealed) if sealed else None
        return SiteRight(uuid, RightKind(kind), plate, (begins, ends), note, revoked)


def account_of(gate: UUID) -> str:
    """What the gate is called among accounts."""
    return f"gate|{gate.hex}"


def may_edit(editor: Editor, site: Site) -> bool:
    return editor.all_yards or bool(editor.subject and editor.subject == site.owner)
