"""Variables that decide what is asked for: those of `@skip` and `@include`."""

from collections.abc import Iterator, Sequence

from graphql import DirectiveNode, DocumentNode, FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode
from graphql.language import ExecutableDefinitionNode, VariableNode


def directives(document: DocumentNode) -> Iterator[DirectiveNode]:
    """Every directive on a selection of the document."""
    waiting: list[SelectionSetNode] = [
        each.selection_set for each in document.definitions if isinstance(each, ExecutableDefinitionNode)
    ]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, (FieldNode, FragmentSpreadNode, InlineFragmentNode)):
                yield from selection.directives or ()
            if isinstance(selection, (FieldNode, InlineFragmentNode)) and selection.selection_set:
                waiting.append(selection.selection_set)


def conditions(document: DocumentNode) -> Sequence[str]:
    """The names of all variables that conditions use."""
    return sorted(
        {
            argument.value.name.value
            for directive in directives(document)
            for argument in directive.arguments or ()
            if isinstance(argument.value, VariableNode)
        }
    )
