"""Different GraphQL names that would be the same name in Python."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema

from wikijs.codegen import naming
from wikijs.codegen.errors import located
from wikijs.codegen.intermediate import OperationIR, PackageIR

from ..reading.config import Config
from ..reading.documents import Documents, name_of
from ..reading.ours import Ours, client_members, namespace

# Names that the generated modules use themselves, beside models.
OCCUPIED = (
    *("Any", "Final", "Mapping", "Iterator", "AsyncIterator", "Operation", "OperationSpec", "UnsetType"),
    *("Executor", "AsyncExecutor", "GeneratedClient", "AsyncGeneratedClient", "BaseModel", "InputModel"),
)
# Modules of the package, and functions, types and constants of its operations, as an operation's name would be written.
_NEEDED = frozenset(
    [
        *("aio", "base_model", "client", "enums", "fragments", "input_types", "operations", "ops", "unset", "given"),
        *("bool", "datetime", "float", "int", "list", "str"),
    ]
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


def project_problems(package: PackageIR, documents: Documents, ours: Ours, config: Config) -> Iterator[str]:
    """The same for names of a user's own project that py-wikijs, or the generated code, has already."""
    clients = {config.client, f"Async{config.client}"}
    classes = clients | ours.homes.keys() | {naming.pascal(name) for name in documents.fragments}
    for name, node in documents.fragments.items():
        if naming.pascal(name) in clients:
            yield located(node, f"fragment `{name}` would have the same name in Python as the client; rename it.")
    nodes = {name_of(node): node for node in documents.operations}
    for operation in package.operations:
        what = f"operation `{operation.name}`"
        if operation.constructor in _NEEDED or iskeyword(operation.constructor):
            yield located(nodes[operation.name], f"{what} has a name that generated code needs; choose a longer one.")
        elif naming.pascal(operation.name) in classes:
            other = f"the class `{naming.pascal(operation.name)}`"
            yield located(nodes[operation.name], f"{what} would have the same name in Python as {other}; rename it.")
        elif place := _occupied(operation):
            yield located(nodes[operation.name], f"{what} would be `{place}`, which is there already; rename it.")


def _occupied(operation: OperationIR) -> str:
    """The place of an operation's method, if the clients of py-wikijs have something else there."""
    if not operation.namespace:
        return f"client.{operation.method}" if operation.method in client_members() else ""
    known = namespace(operation.namespace)
    if known is None and operation.namespace in client_members():
        return f"client.{operation.namespace}.{operation.method}"
    return f"client.{operation.namespace}.{operation.method}" if known and operation.method in known.members else ""


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
