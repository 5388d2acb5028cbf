"""Query documents drafted for operations that have none yet, for somebody to look over."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from graphql import (
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
)

from .coordinates import argument_type, operation_fields
from .layout import laid_out

REVIEW: Final = "Drafted from the schema: review its name, arguments and selection, and say here what it does."
_OUTCOME: Final = "responseResult"


@dataclass(frozen=True)
class Draft:
    """An operation that was drafted.

    Attributes:
        name: Its name, such as `PagesArchive`.
        server_field: What it is for, such as `pages.archive`.
        file: Where it was written to.
    """

    name: str
    server_field: str
    file: Path


class Drafting:
    """Drafts operations and the fragments that they need."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], avoid: Iterable[str] = ()
    ) -> None:
        """Start.

        Args:
            schema: What is drafted for.
            fragments: Those that there are, by name.
            avoid: Coordinates of fields that are not to be selected: guarded ones, and those that always fail.
        """
        self._schema = schema
        self._avoid = set(avoid)
        self._names = set(fragments) | set(schema.type_map) - {
            name for name, type_ in schema.type_map.items() if isinstance(type_, GraphQLObjectType)
        }
        self._of_type: dict[str, str] = {}
        for name, fragment in fragments.items():
            type_ = fragment.type_condition.name.value
            # The one that is called like its type is the plain one; else the first.
            if self._is_open(fragment) and (type_ not in self._of_type or name == type_):
                self._of_type[type_] = name
        self._new: list[str] = []

    def operation(self, server_field: str) -> str:
        """The text of an operation, with the fragments that it needs and that are not there yet."""
        self._new = []
        namespace, name = server_field.split(".")
        kind, field = _find(self._schema, namespace, name)
        arguments = sorted(field.args.items(), key=lambda pair: not is_required_argument(pair[1]))
        variables = ", ".join(f"${argument}: {argument_type(value)}" for argument, value in arguments)
        given = ", ".join(f"{argument}: ${argument}" for argument in field.args)
        text = (
            f"{kind} {operation_name(server_field)}{f'({variables})' if variables else ''}"
            f" {{ {namespace} {{ {name}{f'({given})' if given else ''}{self._selection(field)} }} }}"
        )
        return "\n\n".join([_commented(f"Call `{server_field}`.", text), *self._new]) + "\n"

    def _is_open(self, fragment: FragmentDefinitionNode) -> bool:
        """Whether everybody may read what a fragment selects."""
        chosen = [node.name.value for node in fragment.selection_set.selections if isinstance(node, FieldNode)]
        return self._avoid.isdisjoint(f"{fragment.type_condition.name.value}.{name}" for name in chosen)

    def _selection(self, field: GraphQLField) -> str:
        type_ = _named(field)
        if not isinstance(type_, GraphQLObjectType):
            return ""
        if set(type_.fields) == {_OUTCOME}:  # a reply that tells nothing but whether it worked
            return f" {{ {self._outcome(type_.fields[_OUTCOME])} }}"
        return f" {{ ...{self._fragment(type_)} }}"

    def _outcome(self, field: GraphQLField) -> str:
        return f"{_OUTCOME} {{ ...{self._fragment(_named(field))} }}"

    def _fragment(self, type_: object, above: tuple[str, ...] = ()) -> str:
        """The name of a fragment on a type; drafted when there is none."""
        if not isinstance(type_, GraphQLObjectType):
            raise TypeError(type_)
        if type_.name in self._of_type:
            return self._of_type[type_.name]
        name = type_.name if type_.name not in self._names else f"{type_.name}Draft"
        self._names.add(name)
        self._of_type[type_.name] = name
        fields = " ".join(self._fields(type_, (*above, type_.name)))
        text = f"fragment {name} on {type_.name} {{ {fields} }}"
        self._new.append(_commented(f"What is known of `{type_.name}`.", text))
        return name

    def _fields(self, type_: GraphQLObjectType, above: tuple[str, ...]) -> Iterator[str]:
        """All plain fields, the outcome first; fields of other types only where there is nothing else."""
        usable = {
            name: field
            for name, field in type_.fields.items()
            if f"{type_.name}.{name}" not in self._avoid and not any(map(is_required_argument, field.args.values()))
        }
        if _OUTCOME in usable:
            yield self._outcome(usable[_OUTCOME])
        plain = [name for name, field in usable.items() if is_leaf_type(cast("Any", _named(field)))]
        yield from plain
        if plain or _OUTCOME in usable:
            return
        for name, field in usable.items():
            inner = _named(field)
            if isinstance(inner, GraphQLObjectType) and inner.name not in above:
                yield f"{name} {{ ...{self._fragment(inner, above)} }}"
                return
        yield "__typename"


def operation_name(server_field: str) -> str:
    """`pages.singleByPath` as `PagesSingleByPath`."""
    return "".join(part[:1].upper() + part[1:] for part in server_field.split("."))


def append(folder: Path, server_field: str, text: str) -> Path:
    """Write an operation at the end of the file of its namespace."""
    file = folder / f"{server_field.partition('.')[0]}.graphql"
    before = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if file.exists() else ""
    file.write_text(before + text, encoding="utf-8")
    return file


def missing(schema: GraphQLSchema, covered: Iterable[str]) -> list[str]:
    """The fields that no operation uses."""
    known = set(covered)
    return [name for name in operation_fields(schema) if name not in known]


def _find(schema: GraphQLSchema, namespace: str, name: str) -> tuple[str, GraphQLField]:
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        type_ = root.fields[namespace].type if root and namespace in root.fields else None
        if isinstance(type_, GraphQLObjectType) and name in type_.fields:
            return kind, type_.fields[name]
    raise KeyError(f"{namespace}.{name}")


def _named(field: GraphQLField) -> object:
    untyped: Any = field
    return cast("object", get_named_type(untyped.type))


def _commented(what: str, text: str) -> str:
    """A definition below its comment, which says first what it does."""
    [definition] = parse(text, no_location=True).definitions
    review = textwrap.wrap(REVIEW, 100, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([f"# {what}", "#", *review, laid_out(cast("ExecutableDefinitionNode", definition))])
