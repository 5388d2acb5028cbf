"""Schemas read from files, folders, and from what this client carries: all Wiki.js versions since 2.0.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, cast

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    ExecutableDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    IntrospectionQuery,
    NameNode,
    Source,
    build_ast_schema,
    build_client_schema,
    build_schema,
    concat_ast,
    parse,
)
from graphql.validation.validate import validate_sdl

from wikijs.codegen.errors import CodegenError, from_graphql, located, raise_problems
from wikijs.codegen.reading import versions
from wikijs.codegen.reading.documents import graphql_files
from wikijs.core.documents import bundled
from wikijs.core.documents.schema_versions import order

from .permissions import Permissions, of_directives

BUNDLED: Final = "bundled"
SDL_FILE: Final = "wikijs.graphql"
FACTS_FILE: Final = "facts.json"

# What the libraries of the server add to the SDL in its source tree.
_ADDED: Final = parse(
    """
    directive @rateLimit(limit: Int! = 60, duration: Int! = 60) on OBJECT | FIELD_DEFINITION
    directive @cacheControl(maxAge: Int, scope: CacheControlScope) on FIELD_DEFINITION | OBJECT | INTERFACE
    enum CacheControlScope { PUBLIC PRIVATE }
    scalar Upload
    """,
    no_location=True,
).definitions


@dataclass(frozen=True)
class Loaded:
    """A schema and what is known about where it came from.

    Attributes:
        name: What messages call it.
        version: The Wiki.js version, where that is known.
        permissions: By coordinate, where the SDL has them as directives.
    """

    name: str
    schema: GraphQLSchema
    version: str | None = None
    permissions: Permissions | None = None


def load(source: str) -> Loaded:
    """Read a schema.

    Args:
        source: A file of SDL or of an introspection result as JSON, a folder of SDL, `bundled`, or `bundled@VERSION`
            for the schema that this version of Wiki.js has.

    Raises:
        CodegenError: There is no schema; one sentence with file and line.
    """
    name, at, version = source.partition("@")
    if name == BUNDLED:
        return _of_version(version, source) if at else carried()
    path = Path(source)
    if path.is_dir():
        path = path / SDL_FILE if (path / SDL_FILE).is_file() else path
    files = graphql_files(path)
    if not files:
        raise CodegenError(f"{source}: there is no GraphQL file in this folder.")
    texts = [(_read(file), file.as_posix()) for file in files]
    if len(texts) == 1 and texts[0][0].lstrip().startswith(("{", "[")) and (read := _of_json(*texts[0])):
        return read
    return _of_documents([_parsed(*text) for text in texts], source)


def of_introspection(result: Mapping[str, Any], name: str, version: str | None = None) -> Loaded:
    """A schema from the answer to an introspection query.

    Raises:
        CodegenError: The answer is not complete.
    """
    try:
        schema = build_client_schema(cast("IntrospectionQuery", result))
    except (TypeError, KeyError, GraphQLError):
        schema = None
    if schema is None or schema.query_type is None:
        raise CodegenError(f"{name}:1: this is no complete introspection result.")
    return Loaded(name, schema, version)


@cache
def carried() -> Loaded:
    """The schema that this client was compiled from."""
    return Loaded(BUNDLED, build_schema(_read(bundled.schema()), assume_valid_sdl=True))


@lru_cache(maxsize=4)
def _of_version(version: str, source: str) -> Loaded:
    oldest = versions.history()["versions_with_a_schema_change"][0]
    if not re.fullmatch(r"\d+(\.\d+)+", version) or order(version) < order(oldest):
        raise CodegenError(f"{source}: {version or 'nothing'} is no Wiki.js version since {oldest}.")
    return Loaded(source, versions.schema_at(version), version)


def _of_json(text: str, name: str) -> Loaded | None:
    try:
        content = json.loads(text)
    except ValueError:
        if not text.lstrip().startswith(('{"', "{\n")):
            return None  # an operation without a name, perhaps: parsing will tell
        raise CodegenError(f"{name}:1: this is neither SDL nor JSON.") from None
    answer = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    result = answer.get("data", answer)
    if not isinstance(result, dict) or "__schema" not in result:
        raise CodegenError(f"{name}:1: this JSON is no answer to an introspection query.")
    return of_introspection(cast("dict[str, Any]", result), name)


def _of_documents(documents: Sequence[DocumentNode], name: str) -> Loaded:
    whole = concat_ast(documents)
    raise_problems(
        located(node, "a schema holds no operations and fragments.")
        for node in whole.definitions
        if isinstance(node, ExecutableDefinitionNode)
    )
    permissions = of_directives(whole)
    whole = DocumentNode(definitions=(*whole.definitions, *_lacking(whole.definitions)))
    raise_problems(from_graphql(error) for error in validate_sdl(whole))
    schema = build_ast_schema(whole, assume_valid_sdl=True)
    if schema.query_type is None:
        raise CodegenError(f"{name}:1: the schema has no type Query.")
    return Loaded(name, schema, permissions=permissions)


def _lacking(definitions: Iterable[DefinitionNode]) -> list[DefinitionNode]:
    """What an SDL with the server's own directives needs besides. An SDL without them is complete."""
    present = {_kind_and_name(node) for node in definitions}
    if (DirectiveDefinitionNode, "auth") not in present:
        return []
    return [node for node in _ADDED if _kind_and_name(node) not in present]


def _kind_and_name(node: DefinitionNode) -> tuple[type[DefinitionNode], str]:
    name = getattr(node, "name", None)  # all but `schema` have one
    return type(node), name.value if isinstance(name, NameNode) else ""


def _parsed(text: str, name: str) -> DocumentNode:
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise CodegenError(f"{name}:1: this is empty, not a schema.")
    if start.startswith("<"):
        raise CodegenError(f"{name}:1: this is an HTML or XML page, not a schema.")
    try:
        return parse(Source(text, name))
    except GraphQLError as error:
        raise CodegenError(from_graphql(error)) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CodegenError(f"{path.as_posix()}:1: this is no text in UTF-8.") from None
    except OSError as error:
        raise CodegenError(f"{path.as_posix()}: cannot be read: {error.strerror}.") from None
