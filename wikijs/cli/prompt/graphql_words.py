"""What may come next in a GraphQL document that is still being written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    OperationType,
    Source,
    TokenKind,
    get_named_type,
)

from .command_words import Word

_OPENING: Final = {"query": OperationType.QUERY, "mutation": OperationType.MUTATION}


class _Reader:
    """Follows a document token by token, and knows what the place it has come to takes."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._operation = OperationType.QUERY
        self.types: list[Any] = []
        """Types of the selections that are open, the innermost last."""
        self.field: Any = None
        """The field that was named last, where one was."""
        self.argument: Any = None
        """The argument whose value comes next."""
        self.depth = 0
        """Brackets of arguments that are open."""
        self._after_on = False

    def read(self, kind: TokenKind, value: str) -> None:
        if kind is TokenKind.BRACE_L and not self.depth:
            self.types.append(self._schema.get_root_type(self._operation) if not self.types else _type_of(self.field))
            self.field = None
        elif kind is TokenKind.BRACE_R and not self.depth:
            if self.types:
                self.types.pop()
            self.field = None
        elif kind is TokenKind.PAREN_L:
            self.depth += 1
            self.argument = None
        elif kind is TokenKind.PAREN_R:
            self.depth = max(0, self.depth - 1)
            self.argument = None
        elif kind is TokenKind.NAME:
            self._name(value)
        elif kind is not TokenKind.COLON:
            self.argument = None if kind is not TokenKind.DOLLAR else self.argument

    def _name(self, value: str) -> None:
        if self.depth:
            arguments = getattr(self.field, "args", {})
            self.argument = arguments.get(value) if self.argument is None else None
        elif not self.types:
            self._operation = _OPENING.get(value, self._operation)
        elif self._after_on:
            self._after_on = False
            self.field = _Of(self._schema.type_map.get(value))
        elif value == "on":
            self._after_on = True
        else:
            fields = getattr(self.types[-1], "fields", {})
            self.field = fields.get(value, self.field)

    def candidates(self) -> Iterator[Word]:
        if self.depth:
            yield from self._in_arguments()
        elif self.types:
            fields = getattr(self.types[-1], "fields", {})
            for name, field in fields.items():
                yield Word(name, str(field.type))
        else:
            yield from (Word(name) for name in ("{", *_OPENING))

    def _in_arguments(self) -> Iterator[Word]:
        if self.argument is None:
            for name, argument in getattr(self.field, "args", {}).items():
                yield Word(f"{name}: ", str(argument.type))
            return
        type_ = _type_of(self.argument)
        if isinstance(type_, GraphQLEnumType):
            yield from (Word(name) for name in type_.values)
        elif isinstance(type_, GraphQLInputObjectType):
            yield Word("{")
        elif type_ is not None and type_.name == "Boolean":
            yield from (Word("true"), Word("false"))


class _Of:
    """Stands for a field of a type: what a fragment is on."""

    def __init__(self, type_: Any) -> None:
        self.type = type_


def next_words(schema: GraphQLSchema, text: str) -> tuple[str, list[Word]]:
    """What may stand at the end of a document.

    Args:
        schema: The schema that the document is for.
        text: The document up to the cursor.

    Returns:
        The name that was begun, and what it may become; nothing inside strings and comments.
    """
    begun = _begun(text)
    reader = _Reader(schema)
    try:
        for kind, value in _tokens(text[: len(text) - len(begun)]):
            reader.read(kind, value)
    except GraphQLSyntaxError:
        return begun, []
    if "#" in text.rpartition("\n")[2]:
        return begun, []
    return begun, [word for word in reader.candidates() if word.text.startswith(begun)]


def _begun(text: str) -> str:
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start:]


def _tokens(text: str) -> Iterable[tuple[TokenKind, str]]:
    lexer = Lexer(Source(text))
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        yield token.kind, token.value or ""


def _type_of(field: Any) -> Any:
    """The type of a field or argument without lists and non-null."""
    return None if field is None or field.type is None else cast("GraphQLObjectType", get_named_type(field.type))
