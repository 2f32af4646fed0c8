"""Which resolvers are called directly, and which through strawberry."""

from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType
from strawberry.permission import BasePermission
from strawberry.types.field import StrawberryField

from parkgraph.accounts.principal import Role
from parkgraph.api import schema
from parkgraph.api.access import For, Own
from parkgraph.api.context import Info
from parkgraph.api.execution.resolution import Attribute, Full, Plain, Resolution
from parkgraph.api.resolvers import StrawberryResolutions, attribute_read

BUILT = schema.build()


class Nobody(BasePermission):
    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        return False


@strawberry.type
class Root:
    attribute: str = "read"

    @strawberry.field
    def plain(self) -> str:
        return "called"

    @strawberry.field
    def asks(self, info: Info, times: int = 1) -> str:
        return str(info.context) * times

    @strawberry.field(extensions=[Own()])  # type: ignore[untyped-decorator]
    def stated(self) -> str:
        return "called"

    @strawberry.field(extensions=[For(Role.OWNER)])  # type: ignore[untyped-decorator]
    def guarded(self) -> str:
        return "for owners"

    @strawberry.field(permission_classes=[Nobody])  # type: ignore[untyped-decorator]
    def forbidden(self) -> str:
        return "for nobody"

    @strawberry.field
    def rooted(root: "Root") -> str:  # noqa: N805
        return root.attribute


def resolution(name: str) -> Resolution:
    built = strawberry.Schema(Root)
    query = built._schema.query_type
    assert query
    return StrawberryResolutions(built.schema_converter).of(query, name, query.fields[name])


def test_an_attribute_is_read() -> None:
    assert resolution("attribute") == Attribute("attribute", is_steady=True)


def test_a_resolver_is_called_with_what_it_asks_for() -> None:
    plain, asks = resolution("plain"), resolution("asks")
    assert isinstance(plain, Plain)
    assert isinstance(asks, Plain)
    assert (plain.takes_source, plain.info, plain.arguments) == (True, None, None)
    assert asks.info == "info"
    assert asks.arguments
    assert asks.arguments({"times": 2}) == {"times": 2}


class Reads:
    """Methods, and what they read where they do nothing else."""

    here: Any
    other: Any

    def one(self) -> Any:
        return self.here

    def deep(self) -> Any:
        """With words about it."""
        return self.here.there.everywhere

    def itself(self) -> Any:
        return self

    def called(self) -> Any:
        return self.here()

    def chosen(self) -> Any:
        return self.here or self.other

    def constant(self) -> Any:
        return 1

    def given(self, other: Any = None) -> Any:
        return other.here

    def global_(self) -> Any:
        return BUILT.core

    def closed_over(self) -> Any:
        def inner() -> Any:
            return self.here

        return inner

    async def later(self) -> Any:
        return self.here


@pytest.mark.parametrize(
    ("method", "read"),
    [
        ("one", "here"),
        ("deep", "here.there.everywhere"),
        *(
            (name, None)
            for name in ("itself", "called", "chosen", "constant", "given", "global_", "closed_over", "later")
        ),
    ],
)
def test_a_resolver_that_only_reads_attributes_is_known_for_that(method: str, read: str | None) -> None:
    assert attribute_read(getattr(Reads, method)) == read


def test_words_about_access_cost_nothing() -> None:
    assert isinstance(resolution("stated"), Plain)


@pytest.mark.parametrize("name", ["guarded", "forbidden", "rooted"])
def test_what_is_unusual_goes_through_strawberry(name: str) -> None:
    assert isinstance(resolution(name), Full)


def fields() -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    for kind in BUILT.core.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            yield from ((kind, name, field) for name, field in kind.fields.items())


def test_every_field_that_is_for_some_is_guarded() -> None:
    guarded = 0
    for kind, name, field in fields():
        definition = field.extensions["strawberry-definition"]
        assert isinstance(definition, StrawberryField)
        if any(isinstance(extension, For) for extension in definition.extensions):
            assert isinstance(BUILT.resolutions.of(kind, name, field), Full), f"{kind}.{name}"
            guarded += 1
    assert guarded > 10
