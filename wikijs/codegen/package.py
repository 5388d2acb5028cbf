"""The whole run: read, compile, write a new package beside the old one, and swap or compare them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ariadne_codegen.utils import format_many

from wikijs.codegen import builder, clashes, documents, facts, models, naming, rendering, schemas
from wikijs.codegen.annotations import Annotator
from wikijs.codegen.config import Config
from wikijs.codegen.errors import raise_problems
from wikijs.codegen.lowering import Lowering


def generate(config: Config) -> Path:
    """Write the package, replacing an old one as a whole. On any error the old one stays as it is.

    Raises:
        CodegenError: The input cannot be compiled.
    """
    config.target.mkdir(parents=True, exist_ok=True)
    final = config.target / config.package
    with tempfile.TemporaryDirectory(prefix=".codegen-", dir=config.target) as scratch:
        new, old = _write(config, Path(scratch) / "new"), Path(scratch) / "old"
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
    with tempfile.TemporaryDirectory() as scratch:
        wanted = dict(_contents(_write(config, Path(scratch) / "new")))
    present = dict(_contents(config.target / config.package))
    return [
        f"{name}: {'missing' if name not in present else 'stale' if name not in wanted else 'differs'}"
        for name in sorted(wanted.keys() | present.keys())
        if wanted.get(name) != present.get(name)
    ]


def _write(config: Config, into: Path) -> Path:
    """Write the package below a folder and return its path. Everything is checked before anything is written."""
    schema = schemas.load(config)
    checked = documents.load(config.queries, schema.server, config.shown)
    schemas.check_selections(checked, schema)
    raise_problems(clashes.problems(checked, schema.corrected))
    annotator = Annotator(schema.corrected, config.scalars)
    known = facts.load(config)
    package = Lowering(schema.corrected, checked, annotator, known).package()

    into.mkdir()
    written = models.write(schema.corrected, checked, config, into)
    folder = into / config.package
    modules = {f"fragments/{naming.snake(name)}.py": source for name, source in written.fragments.items()}
    modules |= {
        "operations.py": rendering.operations_module(package, config),
        "client.py": rendering.client_module(package, config, asynchronous=False),
        "aio.py": rendering.client_module(package, config, asynchronous=True),
    }
    if config.query_builder:
        modules["query_builder.py"] = builder.module(schema.corrected, schema.corrections, known)
    fragments = {name: f".{naming.snake(name)}" for name in written.fragments}
    inits = {
        "fragments/__init__.py": rendering.lazy_module("Models of fragments, each loaded at first use.", fragments),
        "__init__.py": rendering.lazy_module("Models, enums and inputs, each loaded at first use.", written.exports),
    }
    (folder / "fragments").mkdir()
    for sources, remove_unused in ((modules, True), (inits, False)):
        formatted = format_many(list(sources.values()), remove_unused_imports=remove_unused)
        for name, code in zip(sources, formatted, strict=True):
            (folder / name).write_text(f"{config.header}\n\n{code}", encoding="utf-8")
    (folder / "py.typed").touch()
    return folder


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()
