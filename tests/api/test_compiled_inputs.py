"""Inputs that are made by a table are those that strawberry makes."""

from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, Undefined, coerce_input_value
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryObjectDefinition

from parkgraph.api.gate_inputs import GateEventInput, PlateReadInput
from parkgraph.api.schema import ParkGraphSchema, build
from parkgraph.api.yard_inputs import YardInput
from tests.yards.yards import INPUT

READ = {
    "eventId": str(uuid4()),
    "gateId": "a gate",
    "direction": "ENTRY",
    "passageRef": "p",
    "capturedAt": "2026-11-28T12:00:00Z",
    "observedAt": "2026-11-28T12:00:00+01:00",
    "bootId": "b",
    "sequence": "7",
    "clockSynced": True,
}
EDGE = {"decision": "OPEN", "reason": "EXACT_RIGHT", "decidedAt": "2026-11-28T12:00:00Z"}


@pytest.fixture(scope="module")
def schema() -> ParkGraphSchema:
    return build()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(PlateReadInput, READ, id="without what may be left out"),
        pytest.param(PlateReadInput, READ | {"plate": None, "candidates": None, "edgeDecision": None}, id="null"),
        pytest.param(
            PlateReadInput,
            READ | {"candidates": [{"plate": "X"}, {"plate": "Y", "confidence": 0.5}], "edgeDecision": EDGE},
            id="inputs within",
        ),
        pytest.param(GateEventInput, {"plateRead": READ}, id="one of several"),
        pytest.param(YardInput, dict(INPUT), id="lists and enums"),
    ],
)
def test_it_is_what_strawberry_makes(schema: ParkGraphSchema, kind: type[Any], value: dict[str, Any]) -> None:
    converter = schema.schema_converter
    core = schema.core.type_map[kind.__strawberry_definition__.name]
    assert isinstance(core, GraphQLInputObjectType)
    coerced = coerce_input_value(value, core)
    assert coerced is not Undefined
    made = _made(schema, kind, coerced)
    with pytest.MonkeyPatch.context() as patch:
        for each in converter.type_map.values():
            if isinstance(each.definition, StrawberryObjectDefinition):
                patch.setattr(each.definition, "from_input", None)
        by_strawberry = _made(schema, kind, coerced)
    assert made == by_strawberry
    assert isinstance(made, kind)


def _made(schema: ParkGraphSchema, kind: type[Any], value: object) -> object:
    converter = schema.schema_converter
    return convert_argument(value, kind, converter.scalar_registry, converter.config)


def test_all_inputs_are_made_by_tables(schema: ParkGraphSchema) -> None:
    for each in schema.schema_converter.type_map.values():
        if isinstance(each.definition, StrawberryObjectDefinition) and each.definition.is_input:
            assert each.definition.from_input is not None
