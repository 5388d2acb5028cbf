"""Runs ariadne-codegen, once, for the models."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ariadne_codegen.client_generators.package import get_package_generator
from ariadne_codegen.client_generators.scalars import ScalarData
from ariadne_codegen.exceptions import CodeGenException
from ariadne_codegen.plugins.explorer import get_plugins_types
from ariadne_codegen.plugins.manager import PluginManager
from ariadne_codegen.settings import ModelsOnlySettings
from graphql import GraphQLSchema

from wikijs.codegen import naming
from wikijs.codegen.errors import CodegenError

from ..reading.config import Config
from ..reading.documents import Documents
from .plugin import ModelsPlugin


@dataclass(frozen=True)
class Models:
    """What ariadne-codegen does not write itself.

    Args:
        fragments: Source of one module for each fragment, by the name of its model.
        exports: Modules of all public names: models of fragments, enums and inputs.
    """

    fragments: dict[str, str]
    exports: dict[str, str]


def write(schema: GraphQLSchema, documents: Documents, config: Config, into: Path, homes: Mapping[str, str]) -> Models:
    """Write models of results, enums, inputs and their bases below a folder.

    Args:
        schema: The corrected one.
        documents: What to compile.
        config: Settings.
        into: An empty folder.
        homes: Modules of the classes that another package has already, by name: they are imported from there.

    Raises:
        CodegenError: A setting is not valid, or a name cannot be used.
    """
    plugin = ModelsPlugin(config.header, homes)
    try:
        settings = _settings(config, into)
        manager = PluginManager(schema=schema, plugins_types=get_plugins_types(settings.plugins))
        manager.plugins.append(plugin)
        generator = get_package_generator(
            schema=schema,
            fragments=list(documents.fragments.values()),
            settings=settings,
            plugin_manager=manager,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of deprecated fields: Python would show lines of ariadne-codegen
            for operation in documents.operations:
                generator.add_operation(operation)
            generator.generate()
    except CodeGenException as error:
        raise CodegenError(f"{config.name}: {str(error).rstrip('.')}.") from None
    fragments = {
        name: ast.unparse(ast.fix_missing_locations(module)) for name, module in plugin.fragment_modules.items()
    }
    models = {name: f".fragments.{naming.snake(name)}" for name in fragments}
    return Models(fragments, {**plugin.exports, **models})


def _settings(config: Config, into: Path) -> ModelsOnlySettings:
    settings: dict[str, Any] = {
        **config.ariadne,
        "schema_path": str(config.schema),
        "queries_path": str(config.queries),
        "target_package_path": str(into),
        "scalars": {
            name: ScalarData(type_=scalar.type, serialize=scalar.serialize or None)
            for name, scalar in config.scalars.items()
        },
    }
    return ModelsOnlySettings(**settings)
