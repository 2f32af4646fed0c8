"""What a query may ask for at most. Pure checks, cheapest first; each raises before the next and dearer step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graphql import DirectiveNode, DocumentNode, FieldNode, Lexer, Node, Source, TokenKind

from parkgraph.api.errors import BadUserInputError, TooComplexError

CHARS_PER_TOKEN: Final = 32
"""A query may be this many times as long as it may have tokens: room for names, indentation and comments."""

MAX_NESTING: Final = 100
"""Brackets of any kind within each other: the parser recurses into them."""

MAX_NUMBER: Final = 40
"""Characters of a number."""

BOUND_VALUES: Final = 20_000
"""Values that variables may have with a key that is bound to something, such as a gate, which sends many events."""

_OPENING: Final = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING: Final = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})
_NUMBERS: Final = frozenset({TokenKind.INT, TokenKind.FLOAT})


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one query; docs/limits.md explains each."""

    depth: int = 12
    aliases: int = 15
    tokens: int = 1000
    directives: int = 50
    cost: int = 50_000


def check_source(source: str, limits: Limits) -> None:
    """Length, tokens (comments count) and nesting of the text, before it is parsed.

    Raises TooComplexError, BadUserInputError, GraphQLSyntaxError.
    """
    if len(source) > limits.tokens * CHARS_PER_TOKEN:
        raise TooComplexError(
            f"The query has {len(source)} characters; at most {limits.tokens * CHARS_PER_TOKEN} are allowed."
        )
    lexer = Lexer(Source(source))
    count = nesting = end = 0
    while (token := lexer.read_next_token(end)).kind is not TokenKind.EOF:
        end = token.end
        count += 1
        if count > limits.tokens:
            raise TooComplexError(f"The query has more than {limits.tokens} tokens; ask for less, or in several.")
        if token.kind in _OPENING:
            nesting += 1
            if nesting > MAX_NESTING:
                raise TooComplexError(f"The query nests brackets more than {MAX_NESTING} deep.")
        elif token.kind in _CLOSING:
            nesting -= 1
        elif token.kind in _NUMBERS and token.end - token.start > MAX_NUMBER:
            raise BadUserInputError(f"A number has at most {MAX_NUMBER} characters.")


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Aliases and directives, wherever they stand. Raises TooComplexError."""
    aliases = directives = 0
    for node in _nodes(document):
        if isinstance(node, FieldNode) and node.alias:
            aliases += 1
        elif isinstance(node, DirectiveNode):
            directives += 1
    if aliases > limits.aliases:
        raise TooComplexError(f"The query has {aliases} aliases; at most {limits.aliases} are allowed.")
    if directives > limits.directives:
        raise TooComplexError(f"The query has {directives} directives; at most {limits.directives} are allowed.")


def check_variables(variables: object, most: int) -> None:
    """Variables have at most so many values. Raises TooComplexError."""
    count = 0
    waiting = [variables]
    while waiting:
        value = waiting.pop()
        count += 1
        if count > most:
            raise TooComplexError(f"The variables have more than {most} values.")
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _nodes(document: DocumentNode) -> Iterator[Node]:
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        yield node
        for key in node.keys:
            child = getattr(node, key, None)
            if isinstance(child, Node):
                waiting.append(child)
            elif isinstance(child, (tuple, list)):
                waiting.extend(each for each in child if isinstance(each, Node))
