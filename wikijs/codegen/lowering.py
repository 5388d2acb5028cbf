"""From checked documents to plain data: names, leaf, arguments and facts of each operation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    ListTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    TypeNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from wikijs.codegen import naming
from wikijs.codegen.errors import CodegenError, located, raise_problems
from wikijs.codegen.intermediate import Annotation, Argument, Fact, OperationIR, PackageIR
from wikijs.core.operations import MARK

from .python.annotations import Annotator, named, optional, type_of
from .reading.documents import Documents, comment_above, name_of, spreads
from .reading.facts import Facts
from .reading.ours import PACKAGE, Ours


@dataclass(frozen=True)
class _Leaf:
    fields: tuple[FieldNode, ...]
    annotation: Annotation


class Lowering:
    """Compiles operations against the corrected schema.

    Args:
        schema: The corrected one.
        documents: Operations and fragments.
        annotator: Writes types.
        facts: What is known besides.
        ours: In a user's own project, what is there already: fragments that need not be written, and no duty to name
            operations after namespaces, nor to know facts about their fields.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        documents: Documents,
        annotator: Annotator,
        facts: Facts | None,
        ours: Ours | None = None,
    ) -> None:
        self._ours = ours
        self._schema = schema
        self._documents = documents
        self._annotator = annotator
        self._facts = facts
        roots = (schema.query_type, schema.mutation_type)
        self._namespaces = {naming.snake(name) for root in roots if root for name in root.fields}

    def package(self) -> PackageIR:
        """All operations.

        Raises:
            CodegenError: Names every operation that cannot be compiled, with file and line.
        """
        operations: list[OperationIR] = []
        problems: list[str] = []
        for node in self._documents.operations:
            try:
                operations.append(self._operation(node))
            except CodegenError as error:
                problems.extend(error.problems)
        raise_problems(problems)
        known: Mapping[str, object] = self._ours.fragments if self._ours else {}
        fragments = {name: print_ast(node) for name, node in self._documents.fragments.items() if name not in known}
        borrowed = PACKAGE if known.keys() & self._documents.fragments.keys() else ""
        return PackageIR(operations=tuple(operations), fragment_sources=fragments, borrowed=borrowed)

    def _operation(self, node: OperationDefinitionNode) -> OperationIR:
        name = name_of(node)
        leaf = self._leaf(node)
        namespace, method = self._place(node, leaf)
        server_field = ".".join(field.name.value for field in leaf.fields[:2])
        keys = tuple((field.alias or field.name).value for field in leaf.fields)
        prefixed = cast("OperationDefinitionNode", visit(node, _Marks()))
        return OperationIR(
            name=name,
            kind=node.operation.value,
            namespace=namespace,
            method=method,
            constructor=naming.snake(name),
            server_field=server_field,
            arguments=tuple(self._argument(variable) for variable in node.variable_definitions),
            keys=keys,
            path=tuple(naming.attribute(key) for key in keys),
            result=leaf.annotation,
            selection=textwrap.dedent(print_ast(prefixed.selection_set)[2:-2]),
            variable_definitions=", ".join(print_ast(variable) for variable in prefixed.variable_definitions),
            fragments=tuple(sorted(spreads(node, self._documents.fragments))),
            comment=comment_above(node),
            fact=self._fact(node, server_field),
        )

    def _leaf(self, operation: OperationDefinitionNode) -> _Leaf:
        """Follow single fields down to the first fragment spread or scalar: the value that users get."""
        parent: GraphQLNamedType | None = self._schema.get_root_type(operation.operation)
        selections: Iterable[SelectionNode] = operation.selection_set.selections
        fields: list[FieldNode] = []
        nullable = False
        while True:
            node, *others = selections
            type_ = type_of(parent, node)
            if others or type_ is None or not isinstance(node, FieldNode):
                raise CodegenError(located(node, _no_leaf(operation, fields, inline=self._ours is not None)))
            fields.append(node)
            conditional = any(directive.name.value in ("include", "skip") for directive in node.directives)
            nullable = nullable or conditional or not isinstance(type_, NonNullTypeNode)
            inside = node.selection_set.selections if node.selection_set else ()
            spread = inside[0] if len(inside) == 1 and isinstance(inside[0], FragmentSpreadNode) else None
            if spread or not inside:
                annotation = self._annotator.result(type_, self._model(spread, type_) if spread else None)
                return _Leaf(tuple(fields), optional(annotation) if nullable else annotation)
            if isinstance(type_.type if isinstance(type_, NonNullTypeNode) else type_, ListTypeNode):
                raise CodegenError(located(node, _no_leaf(operation, fields, inline=False)))
            parent, selections = self._schema.type_map[named(type_)], inside

    def _model(self, spread: FragmentSpreadNode, type_: TypeNode) -> str:
        name = spread.name.value
        condition = self._documents.fragments[name].type_condition.name.value
        if condition != named(type_):
            problem = f"fragment `{name}` is on `{condition}`, but the field is of type `{named(type_)}`."
            raise CodegenError(located(spread, problem))
        return naming.pascal(name)

    def _place(self, node: OperationDefinitionNode, leaf: _Leaf) -> tuple[str, str]:
        """Namespace and method: `PagesSingle` under `pages` is `pages.single`."""
        name, root = name_of(node), leaf.fields[0].name.value
        # Where a leaf stands at the root, as a subscription's does, the name alone says to which namespace it belongs.
        candidates = [naming.snake(root)] if len(leaf.fields) > 1 else self._namespaces
        fitting = [namespace for namespace in candidates if naming.snake(name).startswith(f"{namespace}_")]
        if not fitting and self._ours:
            return "", naming.argument(naming.snake(name))
        if not fitting:
            start = f"`{naming.pascal(root)}`" if len(leaf.fields) > 1 else "a namespace of the schema"
            problem = f"the name of operation `{name}` must begin with {start}, to which its field belongs."
            raise CodegenError(located(node, problem))
        namespace = max(fitting, key=len)
        return namespace, naming.argument(naming.snake(name).removeprefix(f"{namespace}_"))

    def _argument(self, definition: VariableDefinitionNode) -> Argument:
        variable = definition.variable.name.value
        required = isinstance(definition.type, NonNullTypeNode)
        inner = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
        serializer = self._annotator.serializer(inner)
        if serializer and isinstance(inner, ListTypeNode):
            problem = f"`${variable}` is a list of a scalar that has `serialize`, which is not supported."
            raise CodegenError(located(definition, problem))
        return Argument(
            variable=variable,
            name=naming.argument(variable),
            annotation=self._annotator.argument(definition.type),
            required=required and definition.default_value is None,
            doc=comment_above(definition),
            serializer=serializer,
        )

    def _fact(self, node: OperationDefinitionNode, server_field: str) -> Fact | None:
        if self._facts is None:
            return None
        needed = {name: self._documents.fragments[name] for name in spreads(node, self._documents.fragments)}
        fact = self._facts.of(server_field, node, needed, self._schema)
        if fact is None and self._ours is None:
            raise CodegenError(located(node, f"`{name_of(node)}` uses `{server_field}`, for which there are no facts."))
        return fact


def _no_leaf(operation: OperationDefinitionNode, fields: Iterable[FieldNode], *, inline: bool) -> str:
    if not (place := ".".join(field.name.value for field in fields)):
        return f"`{name_of(operation)}` selects more than one field at its root; write one operation for each."
    if inline:
        return (
            f"`{name_of(operation)}` must select one field in `{place}`; write an operation for each, and batch them."
        )
    return f"`{name_of(operation)}` must select one named fragment in `{place}`; write a fragment and spread it."


class _Marks(Visitor):
    """Puts MARK in front of root response keys and of variables, so that operations can share one document."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        self._depth += 1
        if self._depth > 1:
            return None
        marked = copy(node)
        marked.alias = NameNode(value=MARK + (node.alias or node.name).value)
        return marked

    def leave_field(self, *_: Any) -> None:
        self._depth -= 1

    def enter_variable(self, node: VariableNode, *_: Any) -> VariableNode:
        return VariableNode(name=NameNode(value=MARK + node.name.value))
