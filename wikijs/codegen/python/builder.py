"""Python source of the query builder: what can be asked, with arguments and selectable fields as types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from graphql import (
    FieldDefinitionNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    ListTypeNode,
    NonNullTypeNode,
    TypeNode,
    get_named_type,
    is_required_argument,
)

from wikijs.codegen.intermediate import Fact

from .. import naming
from ..reading.corrections import Corrections
from ..reading.facts import Facts
from . import docstrings

SCALARS = {"Boolean": "bool", "Float": "float", "Int": "int"}
_HEAD = '''
"""What can be asked: `q.pages.list(limit=5).select("id", "path")` is an operation for `client.query`."""

from __future__ import annotations
import builtins
from typing import Any, Final, Literal, TypeAlias, get_args
from wikijs.core.operations import UNSET, Operation, UnsetType
from wikijs.core.documents.querying import QueryField, operation
'''


def module(schema: GraphQLSchema, corrections: Corrections, facts: Facts | None) -> str:
    """The module: for each namespace a class with a method for each of its queries, and an instance of it.

    Args:
        schema: The corrected schema.
        corrections: Tells which fields cannot be selected.
        facts: Permissions and first versions.
    """
    return _Builder(schema, corrections, facts).module()


class _Builder:
    def __init__(self, schema: GraphQLSchema, corrections: Corrections, facts: Facts | None) -> None:
        self._schema = schema
        self._refused = [(row.at, row.below) for row in corrections.rows if row.action == "unselectable"]
        self._facts: Mapping[str, Fact] = facts.operations if facts else {}
        self._aliases: dict[str, tuple[str, ...]] = {}

    def module(self) -> str:
        root = cast("GraphQLObjectType", self._schema.query_type)
        namespaces = {
            name: inside for name, field in root.fields.items() if isinstance(inside := _bare(field), GraphQLObjectType)
        }
        classes = [self._namespace(name, type_) for name, type_ in namespaces.items()]
        aliases = [
            f"{name}: TypeAlias = Literal[{', '.join(map(repr, values))}]\n"
            for name, values in sorted(self._aliases.items())
        ]
        instances = [f"{naming.snake(name)}: Final = {naming.pascal(name)}Queries()\n" for name in namespaces]
        public = "".join(f"    {naming.snake(name)!r},\n" for name in sorted(namespaces))
        return "\n".join([_HEAD, *aliases, *classes, *instances, f"__all__ = [\n{public}]\n"])

    def _namespace(self, namespace: str, type_: GraphQLObjectType) -> str:
        methods = [self._method(namespace, name, field) for name, field in type_.fields.items()]
        head = f'class {naming.pascal(namespace)}Queries:\n    """Queries of `{namespace}`."""\n'
        return "\n".join([head, *methods])

    def _method(self, namespace: str, name: str, field: GraphQLField) -> str:
        server_field = f"{namespace}.{name}"
        fact = self._facts.get(server_field)
        values = ", ".join(f"{key!r}: ({_written(each)!r}, {naming.argument(key)})" for key, each in field.args.items())
        needs = f"{fact.requires!r}, {fact.since!r}" if fact else "(), ''"
        arguments = f"{{{values}}}"
        inside = _bare(field)
        leaf = _plain(cast("FieldDefinitionNode", field.ast_node).type, inside)
        if isinstance(inside, GraphQLObjectType):
            alias = f"{inside.name}Field"
            self._aliases[alias] = tuple(self._paths(inside, frozenset({inside.name}), frozenset()))
            result = f"QueryField[{alias}, {leaf}]"
            value = f"QueryField({server_field!r}, {arguments}, get_args({alias}), {needs})"
        else:
            result, value = f"Operation[{leaf}]", f"operation({server_field!r}, {arguments}, (), {needs})"
        return (
            f"    def {naming.argument(name)}({self._parameters(field)}) -> {result}:\n"
            f"{_doc(server_field, field, fact)}\n"
            f"        return {value}\n"
        )

    def _parameters(self, field: GraphQLField) -> str:
        ordered = sorted(field.args.items(), key=lambda item: not is_required_argument(item[1]))
        parts = [self._parameter(name, argument) for name, argument in ordered]
        first_is_required = bool(ordered) and is_required_argument(ordered[0][1])
        if parts[1:] or (parts and not first_is_required):
            parts.insert(1 if first_is_required else 0, "*")
        return ", ".join(["self", *parts])

    def _parameter(self, name: str, argument: GraphQLArgument) -> str:
        type_ = _bare(argument)
        text = "str" if not isinstance(type_, GraphQLEnumType) else f"{type_.name}Name"
        if isinstance(type_, GraphQLEnumType):
            self._aliases[text] = tuple(type_.values)
        text = SCALARS.get(type_.name, text)
        if "[" in _written(argument):
            text = f"builtins.list[{text}]"
        unset = "" if is_required_argument(argument) else " | UnsetType = UNSET"
        return f"{naming.argument(name)}: {text}{unset}"

    def _paths(self, type_: GraphQLObjectType, seen: frozenset[str], above: frozenset[str]) -> Iterator[str]:
        """Names of fields, with dots into objects, each type at most once on the way."""
        for name, field in type_.fields.items():
            at = f"{type_.name}.{name}"
            refused = any(at == where and (not below or below in above) for where, below in self._refused)
            if refused or any(is_required_argument(argument) for argument in field.args.values()):
                continue
            inside = _bare(field)
            if not isinstance(inside, GraphQLObjectType):
                yield name
            elif inside.name not in seen:
                yield from (f"{name}.{rest}" for rest in self._paths(inside, seen | {inside.name}, above | {at}))


def _bare(field: GraphQLField | GraphQLArgument) -> GraphQLNamedType:
    """The type without lists and non-null."""
    type_ = cast("Any", field).type  # graphql-core leaves a type parameter open
    return cast("GraphQLNamedType", get_named_type(type_))


def _written(argument: GraphQLArgument) -> str:
    """The type as a variable declares it."""
    return str(cast("Any", argument).type)


def _plain(node: TypeNode, inside: GraphQLNamedType) -> str:
    """Type of the JSON that a field answers."""
    if not isinstance(node, NonNullTypeNode):
        return f"{_plain(NonNullTypeNode(type=node), inside)} | None"
    if isinstance(node.type, ListTypeNode):
        return f"builtins.list[{_plain(node.type.type, inside)}]"
    return "dict[str, Any]" if isinstance(inside, GraphQLObjectType) else SCALARS.get(inside.name, "str")


def _doc(server_field: str, field: GraphQLField, fact: Fact | None) -> str:
    lines = docstrings.facts(fact)
    what = f"Ask `{server_field}`" + (
        "; choose the fields with `select`." if isinstance(_bare(field), GraphQLObjectType) else "."
    )
    body = "".join(f"\n        {line}" for line in lines)
    return f'        """{what}\n{body}\n        """' if body else f'        """{what}"""'
