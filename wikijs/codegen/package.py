"""The whole run: read, compile, write a new package beside the old one, and swap or compare them."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ariadne_codegen.client_generators.package import get_package_generator
from ariadne_codegen.client_generators.scalars import ScalarData
from ariadne_codegen.exceptions import CodeGenException
from ariadne_codegen.plugins.explorer import get_plugins_types
from ariadne_codegen.plugins.manager import PluginManager
from ariadne_codegen.settings import ModelsOnlySettings
from ariadne_codegen.utils import format_many
from graphql import GraphQLSchema

from wikijs.codegen import documents, facts, naming, rendering, schemas
from wikijs.codegen.annotations import Annotator
from wikijs.codegen.config import Config
from wikijs.codegen.documents import Documents
from wikijs.codegen.errors import CodegenError
from wikijs.codegen.intermediate import PackageIR
from wikijs.codegen.lowering import Lowering
from wikijs.codegen.plugin import ModelsPlugin


@dataclass(frozen=True)
class Compiled:
    """Everything that was read, checked."""

    schema: GraphQLSchema
    documents: Documents
    package: PackageIR
    settings: ModelsOnlySettings


def generate(config: Config) -> Path:
    """Write the package, replacing an old one as a whole. On any error the old one stays as it is.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    compiled = compile_package(config)
    config.target.mkdir(parents=True, exist_ok=True)
    final = config.target / config.package
    with tempfile.TemporaryDirectory(prefix=".codegen-", dir=config.target) as scratch:
        new, old = _write(compiled, config, Path(scratch) / "new"), Path(scratch) / "old"
        if final.exists():
            final.rename(old)
        try:
            new.rename(final)
        except OSError:
            old.rename(final)
            raise
    return final


def differences(config: Config) -> list[str]:
    """Files of the package that are not what would be written now, each with what is wrong.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    compiled = compile_package(config)
    with tempfile.TemporaryDirectory() as scratch:
        wanted = dict(_contents(_write(compiled, config, Path(scratch))))
    present = dict(_contents(config.target / config.package))
    return [
        f"{name}: {'missing' if name not in present else 'stale' if name not in wanted else 'differs'}"
        for name in sorted(wanted.keys() | present.keys())
        if wanted.get(name) != present.get(name)
    ]


def compile_package(config: Config) -> Compiled:
    """Read and check everything, without writing.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    schema = schemas.load(config)
    checked = documents.load(config.queries, schema.server, config.shown)
    schemas.check_selections(checked, schema)
    settings = _settings(config)
    annotator = Annotator(schema.corrected, config.scalars)
    known = facts.load(config.facts, config.facts_of)
    return Compiled(
        schema.corrected, checked, Lowering(schema.corrected, checked, annotator, known).package(), settings
    )


def _settings(config: Config) -> ModelsOnlySettings:
    settings: dict[str, Any] = {
        **config.ariadne,
        "schema_path": str(config.schema),
        "queries_path": str(config.queries),
        "target_package_path": str(config.root),
        "scalars": {name: ScalarData(type_=python) for name, python in config.scalars.items()},
    }
    try:
        return ModelsOnlySettings(**settings)
    except CodeGenException as error:
        raise CodegenError(f"{config.name}: {str(error).rstrip('.')}.") from None


def _write(compiled: Compiled, config: Config, into: Path) -> Path:
    """Write the package below a folder and return its path."""
    into.mkdir(exist_ok=True)
    folder = into / config.package
    models = ModelsPlugin(config.header)
    settings = replace(compiled.settings, target_package_path=str(into))
    manager = PluginManager(schema=compiled.schema, plugins_types=get_plugins_types(settings.plugins))
    manager.plugins.append(models)
    generator = get_package_generator(
        schema=compiled.schema,
        fragments=list(compiled.documents.fragments.values()),
        settings=settings,
        plugin_manager=manager,
    )
    for operation in compiled.documents.operations:
        generator.add_operation(operation)
    generator.generate()
    modules = {
        f"fragments/{naming.snake(name)}.py": ast.unparse(ast.fix_missing_locations(module))
        for name, module in models.fragment_modules.items()
    }
    modules |= {
        "operations.py": rendering.operations_module(compiled.package, config),
        "client.py": rendering.client_module(compiled.package, config, asynchronous=False),
        "aio.py": rendering.client_module(compiled.package, config, asynchronous=True),
    }
    inits = {
        "fragments/__init__.py": rendering.lazy_module(
            "Models of the fragments, each loaded at first use.",
            {name: f".{naming.snake(name)}" for name in models.fragment_modules},
        ),
        "__init__.py": rendering.lazy_module("Models, enums and inputs, each loaded at first use.", models.exports),
    }
    (folder / "fragments").mkdir()
    for sources, unused in ((modules, True), (inits, False)):
        for name, code in zip(sources, format_many(list(sources.values()), remove_unused_imports=unused), strict=True):
            (folder / name).write_text(f"{config.header}\n\n{code}", encoding="utf-8")
    (folder / "py.typed").touch()
    return folder


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()
