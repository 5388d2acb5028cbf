"""The schema in two states: as the server has it, which queries must fit, and corrected, which models are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from graphql import DocumentNode, GraphQLSchema, build_ast_schema, concat_ast
from graphql.validation.validate import validate_sdl

from wikijs.codegen.errors import CodegenError, from_graphql, located, raise_problems
from wikijs.core.documents import bundled

from . import corrections, documents
from .config import Config
from .corrections import Corrections
from .documents import Documents


@dataclass(frozen=True)
class Schemas:
    """Both, with what leads from one to the other.

    Attributes:
        server: As the server has it.
        corrections: The table.
        believed: Whether the server is taken at its word, for want of a table.
    """

    server: GraphQLSchema
    corrections: Corrections
    believed: bool = False

    @cached_property
    def corrected(self) -> GraphQLSchema:
        """What code is generated from. Made at first use: bad input is often found before."""
        return self.server if self.believed else corrections.apply(self.server, self.corrections)


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
    if config.corrections is None:
        return Schemas(server, Corrections(), believed=True)
    return Schemas(server, corrections.load(config.corrections, server, config.shown(config.corrections)))


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
    return ProjectSchemas(Schemas(server, corrections.fitting(ours.corrections, ours.server, server)), ours)


@cache
def known() -> Schemas:
    """The schema that this client was compiled from."""
    server = _read(bundled.schema(), str)
    return Schemas(server, corrections.load(bundled.corrections(), server))


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
