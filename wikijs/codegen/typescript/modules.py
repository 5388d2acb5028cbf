"""The generated modules: types, fragments, operations, and the schema's own namespaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import print_ast

from wikijs.codegen.errors import CodegenError, located
from wikijs.codegen.intermediate import OperationIR
from wikijs.codegen.package import Compiled
from wikijs.codegen.reading.documents import comment_above, name_of
from wikijs.codegen.typescript import text
from wikijs.codegen.typescript.shapes import Member, Record, Shape, Shapes, references


@dataclass(frozen=True, kw_only=True)
class TypedOperation:
    """An operation with what TypeScript knows about it."""

    source: OperationIR
    variables: tuple[Member, ...]
    result: Shape

    @property
    def function(self) -> str:
        """Name of the function that makes it."""
        return text.function(self.source.name)

    @property
    def variables_type(self) -> str:
        """Name of the type of its variables."""
        return text.variables_type(self.source.name)

    @property
    def method(self) -> str:
        """Name of its method in a namespace."""
        return method(self.source)

    @property
    def parameter(self) -> str:
        """The parameter of its function, if it has one."""
        if not self.variables:
            return ""
        optional = all(member.optional for member in self.variables)
        return f"variables{'?' if optional else ''}: {self.variables_type}"


@dataclass(frozen=True, kw_only=True)
class Package:
    """Everything that is written from, besides the texts."""

    operations: tuple[TypedOperation, ...]
    fragments: Mapping[str, Record]
    sources: Mapping[str, str]
    docs: Mapping[str, str]
    inputs: Mapping[str, Record]
    enums: Mapping[str, tuple[str, ...]]

    @property
    def namespaces(self) -> dict[str, list[TypedOperation]]:
        """Operations by namespace, in alphabetical order."""
        found: dict[str, list[TypedOperation]] = {}
        for operation in sorted(self.operations, key=lambda each: (each.source.namespace, each.function)):
            found.setdefault(operation.source.namespace, []).append(operation)
        return found


def typed(found: Compiled) -> Package:
    """Find the types of what was compiled.

    Raises:
        CodegenError: Two things would have one name in TypeScript.
    """
    documents = found.documents
    shapes = Shapes(found.schema.corrected, documents)
    nodes = {name_of(node): node for node in documents.operations}
    operations = tuple(
        TypedOperation(
            source=operation,
            variables=shapes.variables(nodes[operation.name]),
            result=shapes.leaf(nodes[operation.name], len(operation.keys)),
        )
        for operation in found.package.operations
    )
    fragments = {name: shapes.fragment(node) for name, node in documents.fragments.items()}
    used = {
        name
        for shape in [
            *fragments.values(),
            *(each.result for each in operations),
            *(Record(each.variables) for each in operations),
        ]
        for name in references(shape)
    }
    inputs = shapes.inputs(used)
    used |= {name for record in inputs.values() for name in references(record)}
    enums = shapes.enums(used)
    problems = [
        located(node, f"fragment `{name}` would have the same name in TypeScript as a type of the schema; rename it.")
        for name, node in documents.fragments.items()
        if name in inputs or name in enums
    ]
    taken: dict[str, str] = {}
    for operation in operations:
        other = taken.setdefault(operation.function, operation.source.name)
        if operation.function in text.RESERVED or other != operation.source.name:
            why = "is a word of the language" if other == operation.source.name else f"is that of `{other}` too"
            problem = f"the name of operation `{operation.source.name}` {why} in TypeScript; choose another one."
            problems.append(located(nodes[operation.source.name], problem))
    if problems:
        raise CodegenError(*problems)
    return Package(
        operations=operations,
        fragments=fragments,
        sources={name: _source(found, name) for name in documents.fragments},
        docs={name: comment_above(node) for name, node in documents.fragments.items()},
        inputs=inputs,
        enums=enums,
    )


def method(operation: OperationIR) -> str:
    """`PagesSingleByPath` as `singleByPath`."""
    namespace = operation.namespace.replace("_", "")
    return text.function(operation.name[len(namespace) :]) if namespace else text.function(operation.name)


def types_module(package: Package) -> str:
    """Results of fragments, inputs and enums: types only."""
    parts = ["/** Results of fragments, input objects and enums. */\n"]
    for name, values in package.enums.items():
        parts.append(f"export type {name} = {' | '.join(text.literal(value) for value in values)};\n")
    for name, record in package.inputs.items():
        parts.append(_interface(name, record))
    for name, record in package.fragments.items():
        doc = text.comment(text.plain(package.docs[name])) if package.docs[name] else ""
        parts.append(doc + _interface(name, record))
    return "\n".join(parts)


def fragments_module(package: Package) -> str:
    """Sources of fragments, each a constant."""
    lines = [f"export const {name} = {text.literal(source)};\n" for name, source in package.sources.items()]
    return f"/** Sources of fragments. */\n\n{''.join(lines)}"


def operations_module(
    operations: Iterable[TypedOperation], *, core: str, writing: str, types: str, fragments: str, title: str
) -> str:
    """Functions that make operations."""
    operations = list(operations)
    kinds = sorted({operation.source.kind for operation in operations})
    used = {
        name for each in operations for shape in (each.result, Record(each.variables)) for name in references(shape)
    }
    names = [*(kind for kind in kinds if kind != "mutation"), "type Operation"]
    needs_fragments = any(operation.source.fragments for operation in operations)
    imports = [
        *([f'import * as f from "{fragments}";\n'] if needs_fragments else []),
        f'import {{ {", ".join(names)} }} from "{core}";\n',
        *([f'import {{ mutation }} from "{writing}";\n'] if "mutation" in kinds else []),
        *([f'import type {{ {", ".join(sorted(used))} }} from "{types}";\n'] if used else []),
    ]
    return f"/** {title} */\n\n{''.join(imports)}\n" + "\n".join(_operation(operation) for operation in operations)


def namespaces_module(package: Package) -> str:
    """Types of the schema's own methods."""
    namespaces = {name: members for name, members in package.namespaces.items() if name}
    keys = {name: namespace_key(members[0].source) for name, members in namespaces.items()}
    used = {
        name
        for members in namespaces.values()
        for each in members
        for name in (references(each.result) if each.source.kind != "subscription" else ())
    }
    variables = {
        key: sorted(
            each.variables_type for each in namespaces[name] if each.variables and each.source.kind != "subscription"
        )
        for name, key in keys.items()
    }
    imports = [
        'import type { CallOptions } from "../core/client.js";\n',
        *(
            f'import type {{ {", ".join(names)} }} from "./operations/{key}.js";\n'
            for key, names in variables.items()
            if names
        ),
        f'import type {{ {", ".join(sorted(used))} }} from "./types.js";\n',
    ]
    interfaces = [
        f"/** Operations of `{keys[name]}`. */\nexport interface {_pascal(keys[name])} {{\n"
        + "".join(_method(each) for each in members if each.source.kind != "subscription")
        + "}\n"
        for name, members in namespaces.items()
    ]
    fields = "".join(f"  readonly {key}: {_pascal(key)};\n" for key in keys.values())
    raw = f"/** The operations of the schema as they are. */\nexport interface Raw {{\n{fields}}}\n"
    return "\n".join(["/** The namespaces of the schema. */\n", "".join(imports), *interfaces, raw])


