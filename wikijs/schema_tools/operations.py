"""The operations that a comparison is about: those of this client, and those of the user."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Visitor,
    concat_ast,
    visit,
)

from wikijs.codegen.errors import CodegenError, located, raise_problems
from wikijs.codegen.reading import documents, versions
from wikijs.codegen.reading.documents import spreads
from wikijs.core.documents import bundled
from wikijs.core.operations import OperationSpec

from . import sources
from .coordinates import usage_of

Owner = Literal["client", "user"]


@dataclass(frozen=True)
class Checked:
    """One operation, as a document of its own with the fragments that it needs.

    Attributes:
        name: Such as `PagesSingle`.
        owner: Whose it is: this client's, or the user's.
        document: Its definition, then its fragments.
        method: How it is called, such as `client.pages.single`; empty for an operation of the user.
        requires: Groups of permissions; it needs any one of each.
        since: First Wiki.js version that serves it; empty when all do, or it is not known.
    """

    name: str
    owner: Owner
    document: DocumentNode
    method: str = ""
    requires: tuple[tuple[str, ...], ...] = ()
    since: str = ""

    @property
    def server_field(self) -> str:
        """The server's field, such as `pages.single`."""
        return ".".join(node.name.value for node in self.way)

    @property
    def way(self) -> tuple[FieldNode, ...]:
        """The fields that lead to what the operation does: a namespace and its field, or one field of the root."""
        return tuple(way_of(self.document.definitions[0]))


def of_client() -> tuple[Checked, ...]:
    """The operations of this client, which are read once."""
    return _of_client()


@cache
def _of_client() -> tuple[Checked, ...]:
    checked: list[Checked] = []
    for name, document in versions.operations(versions.query_documents()).items():
        constructor, spec = _specs()[name]
        checked.append(Checked(name, "client", document, _method(constructor), _permissions(document), spec.since))
    return tuple(checked)


def of_files(paths: Sequence[Path], owner: Owner = "user", *, ours: bool = True) -> tuple[Checked, ...]:
    """The operations of query files, and of folders of them.

    Args:
        paths: Files and folders.
        owner: Whose they are.
        ours: Whether they may use the fragments of this client.

    Raises:
        CodegenError: A file does not parse, or uses a fragment that does not exist; with file and line.
    """
    own = _parsed(paths)
    fragments = (_fragments(versions.query_documents()) if ours else {}) | _fragments(own)
    raise_problems(_problems(own, fragments))
    checked: list[Checked] = []
    for node in own.definitions:
        if isinstance(node, OperationDefinitionNode):
            needed = (fragments[name] for name in sorted(spreads(node, fragments)))
            document = DocumentNode(definitions=(node, *needed))
            checked.append(Checked(documents.name_of(node), owner, document, requires=_permissions(document)))
    return tuple(checked)


def fragments_of(paths: Sequence[Path]) -> dict[str, FragmentDefinitionNode]:
    """The fragments of query files, and of folders of them, by name."""
    return _fragments(_parsed(paths))


def _parsed(paths: Sequence[Path]) -> DocumentNode:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CodegenError(f"{path.as_posix()}: there is no such file or folder.")
        files.extend(file for file in documents.graphql_files(path) if file not in files)
    return concat_ast(list(documents.parse_files(files, lambda path: path.as_posix())))


def _problems(document: DocumentNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    problems: list[str] = []

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            if node.name.value not in fragments:
                problems.append(located(node, f"there is no fragment `{node.name.value}`."))

    visit(document, Spreads())
    yield from problems
    seen: set[str] = set()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and node.name and node.name.value in seen:
            yield located(node, f"there is another operation `{node.name.value}`.")
        elif isinstance(node, OperationDefinitionNode) and node.name:
            seen.add(node.name.value)
        elif isinstance(node, OperationDefinitionNode):
            yield located(node, f"this {node.operation.value} has no name.")
        elif not isinstance(node, FragmentDefinitionNode):
            yield located(node, "only operations and fragments belong in a query file.")


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def way_of(operation: DefinitionNode) -> Iterator[FieldNode]:
    """The first field of an operation, and the first one in it where the operation is a namespace's."""
    if not isinstance(operation, OperationDefinitionNode):
        return
    selected: SelectionSetNode | None = operation.selection_set
    for _ in range(1 if operation.operation is OperationType.SUBSCRIPTION else 2):
        fields = [node for node in selected.selections if isinstance(node, FieldNode)] if selected else []
        if not fields:
            return
        yield fields[0]
        selected = fields[0].selection_set


@cache
def _specs() -> dict[str, tuple[str, OperationSpec[Any]]]:
    """The compiled operations by name, each with the name of its constructor."""
    from wikijs_generated import operations as generated

    values: Mapping[str, Any] = vars(generated)
    found: dict[str, tuple[str, OperationSpec[Any]]] = {}
    for constant in [name for name, value in values.items() if isinstance(value, OperationSpec)]:
        spec: OperationSpec[Any] = values[constant]
        found[spec.name] = constant.lower(), spec
    return found


def _method(constructor: str) -> str:
    """`pages_single_by_path` as `client.pages.single_by_path`."""
    namespaces = {spec.server_field.partition(".")[0] for _, spec in _specs().values() if "." in spec.server_field}
    namespace = max((name for name in namespaces if constructor.startswith(f"{name}_")), key=len, default="")
    return f"client.{namespace}.{constructor.removeprefix(f'{namespace}_')}"


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(bundled.facts().read_text(encoding="utf-8"))
    return facts


def _permissions(document: DocumentNode) -> tuple[tuple[str, ...], ...]:
    """What an operation needs: any one of each group, for its own field and for guarded ones that it selects."""
    facts, usage = _facts(), usage_of(sources.carried().schema)
    field = ".".join(node.name.value for node in way_of(document.definitions[0]))
    own: list[str] = facts["operations"].get(field, {}).get("requires", [])
    guarded: dict[str, list[str]] = facts["field_permissions"]
    groups = [own, *(guarded[at] for at in sorted(usage.of(document)) if at in guarded)]
    return tuple(dict.fromkeys(tuple(group) for group in groups if group))
