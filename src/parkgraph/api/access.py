"""Who may use a field: stated at the field or at its type, and read by a test that leaves none out.

- `@public`, above `@strawberry.type`: everybody may read what the type has, or ask what a mixin of the roots asks. It
  costs nothing when a field is resolved. The roots themselves say nothing, so that what they inherit has to.
- `@own`: whoever holds such a thing may read it, and only its owner gets hold of one. That is kept by what hands it
  out, which looks for things of `info.context.principal` alone.
- `For(Role.OWNER)`, `Own()` and `Public()` say it of one field: `@strawberry.field(extensions=[For(Role.OWNER)])`.
  `For` is checked before the field is resolved, and so is `ForGate()`; the others are words.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import SyncExtensionResolver
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from parkgraph.accounts.principal import Role
from parkgraph.api.context import Info
from parkgraph.api.errors import CodedError, ErrorCode
from parkgraph.gates.gate import gate_of

T = TypeVar("T")

_STATED: Final = "__parkgraph_access__"


class Statement(FieldExtension):
    """Says who may use a field."""


class Public(Statement):
    """Everybody."""


class Own(Statement):
    """Its owner. What resolves the field looks for things of `info.context.principal` alone."""

    def apply(self, field: StrawberryField) -> None:
        _say(field, "its owner")


class For(Statement):
    """Those who have one of these roles.

    Without a token or key it is UNAUTHENTICATED, with one of other roles FORBIDDEN.
    """

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def apply(self, field: StrawberryField) -> None:
        _say(field, " or ".join(sorted(role.lower() for role in self.roles)))

    def resolve(self, next_: SyncExtensionResolver, source: Any, info: Info, **arguments: Any) -> Any:
        self.check(info)
        return next_(source, info, **arguments)

    async def resolve_async(self, next_: Any, source: Any, info: Info, **arguments: Any) -> Any:
        self.check(info)
        return await next_(source, info, **arguments)

    def check(self, info: Info) -> None:
        """Raises CodedError for whom it is not."""
        principal = info.context.principal
        if principal.is_anonymous:
            raise CodedError(ErrorCode.UNAUTHENTICATED, "This needs a token or a key: send an Authorization header.")
        if not principal.may(*self.roles):
            who = " or ".join(sorted(self.roles))
            raise CodedError(ErrorCode.FORBIDDEN, f"This is for {who} only.")


class Told(Statement):
    """A subscription is for whom this is, which it checks itself before it begins."""

    def __init__(self, to: For) -> None:
        self.to = to

    def apply(self, field: StrawberryField) -> None:
        self.to.apply(field)


class ForGate(For):
    """A gate's key, and nobody else; which gate it is, the field looks at itself."""

    def apply(self, field: StrawberryField) -> None:
        _say(field, "its gate")

    def check(self, info: Info) -> None:
        principal = info.context.principal
        if principal.is_anonymous:
            raise CodedError(ErrorCode.UNAUTHENTICATED, "This needs a gate's key: send an Authorization header.")
        if gate_of(principal.scope) is None:
            raise CodedError(ErrorCode.FORBIDDEN, "This is for gates only, with a key of their own.")


def _say(field: StrawberryField, who: str) -> None:
    """In its description, once however often a schema is built of it."""
    said, words = field.description or "", f"For: {who}."
    if not said.endswith(words):
        field.description = f"{said} {words}".strip()


def public(kind: type[T]) -> type[T]:
    """Of a type: everybody may use its fields, but those that say otherwise."""
    setattr(kind, _STATED, Public())
    return kind


def own(kind: type[T]) -> type[T]:
    """Of a type: only its owner gets hold of one."""
    setattr(kind, _STATED, Own())
    return kind


def statements(definition: StrawberryObjectDefinition) -> Iterator[tuple[StrawberryField, Statement | None]]:
    """Each field of a type and who may use it: as the field says, else the type, else where the field comes from."""
    for field in definition.fields:
        said = (each for each in field.extensions if isinstance(each, Statement))
        yield field, next(said, None) or _of(definition.origin) or _of(field.origin)


def _of(kind: object) -> Statement | None:
    """What a type says of itself; what it inherits is said of another."""
    return vars(kind).get(_STATED) if isinstance(kind, type) else None