def _method(operation: TypedOperation) -> str:
    parameters = ", ".join(part for part in (operation.parameter, "options?: CallOptions") if part)
    doc = text.comment(text.documentation(operation.source), 1)
    return f"{doc}  {operation.method}({parameters}): Promise<{text.type_of(operation.result)}>;\n"


def _operation(operation: TypedOperation) -> str:
    source, result = operation.source, text.type_of(operation.result)
    fragments = ", ".join(f"f.{name}" for name in source.fragments)
    arguments = [
        text.literal(source.name),
        text.literal(".".join(source.keys)),
        text.literal(text.definitions(source)),
        text.literal(text.selection(source)),
        f"[{fragments}]",
    ]
    aliased = ".".join(source.keys[:2]) != source.server_field
    if operation.variables or aliased:
        arguments.append("variables" if operation.variables else "undefined")
    if aliased:
        arguments.append(text.literal(source.server_field))
    variables = ""
    if operation.variables:
        interface = _interface(operation.variables_type, Record(operation.variables))
        variables = f"/** Variables of `{operation.function}`. */\n{interface}\n"
    kind = text.literal(source.kind)
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return (
        f"{variables}{text.comment(text.documentation(source))}"
        f"export function {operation.function}({operation.parameter}): Operation<{result}, {kind}> {{\n"
        f"  return {source.kind}(\n{lines}  );\n}}\n"
    )


def _interface(name: str, record: Record) -> str:
    return f"export interface {name} {text.members_of(record.members)}\n"


def _source(found: Compiled, name: str) -> str:
    return text.stripped(print_ast(found.documents.fragments[name]))


def namespace_key(operation: OperationIR) -> str:
    """The namespace as the schema spells it."""
    return operation.server_field.partition(".")[0] if "." in operation.server_field else operation.namespace


def _pascal(key: str) -> str:
    return key[:1].upper() + key[1:]
