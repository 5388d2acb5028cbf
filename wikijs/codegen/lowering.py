"""From checked documents to plain data: names, leaf, arguments and facts of each operation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldDefinitionNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
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
from wikijs.codegen.annotations import Annotator, named, optional
from wikijs.codegen.documents import Documents, comment_above, name_of, spreads
from wikijs.codegen.errors import CodegenError, located, raise_problems
from wikijs.codegen.intermediate import Annotation, Argument, Fact, OperationIR, PackageIR
from wikijs.operations import MARK


@dataclass(frozen=True)
class _Leaf:
    fields: tuple[FieldNode, ...]
    annotation: Annotation


class Lowering:
    """Compiles operations against the corrected schema."""

    def __init__(
        self, schema: GraphQLSchema, documents: Documents, annotator: Annotator, facts: Mapping[str, Fact] | None
    ) -> None:
        self._schema = schema
        self._documents = documents
        self._annotator = annotator
        self._facts = facts
        roots = (schema.query_type, schema.mutation_type)
        self._namespaces = sorted({naming.snake(name) for root in roots if root for name in root.fields}, key=len)

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
        raise_problems([*problems, *_clashes(operations)])
        fragments = {name: print_ast(node) for name, node in self._documents.fragments.items()}
        return PackageIR(operations=tuple(operations), fragment_sources=fragments)

    def _operation(self, node: OperationDefinitionNode) -> OperationIR:
        name = name_of(node)
        leaf = self._leaf(node)
        namespace, method = self._place(node, leaf.fields[0])
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
            if others or not isinstance(node, FieldNode) or not isinstance(parent, GraphQLObjectType):
                raise CodegenError(located(node, _no_leaf(operation, fields)))
            fields.append(node)
            type_ = _type_of(parent, node)
            conditional = any(directive.name.value in ("include", "skip") for directive in node.directives)
            nullable = nullable or conditional or not isinstance(type_, NonNullTypeNode)
            inside = node.selection_set.selections if node.selection_set else ()
            spread = inside[0] if len(inside) == 1 and isinstance(inside[0], FragmentSpreadNode) else None
            if spread or not inside:
                annotation = self._annotator.result(type_, self._model(spread, type_) if spread else None)
                return _Leaf(tuple(fields), optional(annotation) if nullable else annotation)
            if isinstance(type_.type if isinstance(type_, NonNullTypeNode) else type_, ListTypeNode):
                raise CodegenError(located(node, _no_leaf(operation, fields)))
            parent, selections = self._schema.type_map[named(type_)], inside

    def _model(self, spread: FragmentSpreadNode, type_: TypeNode) -> str:
        name = spread.name.value
        condition = self._documents.fragments[name].type_condition.name.value
        if condition != named(type_):
            problem = f"fragment `{name}` is on `{condition}`, but the field is of type `{named(type_)}`."
            raise CodegenError(located(spread, problem))
        return naming.pascal(name)

    def _place(self, node: OperationDefinitionNode, root: FieldNode) -> tuple[str, str]:
        """Namespace and method: `PagesSingle` under `pages` is `pages.single`."""
        snake = naming.snake(name_of(node))
        # A subscription's field stands at the root; its operation's name says which namespace it belongs to.
        subscription = node.operation.value == "subscription"
        candidates = self._namespaces if subscription else [naming.snake(root.name.value)]
        for namespace in reversed(candidates):
            if snake.startswith(f"{namespace}_"):
                return namespace, naming.argument(snake.removeprefix(f"{namespace}_"))
        start = "a namespace of the schema" if subscription else f"`{naming.pascal(root.name.value)}`"
        problem = f"the name `{name_of(node)}` must start with {start}, where its field lives, and go on."
        raise CodegenError(located(node, problem))

    def _argument(self, definition: VariableDefinitionNode) -> Argument:
        variable = definition.variable.name.value
        return Argument(
            variable=variable,
            name=naming.argument(variable),
            annotation=self._annotator.argument(definition.type),
            required=isinstance(definition.type, NonNullTypeNode) and definition.default_value is None,
            doc=comment_above(definition),
        )

    def _fact(self, node: OperationDefinitionNode, server_field: str) -> Fact | None:
        if self._facts is None:
            return None
        if server_field not in self._facts:
            raise CodegenError(located(node, f"`{name_of(node)}` uses `{server_field}`, for which there are no facts."))
        return self._facts[server_field]


def _type_of(parent: GraphQLObjectType, node: FieldNode) -> TypeNode:
    definition: FieldDefinitionNode | None = parent.fields[node.name.value].ast_node
    if definition is None:  # schemas are built from SDL; only `__typename`, which no leaf can be, has none
        raise TypeError(node)
    return definition.type


def _no_leaf(operation: OperationDefinitionNode, fields: Iterable[FieldNode]) -> str:
    if not (place := ".".join(field.name.value for field in fields)):
        return f"`{name_of(operation)}` selects more than one field at its root; write one operation for each."
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


def _clashes(operations: Iterable[OperationIR]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for operation in operations:
        other = seen.setdefault(operation.constructor, operation.name)
        if other != operation.name:
            both = f"`{other}` and `{operation.name}`"
            yield f"Operations {both} would both be `{operation.constructor}` in Python; rename one."
