"""The whole run: read, compile, write a new package beside the old one, and swap or compare them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ariadne_codegen.utils import format_many

from wikijs.codegen.errors import CodegenError, raise_problems
from wikijs.codegen.intermediate import PackageIR
from wikijs.codegen.lowering import Lowering

from . import naming
from .python import builder, clashes, extending, facades, models, parts, rendering
from .python.annotations import Annotator
from .reading import documents, facts, ours, project, schemas, selections
from .reading.config import Config
from .reading.documents import Documents
from .reading.facts import Facts
from .reading.ours import Ours
from .reading.schemas import Schemas


def generate(config: Config, found: Compiled | None = None) -> Path:
    """Write the package, replacing an old one as a whole. On any error the old one stays as it is.

    Args:
        config: The settings.
        found: What they compile to, where that is known already.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    found = found or compiled(config)
    if config.client:
        project.check_replaceable(config)
    config.target.mkdir(parents=True, exist_ok=True)
    final = config.target / config.package
    with tempfile.TemporaryDirectory(prefix=".codegen-", dir=config.target) as scratch:
        new, old = _write(found, config, Path(scratch) / "new"), Path(scratch) / "old"
        if final.exists():
            final.rename(old)
        try:
            new.rename(final)
        except OSError:
            old.rename(final)
            raise
    return final


def differences(config: Config, found: Compiled | None = None) -> list[str]:
    """Files of the package that are not what would be written now, each with what is wrong.

    Args:
        config: The settings.
        found: What they compile to, where that is known already.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    with tempfile.TemporaryDirectory() as scratch:
        wanted = dict(_contents(_write(found or compiled(config), config, Path(scratch) / "new")))
    present = dict(_contents(config.target / config.package))
    return [
        f"{name}: {'missing' if name not in present else 'stale' if name not in wanted else 'differs'}"
        for name in sorted(wanted.keys() | present.keys())
        if wanted.get(name) != present.get(name)
    ]


@dataclass(frozen=True)
class Compiled:
    """Everything that is known before the first file is written.

    Args:
        schema: As the server has it, and corrected.
        documents: Operations and fragments, checked.
        facts: What is known about the server's fields.
        package: What to write, as plain data.
        ours: What is there already.
    """

    schema: Schemas
    documents: Documents
    facts: Facts | None
    package: PackageIR
    ours: Ours


def compiled(config: Config) -> Compiled:
    """Read and check everything, without writing anything.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    return _project(config) if config.client else _library(config)


def _library(config: Config) -> Compiled:
    """This client itself, or whatever stands on its own."""
    schema = schemas.load(config)
    checked = documents.check(documents.read(config.queries, config.shown), schema.server)
    schemas.check_selections(checked, schema)
    raise_problems(clashes.problems(checked, schema.corrected))
    known = facts.load(config)
    annotator = Annotator(schema.corrected, config.scalars)
    package = Lowering(schema.corrected, checked, annotator, known).package()
    return Compiled(schema, checked, known, package, Ours())


def _project(config: Config) -> Compiled:
    """A user's own project, which extends this client."""
    both = schemas.load_project(config)
    schema = both.theirs
    there = ours.load(both.ours.server, schema.server)
    definitions = documents.read(config.queries, config.shown)
    borrowed = ours.borrow(definitions, there)
    problems = list(ours.misfits(definitions, there, schema.server))
    try:
        checked = documents.check(definitions, schema.server, borrowed)
    except CodegenError as error:
        raise CodegenError(*problems, *error.problems) from None
    raise_problems(problems)
    ours.check_types(definitions, there, both.ours.corrected, schema.corrected)
    checked = selections.named(checked, schema.server)
    if not checked.operations:
        raise CodegenError(f"{config.shown(config.queries)}: there is no operation in it.")
    selections.check_outcomes(checked, schema.server)
    selections.check_overlaps(checked, checked.fragments.keys() - there.fragments.keys())
    schemas.check_selections(checked, schema)
    raise_problems(clashes.problems(checked, schema.corrected))
    known = facts.load(config)
    annotator = Annotator(schema.corrected, config.scalars, there.homes)
    package = Lowering(schema.corrected, checked, annotator, known, there).package()
    raise_problems(clashes.project_problems(package, checked, there, config))
    return Compiled(schema, checked, known, package, there)


def _write(found: Compiled, config: Config, into: Path) -> Path:
    """Write the package below a folder and return its path."""
    into.mkdir()
    written = models.write(found.schema.corrected, found.documents, config, into, found.ours.homes)
    folder = into / config.package
    fragments = {name: f".{naming.snake(name)}" for name in written.fragments}
    modules = {f"fragments/{naming.snake(name)}.py": source for name, source in written.fragments.items()}
    inits = {
        "fragments/__init__.py": rendering.lazy_module("Models of fragments, each loaded at first use.", fragments)
    }
    package = found.package
    if config.client:
        (folder / "base_model.py").unlink()  # imported from ours
        modules |= {
            f"{extending.OPERATIONS}.py": rendering.operations_module(package, config),
            "client.py": extending.client_module(package, config, asynchronous=False),
            "aio.py": extending.client_module(package, config, asynchronous=True),
        }
        inits["__init__.py"] = extending.package_module(written.exports, config)
    elif config.flows:
        modules |= parts.modules(package, config)
        inits |= parts.gathering(package, config)
        doc = "Models, enums and inputs, each loaded at first use."
        inits["__init__.py"] = rendering.lazy_module(doc, written.exports)
    else:
        modules |= {
            "operations.py": rendering.operations_module(package, config),
            "client.py": rendering.client_module(package, config, asynchronous=False),
            "aio.py": rendering.client_module(package, config, asynchronous=True),
        }
        doc = "Models, enums and inputs, each loaded at first use."
        inits["__init__.py"] = rendering.lazy_module(doc, written.exports)
    if config.flows:
        since = {field: fact.since for field, fact in found.facts.operations.items()} if found.facts else {}
        modules |= facades.modules(config.flows, list(package.namespaces), since)
    if config.query_builder:
        schema = found.schema
        modules["query_builder.py"] = builder.module(schema.corrected, schema.corrections, found.facts)
    for sources, remove_unused in ((modules, True), (inits, False)):
        formatted = format_many(list(sources.values()), remove_unused_imports=remove_unused)
        for name, code in zip(sources, formatted, strict=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"{config.header}\n\n{code}", encoding="utf-8")
    (folder / "py.typed").touch()
    return folder


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()
