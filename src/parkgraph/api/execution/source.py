"""A plan as Python: one function for each selection and each list, that takes whatever resolvers may give.

What is steady is left to `structs` first.

Only names that GraphQL allows, in quotes, and numbers of the plan get into the source.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from functools import partial
from types import CoroutineType, GeneratorType
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLSchema,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)
from graphql.pyutils import Undefined, is_awaitable
from orjson import Fragment

from parkgraph.api.execution.completion import (
    Select,
    Step,
    abandon,
    all_entries,
    all_items,
    completer,
    guarded,
    handler,
    leaf_result,
    settled,
)
from parkgraph.api.execution.fragments import Fragments
from parkgraph.api.execution.leaves import AS_IT_IS
from parkgraph.api.execution.plan import Entry, Plan, Selection, Value
from parkgraph.api.execution.resolution import ITSELF, Attribute, Plain, Resolutions
from parkgraph.api.execution.run import PathTo, Run
from parkgraph.api.execution.structs import Structs, Written

MIN_STEADY: Final = 3
"""Fields of an object, and of what is in it, that are worth to be kept as JSON."""


class Functions:
    """Compiles plans of one schema; what is learnt of classes and enums serves all of them."""

    def __init__(self, schema: GraphQLSchema, resolutions: Resolutions, fragments: Fragments | None) -> None:
        self._schema = schema
        self._resolutions = resolutions
        self._fragments = fragments
        self._plain: set[type] = set()
        self._names: dict[GraphQLEnumType, _EnumNames] = {}

    def compile(self, plan: Plan) -> Sequence[Select]:
        """The functions of the plan's roots."""
        functions: dict[str, Any] = {
            "CoroutineType": CoroutineType,
            "Fragment": Fragment,
            "abandon": abandon,
            "all_entries": all_entries,
            "all_items": all_items,
            "is_awaitable": is_awaitable,
            "leaf_result": leaf_result,
            "learn": partial(learn, self._plain),
            "plain": self._plain,
        }
        for value in plan.values:
            handle = handler(value)
            settle = settled(completer(value, self._schema, functions), handle)
            functions[f"handle_{value.number}"] = handle
            functions[f"guard_{value.number}"] = guarded(handle)
            functions[f"settle_{value.number}"] = settle
            self._provide(functions, value, settle)
        writer = _Writer(self._resolutions)
        for selection in plan.selections:
            writer.select(f"careful_{selection.number}", selection.kind, selection.entries)
            for keeping in self._keepings(selection):
                holes = [entry for entry in selection.entries if keeping.holes[entry.key]]
                writer.select(keeping.function, selection.kind, holes)
            for entry in selection.entries:
                if entry.value:
                    functions[f"field_{entry.value.field.number}"] = entry.value.field
                if entry.value and entry.resolution and not isinstance(entry.resolution, Attribute):
                    functions[f"call_{entry.value.field.number}"] = entry.resolution.call
        for value in plan.values:
            if value.item:
                writer.list(value, value.item)
        exec(compile("\n".join(writer.lines), "<operation>", "exec"), functions)  # noqa: S102
        self._structure(functions, plan)
        whole = {selection.number: self._keep(functions, selection) for selection in plan.selections}
        for value in plan.values:
            if value.item and isinstance(value.item.within, GraphQLObjectType):
                number = whole[value.item.selections[value.item.within.name].number]
                if self._fragments and number is not None:
                    name = f"list_{value.number}"
                    functions[name] = self._fragments.listed(number, functions[name])
        return [functions[f"select_{root.number}"] for root in plan.roots]

    def _structure(self, functions: dict[str, Any], plan: Plan) -> None:
        """By structs first, and carefully what they do not take. The root's answer is an object of Python always."""
        structs = Structs(self._resolutions, self._plain, lambda each: any(self._keepings(each)), self._named_alike)
        for selection in plan.selections:
            careful = functions[f"careful_{selection.number}"]
            written = None if selection in plan.roots else structs.one(selection)
            functions[f"select_{selection.number}"] = _first(written, careful) if written else careful
        for value in plan.values:
            if value.item and (written := structs.many(value.item)):
                functions[f"list_{value.number}"] = _first(written, functions[f"list_{value.number}"])

    def _named_alike(self, kind: GraphQLEnumType) -> type[Enum] | None:
        """The class of an enum's members, where each has the name, and is the value, that the answer has for it."""
        members = self._resolutions.members_of(kind)
        try:
            is_so = members is not None and all(
                kind.coerce_output_value(each) == each.name == each.value for each in members
            )
        except Exception:  # noqa: BLE001  (of a member that the enum does not have)
            return None
        return members if is_so else None

    def _keepings(self, selection: Selection) -> Iterable["_Keeping"]:
        """By what JSON of its objects is kept, the best last: where that spares at least as much as a look-up takes."""
        if self._fragments is None or self._resolutions.class_of(selection.kind) is None:
            return
        number, resolutions = selection.number, self._resolutions
        if mostly := resolutions.mostly_shown_by(selection.kind):
            shown_by, apart = mostly
            if selection.steady_fields(apart) >= MIN_STEADY:
                yield _Keeping(shown_by, f"rest_{number}", _holes(selection, apart))
        if (shown := resolutions.shown_by(selection.kind)) and selection.steady_fields() >= MIN_STEADY:
            yield _Keeping(shown, f"holes_{number}", _holes(selection))

    def _keep(self, functions: dict[str, Any], selection: Selection) -> int | None:
        """With which number its objects are kept, where that is as a whole, and by what they are."""
        name, whole = f"select_{selection.number}", None
        as_a_whole, in_parts = functions[name], functions[f"careful_{selection.number}"]
        for keeping in self._keepings(selection):
            assert self._fragments
            number = self._fragments.number()
            select = in_parts if any(keeping.holes.values()) else as_a_whole
            functions[name] = self._fragments.kept(
                number, select, functions[keeping.function], keeping.shown_by, keeping.holes, functions[name]
            )
            whole = number if keeping.shown_by == ITSELF and not any(keeping.holes.values()) else None
        return whole

    def _provide(self, functions: dict[str, Any], value: Value, settle: Step) -> None:
        kind = value.within
        if isinstance(kind, GraphQLEnumType):
            names = self._names.setdefault(kind, _EnumNames())
            functions[f"names_{value.number}"] = names.by_id
            functions[f"name_{value.number}"] = partial(names.learn, settle)
        elif is_leaf_type(kind) and kind not in AS_IT_IS:
            functions[f"kind_{value.number}"] = kind
            functions[f"coerce_{value.number}"] = kind.coerce_output_value
        elif isinstance(kind, GraphQLObjectType):
            functions[f"class_{value.number}"] = self._resolutions.class_of(kind)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """By which attribute JSON of objects is kept; `function` fills the keys that are `holes`."""

    shown_by: str
    function: str
    holes: Mapping[str, bool]


