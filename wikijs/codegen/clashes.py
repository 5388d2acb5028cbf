"""Different GraphQL names that would be the same name in Python."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema

from wikijs.codegen import naming
from wikijs.codegen.documents import Documents, name_of
from wikijs.codegen.errors import located

# Names that the generated modules use themselves, beside models.
OCCUPIED = (
    *("Any", "Final", "Mapping", "Iterator", "AsyncIterator", "Operation", "OperationSpec", "UnsetType"),
    *("Executor", "AsyncExecutor", "GeneratedClient", "AsyncGeneratedClient", "BaseModel", "InputModel"),
)


def problems(documents: Documents, schema: GraphQLSchema) -> Iterator[str]:
    """One sentence for each clash, with file and line."""
    yield from _fragments(documents, schema)
    yield from _operations(documents)


def _fragments(documents: Documents, schema: GraphQLSchema) -> Iterator[str]:
    owners = dict.fromkeys(OCCUPIED, "a name that generated code needs")
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLEnumType | GraphQLInputObjectType):
            owners[name] = "a type of the schema"
    for root in (schema.query_type, schema.mutation_type):
        for field in root.fields if root else ():
            class_name = naming.pascal(naming.snake(field))
            owners[class_name] = owners[f"Async{class_name}"] = f"the class of the namespace `{field}`"
    for name, node in documents.fragments.items():
        other = owners.setdefault(naming.pascal(name), f"fragment `{name}`")
        if other != f"fragment `{name}`":
            yield located(node, f"fragment `{name}` would have the same name in Python as {other}; rename it.")


def _operations(documents: Documents) -> Iterator[str]:
    owners: dict[str, str] = {}
    for node in documents.operations:
        name = name_of(node)
        other = owners.setdefault(naming.snake(name), name)
        if other != name:
            yield located(node, f"operation `{name}` would have the same name in Python as `{other}`; rename it.")
        variables: dict[str, str] = {}
        for definition in node.variable_definitions:
            variable = definition.variable.name.value
            other = variables.setdefault(naming.argument(variable), variable)
            if other != variable:
                yield located(definition, f"`${variable}` would have the same name in Python as `${other}`; rename it.")
