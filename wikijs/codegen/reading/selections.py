"""Selections written out inside an operation, as fragments: models and batches are made of named fragments only.

A user's own queries may be written as anybody writes GraphQL. `pages { list { id path } }` in a query `PagesPaths` is
compiled as if it spread a fragment `PagesPathsItem`; where the field is no list, its name ends in `Result`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    ListTypeNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    Visitor,
    visit,
)

from wikijs.codegen import naming
from wikijs.codegen.errors import located, raise_problems

from ..python.annotations import named as named_type
from ..python.annotations import type_of
from .documents import Documents, name_of, unsupported

_DEPTHS = {"query": 2, "mutation": 2, "subscription": 1}
"""How far down the server's own fields are, below their namespaces; what comes before cannot be a model."""
_STATUS = "responseResult"
_STATUS_FIELDS = {"succeeded", "errorCode", "slug", "message"}


def named(documents: Documents, schema: GraphQLSchema) -> Documents:
    """The same documents, in which each operation spreads one fragment where it selected fields.

    Raises:
        CodegenError: A fragment has the name already, or a variable is used where fragments cannot have one.
    """
    fragments = dict(documents.fragments)
    operations: list[OperationDefinitionNode] = []
    problems: list[str] = []
    for node in documents.operations:
        fields, type_ = _way(node, schema)
        last = fields[-1] if len(fields) >= _DEPTHS[node.operation.value] else None
        if last is None or type_ is None or last.selection_set is None or _spreads_one(last.selection_set):
            operations.append(node)
            continue
        fragment = _fragment(node, last, type_)
        if (name := name_of(fragment)) in fragments:
            problem = f"`{name_of(node)}` needs the name `{name}` for what it selects; rename the fragment."
            problems.append(located(fragments[name], problem))
        problems += unsupported(fragment)
        fragments[name] = fragment
        operations.append(_replaced(node, fields, name))
    raise_problems(problems)
    return Documents(tuple(operations), dict(sorted(fragments.items())))


def _way(node: OperationDefinitionNode, schema: GraphQLSchema) -> tuple[list[FieldNode], TypeNode | None]:
    """The single fields from the root down to the first list, choice or leaf; and the type of the last one."""
    parent: GraphQLNamedType | None = schema.get_root_type(node.operation)
    selections: Iterable[SelectionNode] = node.selection_set.selections
    fields: list[FieldNode] = []
    last: TypeNode | None = None
    while True:
        first, *others = selections
        type_ = None if others else type_of(parent, first)
        if type_ is None or not isinstance(first, FieldNode):
            return fields, last
        fields.append(first)
        last = type_
        if first.selection_set is None or _is_list(type_):
            return fields, last
        parent, selections = schema.type_map[named_type(type_)], first.selection_set.selections


def _is_list(type_: TypeNode) -> bool:
    return isinstance(type_.type if isinstance(type_, NonNullTypeNode) else type_, ListTypeNode)


def _spreads_one(selections: SelectionSetNode) -> bool:
    return len(selections.selections) == 1 and isinstance(selections.selections[0], FragmentSpreadNode)


def _fragment(node: OperationDefinitionNode, field: FieldNode, type_: TypeNode) -> FragmentDefinitionNode:
    name = f"{naming.pascal(name_of(node))}{'Item' if _is_list(type_) else 'Result'}"
    return FragmentDefinitionNode(
        name=NameNode(value=name),
        type_condition=NamedTypeNode(name=NameNode(value=named_type(type_))),
        selection_set=field.selection_set,
        directives=(),
        loc=field.loc,
    )


def _replaced(node: OperationDefinitionNode, fields: list[FieldNode], fragment: str) -> OperationDefinitionNode:
    """The operation, with a spread in its last field. Nodes are copied: they are shared with other documents."""
    inside: SelectionNode = FragmentSpreadNode(name=NameNode(value=fragment), directives=(), loc=fields[-1].loc)
    for field in reversed(fields):
        outer = copy(field)
        outer.selection_set = SelectionSetNode(selections=(inside,))
        inside = outer
    operation = copy(node)
    operation.selection_set = SelectionSetNode(selections=(inside,))
    return operation


def check_outcomes(documents: Documents, schema: GraphQLSchema) -> None:
    """Refuse mutations that do not ask whether they succeeded: the server says so in its answer only.

    Raises:
        CodegenError: Names each such mutation with its file and line.
    """
    remedy = "must select `responseResult { ...ResponseStatus }`, which says whether it succeeded."
    raise_problems(
        located(node, f"mutation `{name_of(node)}` {remedy}")
        for node in documents.operations
        if node.operation.value == "mutation" and not _asks(node, documents, schema)
    )


def check_overlaps(documents: Documents, written: Collection[str]) -> None:
    """Refuse selections of objects beside fragments that select the same objects: they cannot be one class in Python.

    Args:
        documents: What to compile.
        written: Names of fragments to look into: those that the project does not import.

    Raises:
        CodegenError: Names each such field with its file and line.
    """
    problems: list[str] = []

    class Overlaps(Visitor):
        def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
            seen: dict[str, FieldNode] = {}
            for selection in sorted(node.selections, key=lambda each: isinstance(each, FieldNode)):
                for key, field in _flat([selection], documents).items():
                    if field.selection_set and seen.setdefault(key, field) is not field:
                        problem = f"`{key}` is in a fragment beside it too, so it cannot be selected here again."
                        problems.append(located(selection, problem))

    for name in sorted(written):
        visit(documents.fragments[name], Overlaps())
    raise_problems(problems)


def _asks(node: OperationDefinitionNode, documents: Documents, schema: GraphQLSchema) -> bool:
    fields, _ = _way(node, schema)
    last = fields[-1] if fields else None
    selected = _selected(last, documents)
    status = last if last and last.name.value == _STATUS else selected.get(_STATUS)
    return set(_selected(status, documents)) >= _STATUS_FIELDS


def _selected(field: FieldNode | None, documents: Documents) -> dict[str, FieldNode]:
    """Fields selected in a field, under their own names."""
    if field is None or field.selection_set is None:
        return {}
    found = _flat(field.selection_set.selections, documents)
    return {key: inner for key, inner in found.items() if inner.name.value == key}


def _flat(selections: Iterable[SelectionNode], documents: Documents) -> dict[str, FieldNode]:
    """Fields by response key, those of fragments too."""
    found: dict[str, FieldNode] = {}
    for selection in selections:
        if isinstance(selection, FieldNode):
            found[(selection.alias or selection.name).value] = selection
        elif isinstance(selection, FragmentSpreadNode):
            found |= _flat(documents.fragments[selection.name.value].selection_set.selections, documents)
    return found
