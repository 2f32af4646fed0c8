"""The schema, exported to `schema.graphql`."""

from collections.abc import Callable
from typing import Final, Self

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    Undefined,
)
from strawberry.extensions import DisableIntrospection, MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter
from strawberry.extensions.base_extension import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from parkgraph.api.queries import Query
from parkgraph.api.scalars import SCALARS, BigInt
from parkgraph.api.types import Listing, Place

MAX_DEPTH: Final = 12
MAX_ALIASES: Final = 15
MAX_TOKENS: Final = 1000


class ParkGraphSchema(strawberry.Schema):
    """Strawberry's schema, without its two habits that a client or an operator would notice."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Errors are logged where they are made presentable, not here too."""

    def without_null_defaults(self) -> Self:
        """An optional argument has no default, rather than null: leaving it out and null mean the same."""
        for kind in self._schema.type_map.values():
            inputs: list[GraphQLArgument | GraphQLInputField] = []
            if isinstance(kind, GraphQLInputObjectType):
                inputs.extend(kind.fields.values())
            elif isinstance(kind, GraphQLObjectType):
                inputs.extend(argument for field in kind.fields.values() for argument in field.args.values())
            for each in inputs:
                if each.default_value is None:
                    each.default_value = Undefined
        return self


def build(*, production: bool) -> strawberry.Schema:
    """The schema with its limits; introspection is off in production."""
    extensions: list[Callable[[], SchemaExtension]] = [
        lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
        lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
    ]
    if production:
        extensions.append(DisableIntrospection)
    return ParkGraphSchema(
        query=Query,
        types=[Place, Listing, BigInt],
        config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
        extensions=extensions,
    ).without_null_defaults()


def export() -> str:
    """The schema as SDL, ending in a newline."""
    return build(production=False).as_str() + "\n"
