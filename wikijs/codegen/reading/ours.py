"""What a user's own project takes from this client instead of having it generated: fragments, types, namespaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import NamedTuple

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    Source,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    print_type,
    validate,
    visit,
)
from graphql.pyutils import suggestion_list

from wikijs.codegen.errors import from_graphql, located, raise_problems
from wikijs.core.documents import bundled

from .. import naming
from ..python.annotations import named
from .documents import RULES, name_of, spreads

PACKAGE = "wikijs_generated"
_BASES = {"BaseModel": f"{PACKAGE}.base_model", "InputModel": f"{PACKAGE}.base_model"}


@dataclass(frozen=True)
class Ours:
    """What is there already.

    Attributes:
        fragments: By name.
        homes: The modules of classes that are imported, by name: models of fragments, and those enums and inputs that
            the project's schema has in the same form.
    """

    fragments: Mapping[str, FragmentDefinitionNode] = field(default_factory=dict[str, FragmentDefinitionNode])
    homes: Mapping[str, str] = field(default_factory=dict[str, str])


class Namespace(NamedTuple):
    """The classes of a namespace in both clients."""

    module: str
    asynchronous_module: str
    members: frozenset[str]


def load(mine: GraphQLSchema, theirs: GraphQLSchema) -> Ours:
    """Read this client's own fragments, and find the types that need not be written again.

    Args:
        mine: The schema that this client was compiled from.
        theirs: The schema that the project is compiled from.
    """
    fragments = _fragments()
    models = {naming.pascal(name): f"{PACKAGE}.fragments.{naming.snake(name)}" for name in fragments}
    return Ours(fragments, {**_BASES, **models, **dict(_types(mine, theirs))})


def borrow(definitions: Sequence[DefinitionNode], ours: Ours) -> list[FragmentDefinitionNode]:
    """The fragments of ours that query files spread, with those that they need themselves.

    Raises:
        CodegenError: A fragment is nowhere, or has the name of one of ours.
    """
    own = {name_of(node): node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    raise_problems(
        located(node, f"fragment `{name}` is one of py-wikijs; spread it as it is, or choose another name.")
        for name, node in own.items()
        if name in ours.fragments
    )
    places = _spread_places(definitions)
    raise_problems(
        located(node, f"there is no fragment `{name}`{_suggestion(name, [*own, *ours.fragments])}")
        for name, nodes in places.items()
        if name not in own and name not in ours.fragments
        for node in nodes
    )
    needed = {part for name in places.keys() & ours.fragments.keys() for part in _with_parts(name, ours)}
    return [ours.fragments[name] for name in sorted(needed)]


def misfits(definitions: Sequence[DefinitionNode], ours: Ours, schema: GraphQLSchema) -> Iterator[str]:
    """One sentence for each place where a fragment of ours is spread that does not fit the project's schema."""
    for name, nodes in _spread_places(definitions).items():
        if name in ours.fragments:
            document = DocumentNode(definitions=tuple(ours.fragments[part] for part in _with_parts(name, ours)))
            if errors := validate(schema, document, RULES):
                reason = from_graphql(errors[0]).partition(": ")[2]
                yield from (located(node, _misfit(name, reason)) for node in nodes)


def check_types(definitions: Sequence[DefinitionNode], ours: Ours, mine: GraphQLSchema, theirs: GraphQLSchema) -> None:
    """Refuse fragments of ours whose models do not fit what the project's schema promises.

    Args:
        definitions: Those of the query files.
        ours: What there is.
        mine: The corrected schema that our models were made from.
        theirs: The corrected schema of the project.

    Raises:
        CodegenError: A field has another type in the two schemas.
    """
    problems: list[str] = []
    for name, (place, *_) in _spread_places(definitions).items():
        for part in sorted(_with_parts(name, ours)) if name in ours.fragments else ():
            here, there = (_field_types(ours.fragments[part], schema) for schema in (mine, theirs))
            problems += [
                located(place, _misfit(name, f"`{at}` is `{there.get(at)}` here, and `{type_}` in our model."))
                for at, type_ in here.items()
                if there.get(at) != type_
            ][:1]
    raise_problems(problems)


def namespace(name: str) -> Namespace | None:
    """The classes that the methods of a project are added to; None for a namespace that we do not know."""
    class_name = naming.pascal(name)
    for module, asynchronous in (
        (f"{PACKAGE}.facades.blocking.{name}", f"{PACKAGE}.facades.asynchronous.{name}"),
        (f"{PACKAGE}.client", f"{PACKAGE}.aio"),
    ):
        try:
            found = getattr(import_module(module), class_name, None)
        except ModuleNotFoundError:
            continue
        if isinstance(found, type):
            return Namespace(module, asynchronous, frozenset(dir(found)))
    return None


def client_members() -> frozenset[str]:
    """Names that both clients have already."""
    from wikijs import AsyncWikiJSClient, WikiJSClient

    return frozenset({*dir(WikiJSClient), *dir(AsyncWikiJSClient)})


@cache
def _fragments() -> dict[str, FragmentDefinitionNode]:
    return {
        name_of(node): node
        for file in sorted(bundled.queries().glob("*.graphql"))
        for node in parse(Source(file.read_text(encoding="utf-8"), f"py-wikijs {file.name}")).definitions
        if isinstance(node, FragmentDefinitionNode)
    }


def _types(mine: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Enums and inputs that need not be generated again."""
    enums, inputs = (import_module(f"{PACKAGE}.{module}") for module in ("enums", "input_types"))
    for name, type_ in theirs.type_map.items():
        module = enums if isinstance(type_, GraphQLEnumType) else inputs
        known = isinstance(type_, GraphQLEnumType | GraphQLInputObjectType) and hasattr(module, name)
        if known and _is_same(name, mine, theirs):
            yield name, module.__name__


def _is_same(name: str, mine: GraphQLSchema, theirs: GraphQLSchema) -> bool:
    here, there = mine.type_map.get(name), theirs.type_map.get(name)
    if here is None or there is None or print_type(here) != print_type(there):
        return False
    if not isinstance(there, GraphQLInputObjectType):
        return True
    # What is built in has no definition, and is the same everywhere.
    parts = {named(part.ast_node.type) for part in there.fields.values() if part.ast_node}
    return all(_is_same(part, mine, theirs) for part in parts - {name})


def _with_parts(name: str, ours: Ours) -> set[str]:
    """A fragment of ours and those that it needs."""
    return {name} | spreads(ours.fragments[name], ours.fragments)


def _spread_places(definitions: Sequence[DefinitionNode]) -> dict[str, list[FragmentSpreadNode]]:
    """Where each fragment is spread."""
    places: dict[str, list[FragmentSpreadNode]] = {}

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            places.setdefault(node.name.value, []).append(node)

    for definition in definitions:
        visit(definition, Spreads())
    return places


def _field_types(fragment: FragmentDefinitionNode, schema: GraphQLSchema) -> dict[str, str]:
    """Types of the fields that a fragment selects, by coordinate."""
    found: dict[str, str] = {}
    types = TypeInfo(schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            type_ = f"{types.get_type()}"  # pyright: ignore  graphql-core leaves a type parameter open
            parent = types.get_parent_type()
            found[f"{parent.name if parent else ''}.{node.name.value}"] = type_

    visit(fragment, TypeInfoVisitor(types, Fields()))
    return found


def _misfit(name: str, reason: str) -> str:
    return f"fragment `{name}` of py-wikijs does not fit this schema, so write one of your own: {reason}"


def _suggestion(name: str, known: list[str]) -> str:
    similar = suggestion_list(name, known)
    return f"; did you mean `{similar[0]}`?" if similar else "."