def _holes(selection: Selection, apart: Set[str] = frozenset()) -> Mapping[str, bool]:
    return {entry.key: not entry.is_steady or entry.is_one_of(apart) for entry in selection.entries}


class _EnumNames:
    """Names of an enum's members, by the identity of the members, which are kept."""

    def __init__(self) -> None:
        self.by_id: dict[int, str] = {}
        self._kept: list[Enum] = []

    def learn(self, settle: Step, run: Run, member: Any, path: PathTo) -> Any:
        name = settle(run, member, path)
        if isinstance(member, Enum) and name.__class__ is str:
            self.by_id[id(member)] = name
            self._kept.append(member)
        return name


def learn(plain: set[type], value: object) -> None:
    """Note the class of a value, if no instance of it can be awaitable, an exception or nothing."""
    kind = type(value)
    special = (BaseException, CoroutineType, GeneratorType, type(None), type(Undefined))
    if not issubclass(kind, special) and not hasattr(kind, "__await__") and not hasattr(kind, "__getattr__"):
        plain.add(kind)


def _first(written: Written, careful: Select) -> Select:
    def select(run: Run, source: Any, path: PathTo) -> Any:
        done = written(source)
        return careful(run, source, path) if done is None else done

    return select


class _Writer:
    def __init__(self, resolutions: Resolutions) -> None:
        self.lines: list[str] = []
        self._resolutions = resolutions

    def select(self, function: str, kind: GraphQLObjectType, entries: Sequence[Entry]) -> None:
        self._write(0, f"def {function}(run, source, path):", " waiting = None", " try:", "  pass")
        for index, entry in enumerate(entries):
            if entry.value:
                self._entry(f"v{index}", entry, entry.value, kind.name)
        pairs = (
            f"{entry.key!r}: {f'v{index}' if entry.value else repr(kind.name)}" for index, entry in enumerate(entries)
        )
        self._write(1, "except Exception:", " if waiting:", "  run.settle(list(waiting.values()))", " raise")
        self._write(1, f"done = {{{', '.join(pairs)}}}")
        self._write(1, "return done if waiting is None else all_entries(done, list(waiting))")

    def list(self, value: Value, item: Value) -> None:
        """Items of a list that is iterated once."""
        at = "(path, len(done), None)"
        self._write(0, f"def list_{value.number}(run, source, path):", " done, waiting = [], None")
        self._write(1, "items = iter(source)", "try:", " for v in items:", "  try:")
        self._complete(4, "v", item, at, ("waiting = waiting or []", "waiting.append(len(done))"))
        self._write(3, "except Exception as raw:", f" v = handle_{item.number}(run, raw, {at})")
        self._write(3, "done.append(v)")
        self._write(1, "except Exception:", " abandon(run, done, waiting or (), items)", " raise")
        self._write(1, "return done if waiting is None else all_items(done, waiting)")

    def _entry(self, name: str, entry: Entry, value: Value, parent: str) -> None:
        at = f"(path, {entry.key!r}, {parent!r})"
        self._write(2, "try:")
        self._call(name, entry, value, at)
        self._complete(3, name, value, at, ("waiting = waiting or {}", f"waiting[{entry.key!r}] = {name}"))
        self._write(2, "except Exception as raw:", f" {name} = handle_{value.number}(run, raw, {at})")

    def _call(self, name: str, entry: Entry, value: Value, at: str) -> None:
        field, resolution = value.field, entry.resolution
        if isinstance(resolution, Attribute):
            assert all(name.isidentifier() for name in resolution.name.split("."))
            self._write(3, f"{name} = source.{resolution.name}")
            return
        given: list[str] = []
        if not isinstance(resolution, Plain):
            given = ["source", f"run.resolve_info(field_{field.number}, {at})"]
        else:
            given += ["source"] if resolution.takes_source else []
            given += [f"{resolution.info}=run.info"] if resolution.info else []
        if field.has_arguments:
            self._write(3, f"arguments = run.arguments[{field.number}]", "if arguments is None:")
            self._write(4, f"arguments = run.coerce({field.number})")
            given.append("**arguments")
        self._write(3, f"{name} = call_{field.number}({', '.join(given)})")

    def _complete(self, depth: int, name: str, value: Value, at: str, wait: Sequence[str]) -> None:
        """From the value that the resolver returned to the completed one, both with the same name."""
        kind, number = value.within, value.number
        wait = [f"  {line}" for line in wait]
        settle = [
            f" {name} = settle_{number}(run, {name}, {at})",
            f" if {name}.__class__ is CoroutineType or is_awaitable({name}):",
            *wait,
        ]
        present = "True" if value.required else f"{name} is not None"
        if check := AS_IT_IS.get(kind):
            self._write(depth, f"if {present} and not ({check.format(name)}):", *settle)
        elif isinstance(kind, GraphQLEnumType):
            self._write(depth, f"known = names_{number}.get(id({name}))", "if known is not None:", f" {name} = known")
            learnt = [line.replace("settle_", "name_", 1) for line in settle]
            self._write(depth, f"elif {present}:", *learnt)
        elif is_leaf_type(kind):
            self._write(depth, f"if {name}.__class__ in plain:", f" result = {name}")
            self._write(depth + 1, f"{name} = coerce_{number}(result)", f"if {name}.__class__ is not str:")
            self._write(depth + 2, f"{name} = leaf_result(kind_{number}, result, {name})", f"if is_awaitable({name}):")
            self._write(depth + 3, f"{name} = guard_{number}(run, {name}, {at})", *(line.strip() for line in wait))
            self._write(depth, f"elif {present}:", f" learn({name})", *settle)
        elif is_list_type(kind):
            quick = f"{name}.__class__ is list or {name}.__class__ is tuple"
            self._below(depth, quick, f"list_{number}", "list", name, value, at, wait, settle)
        elif is_abstract_type(kind):
            self._write(depth, f"if {present}:", *settle)
        elif isinstance(kind, GraphQLObjectType):
            select = f"select_{value.selections[kind.name].number}"
            if self._resolutions.class_of(kind):
                self._below(depth, f"{name}.__class__ is class_{number}", select, "dict", name, value, at, wait, settle)
            elif kind.is_type_of:
                self._write(depth, f"if {present}:", *settle)
            else:
                learning = [f" learn({name})", *settle]
                self._below(depth, f"{name}.__class__ in plain", select, "dict", name, value, at, wait, learning)

    def _below(
        self,
        depth: int,
        quick: str,
        function: str,
        made: str,
        name: str,
        value: Value,
        at: str,
        wait: Sequence[str],
        otherwise: Sequence[str],
    ) -> None:
        self._write(depth, f"if {quick}:", f" {name} = {function}(run, {name}, {at})")
        self._write(depth + 1, f"if {name}.__class__ is not {made} and {name}.__class__ is not Fragment:")
        self._write(depth + 2, f"{name} = guard_{value.number}(run, {name}, {at})", *(line.strip() for line in wait))
        self._write(depth, "else:" if value.required else f"elif {name} is not None:", *otherwise)

    def _write(self, depth: int, *lines: str) -> None:
        self.lines.extend(" " * depth + line for line in lines)
