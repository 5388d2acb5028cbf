"""The schema in two states: as the server has it, which queries must fit, and corrected, which models are made from."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode, GraphQLSchema, build_ast_schema, concat_ast
from graphql.validation.validate import validate_sdl

from wikijs.codegen import corrections, documents
from wikijs.codegen.config import Config
from wikijs.codegen.corrections import Corrections
from wikijs.codegen.documents import Documents
from wikijs.codegen.errors import from_graphql, located, raise_problems


@dataclass(frozen=True)
class Schemas:
    """Both, with what leads from one to the other."""

    server: GraphQLSchema
    corrected: GraphQLSchema
    corrections: Corrections


def load(config: Config) -> Schemas:
    """Read the schema and its corrections.

    Raises:
        CodegenError: The schema or a correction is not valid.
    """
    definitions = concat_ast(list(documents.parse_files(documents.graphql_files(config.schema), config.shown)))
    raise_problems(from_graphql(error) for error in validate_sdl(definitions))
    server = build_ast_schema(definitions, assume_valid_sdl=True)
    table = (
        corrections.load(config.corrections, server, config.shown(config.corrections))
        if config.corrections
        else Corrections()
    )
    return Schemas(server, corrections.apply(server, table) if config.corrections else server, table)


def check_selections(checked: Documents, schemas: Schemas) -> None:
    """Refuse fields that the server never answers.

    Raises:
        CodegenError: Names each such selection with its file and line.
    """
    document = DocumentNode(definitions=checked.definitions)
    found = corrections.violations(document, schemas.corrections, schemas.server)
    raise_problems(located(violation.node, violation.message) for violation in found)
