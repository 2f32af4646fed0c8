"""The schema, exported to `schema.graphql`."""

from typing import Any, Self

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)
from strawberry.schema.config import StrawberryConfig

from parkgraph.api.bookings import Booking
from parkgraph.api.compiled_inputs import compile_inputs
from parkgraph.api.gate_sessions import ParkingSession
from parkgraph.api.listings import Listing
from parkgraph.api.mutations import Mutation
from parkgraph.api.places import Place
from parkgraph.api.queries import Query
from parkgraph.api.resolvers import StrawberryResolutions
from parkgraph.api.scalars import SCALARS, BigInt
from parkgraph.api.subscriptions import Subscription
from parkgraph.api.yard_bookings import YardBooking
from parkgraph.api.yards import Yard


class ParkGraphSchema(strawberry.Schema):
    """Strawberry's schema, without its habits that a client would notice."""

    @property
    def core(self) -> GraphQLSchema:
        """What graphql-core validates and executes."""
        return self._schema

    @property
    def resolutions(self) -> StrawberryResolutions:
        """How its fields are resolved."""
        return StrawberryResolutions(self.schema_converter)

    def with_checked_one_ofs(self) -> Self:
        """GraphQL's own check of what is `@oneOf`, which names the field, for strawberry's exception."""
        for each in self.schema_converter.type_map.values():
            kind, definition = each.implementation, each.definition
            if isinstance(kind, GraphQLInputObjectType) and getattr(definition, "is_one_of", False):
                kind.is_one_of = True
                kind.out_type = GraphQLInputObjectType.out_type  # type: ignore[method-assign]
        return self

    def with_compiled_inputs(self) -> Self:
        compile_inputs(self.schema_converter)
        return self

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


def build(
    query: type[Any] = Query, mutation: type[Any] | None = Mutation, subscription: type[Any] | None = None
) -> ParkGraphSchema:
    """The schema over these roots."""
    return (
        ParkGraphSchema(
            query=query,
            mutation=mutation,
            subscription=subscription or (Subscription if mutation is Mutation else None),
            types=[Place, Listing, Booking, Yard, YardBooking, ParkingSession, BigInt],
            config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
        )
        .without_null_defaults()
        .with_checked_one_ofs()
        .with_compiled_inputs()
    )


def export() -> str:
    """The schema as SDL, ending in a newline."""
    return build().as_str() + "\n"
