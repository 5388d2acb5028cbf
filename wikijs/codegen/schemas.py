"""The schema in two states: as the server has it, which queries must fit, and corrected, which models are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graphql import DocumentNode, GraphQLSchema, build_ast_schema, concat_ast
from graphql.validation.validate import validate_sdl

from wikijs.codegen import bundled, corrections, documents
from wikijs.codegen.config import Config
from wikijs.codegen.corrections import Corrections
from wikijs.codegen.documents import Documents
from wikijs.codegen.errors import CodegenError, from_graphql, located, raise_problems


@dataclass(frozen=True)
class Schemas:
    """Both, with what leads from one to the other."""

    server: GraphQLSchema
    corrected: GraphQLSchema
    corrections: Corrections


@dataclass(frozen=True)
class ProjectSchemas:
    """Those of a user's own project, beside those that this client was compiled from. They may be the same."""

    theirs: Schemas
    ours: Schemas


def load(config: Config) -> Schemas:
    """Read the schema and its corrections.

    Raises:
        CodegenError: The schema or a correction is not valid.
    """
    server = _read(config.schema, config.shown)
    table = (
        corrections.load(config.corrections, server, config.shown(config.corrections))
        if config.corrections
        else Corrections()
    )
    return Schemas(server, corrections.apply(server, table) if config.corrections else server, table)


def load_project(config: Config) -> ProjectSchemas:
    """Read the schema of a user's own project, and the one that this client was compiled from.

    Raises:
        CodegenError: The project's schema is not one of a Wiki.js.
    """
    ours = known()
    if config.schema == bundled.schema():
        return ProjectSchemas(ours, ours)
    server = _read(config.schema, config.shown)
    if server.query_type is None:
        raise CodegenError(f"{config.shown(config.schema)}: not the schema of a Wiki.js: it has no type `Query`.")
    fitting = corrections.fitting(ours.corrections, ours.server, server)
    return ProjectSchemas(Schemas(server, corrections.apply(server, fitting), fitting), ours)


@cache
def known() -> Schemas:
    """The schema that this client was compiled from."""
    server = _read(bundled.schema(), str)
    table = corrections.load(bundled.corrections(), server)
    return Schemas(server, corrections.apply(server, table), table)


def _read(path: Path, shown: Callable[[Path], str]) -> GraphQLSchema:
    definitions = concat_ast(list(documents.parse_files(documents.graphql_files(path), shown)))
    raise_problems(from_graphql(error) for error in validate_sdl(definitions))
    return build_ast_schema(definitions, assume_valid_sdl=True)


def check_selections(checked: Documents, schemas: Schemas) -> None:
    """Refuse fields that the server never answers.

    Raises:
        CodegenError: Names each such selection with its file and line.
    """
    document = DocumentNode(definitions=checked.definitions)
    found = corrections.violations(document, schemas.corrections, schemas.server)
    raise_problems(located(violation.node, violation.message) for violation in found)
