"""Operations that are valid over a schema, made at random: a seed and a size give the same one again."""

from random import Random
from typing import Any, Final
from zlib import crc32

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_input_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)

MAX_DEPTH: Final = 5

LITERALS: Final[dict[str, tuple[Any, ...]]] = {
    "Int": (0, 1, 20, 50),
    "Float": (0.5, 48.78, 9.18),
    "Boolean": (True, False),
    "String": ("", "Garage", "ü"),
    "ID": ("1", "UGxhY2UK"),
    "DateTime": ("2026-11-24T09:00:00+01:00", "2026-11-25T09:00:00+01:00"),
    "Date": ("2026-12-24",),
    "Decimal": ("12.50", "0"),
    "BigInt": ("9007199254740993",),
}
"""Values of scalars; whatever is not here is said by a string."""

WHERE: Final = {"latitude": 48.78, "longitude": 9.18, "south": 48.7, "west": 9.1, "north": 48.9, "east": 9.3}
"""Where there is something to be found."""


class Operations:
    """Makes one operation. Fields that merge have the same arguments, since an alias says which they are."""

    def __init__(self, schema: GraphQLSchema, seed: int, size: int) -> None:
        self._schema = schema
        self._dice = Random(f"{seed} operation")
        self._left = size
        self._fragments: list[str] = []
        self.variables: dict[str, Any] = {}
        self._declared: list[str] = []

    def make(self, kind: str = "query") -> str:
        """The text of an operation, with its fragments; then `variables` has its variables."""
        root = self._schema.query_type if kind == "query" else self._schema.mutation_type
        assert root
        body = self._selections(root, 0)
        declared = f"({' '.join(self._declared)})" if self._declared else ""
        return "\n".join([f"{kind} Made{declared} {body}", *self._fragments])

    def variables_of(self, operation: OperationDefinitionNode) -> dict[str, Any]:
        """Values for the variables of an operation that was not made here."""
        values = {}
        for each in operation.variable_definitions or ():
            kind = type_from_ast(self._schema, each.type)
            if is_input_type(kind) and (is_non_null_type(kind) or self._dice.random() < 0.7):
                values[each.variable.name.value] = self._json(kind, 0)
        return values

    def _selections(self, kind: GraphQLNamedType, depth: int) -> str:
        wanted = self._dice.randrange(1, 6)
        return "{ " + " ".join(self._selection(kind, depth) for _ in range(wanted)) + " }"

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        way = self._dice.randrange(10)
        if way == 0:
            target = self._narrower(kind)
            on = f" on {target.name}" if target is not kind or self._dice.random() < 0.5 else ""
            return f"...{on}{self._condition()} {self._selections(target, depth)}"
        if way == 1 and len(self._fragments) < 5:
            target = self._narrower(kind)
            number = len(self._fragments)
            name = f"Fragment{number}"
            self._fragments.append("")
            self._fragments[number] = f"fragment {name} on {target.name} {self._selections(target, depth)}"
            return f"...{name}{self._condition()} ...{name}"
        if way == 2:
            return f"{self._dice.choice(['', 'kind: '])}__typename{self._condition()}"
        return self._field(kind, depth)

    def _narrower(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        if is_abstract_type(kind):
            return self._dice.choice([kind, *self._schema.get_possible_types(kind)])
        return kind

    def _field(self, kind: GraphQLNamedType, depth: int) -> str:
        fields: dict[str, GraphQLField] = getattr(kind, "fields", {})
        self._left -= 1
        ends = depth >= MAX_DEPTH or self._left <= 0
        names = [name for name, each in fields.items() if not ends or is_leaf_type(get_named_type(each.type))]
        if not names:
            return "__typename"
        name = self._dice.choice(names)
        field = fields[name]
        given = self._arguments(field)
        alias = f"{name}_{crc32(given.encode())}: " if given else self._dice.choice(["", "", "", f"also_{name}: "])
        below = get_named_type(field.type)
        selections = self._selections(below, depth + 1) if is_composite_type(below) else ""
        return f"{alias}{name}{given}{self._condition()} {selections}"

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._argument(argument)}"
            for name, argument in field.args.items()
            if (is_non_null_type(argument.type) and argument.default is None) or self._dice.random() < 0.5
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(self, argument: GraphQLArgument) -> str:
        if self._dice.random() < 0.4:
            return self._variable(argument)
        return self._printed(self._json(argument.type, 0), argument.type)

    def _variable(self, wanted: GraphQLArgument | GraphQLInputField) -> str:
        """Where there is a default, it may also be null, which is wrong, or not be there, which is right."""
        name, kind = f"v{len(self._declared)}", wanted.type
        if wanted.default is not None and is_non_null_type(kind) and self._dice.random() < 0.5:
            kind = kind.of_type
        self._declared.append(f"${name}: {kind}")
        if is_non_null_type(kind) or self._dice.random() < 0.8:
            self.variables[name] = self._json(kind, self._dice.randrange(2))
        return f"${name}"

    def _condition(self) -> str:
        if self._dice.random() < 0.8:
            return ""
        value = self._dice.choice(["true", "false", "$"])
        if value == "$":
            name = f"if{len(self._declared)}"
            self._declared.append(f"${name}: Boolean!")
            self.variables[name] = self._dice.random() < 0.5
            value = f"${name}"
        return f" @{self._dice.choice(['skip', 'include'])}(if: {value})"

    def _json(self, kind: GraphQLInputType, depth: int) -> Any:
        if is_non_null_type(kind):
            return self._json(kind.of_type, depth)
        if self._dice.random() < 0.1 and depth:
            return None
        if is_list_type(kind):
            return [self._json(kind.of_type, depth + 1) for _ in range(self._dice.randrange(3))]
        if isinstance(kind, GraphQLEnumType):
            return self._dice.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: WHERE.get(name) or self._json(each.type, depth + 1)
                for name, each in kind.fields.items()
                if (is_non_null_type(each.type) and each.default is None) or (depth < 3 and self._dice.random() < 0.4)
            }
        return self._dice.choice(LITERALS.get(str(kind), ("some",)))

    def _printed(self, value: Any, kind: GraphQLInputType) -> str:
        """A literal; members of objects may be variables."""
        if is_non_null_type(kind):
            return self._printed(value, kind.of_type)
        if value is None:
            return "null"
        if is_list_type(kind):
            return f"[{', '.join(self._printed(item, kind.of_type) for item in value)}]"
        if isinstance(kind, GraphQLInputObjectType):
            return "{" + ", ".join(f"{name}: {self._member(kind, name, each)}" for name, each in value.items()) + "}"
        if isinstance(kind, GraphQLEnumType):
            return str(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return f'"{value}"' if isinstance(value, str) else str(value)

    def _member(self, kind: GraphQLInputObjectType, name: str, value: Any) -> str:
        member = kind.fields[name]
        return self._variable(member) if self._dice.random() < 0.2 else self._printed(value, member.type)
