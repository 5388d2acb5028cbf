"""The modules that the reference reads: those that define what it names, and no others, which halves its time."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from . import api, staging

ROOT: Final = Path(__file__).parents[2]
ROOTS: Final = {"wikijs": ROOT, "wikijs_generated": ROOT / "generated"}
TARGET: Final = ROOT / ".stamps/modules"
Seen = set[tuple[str, str]]


def gather() -> str:
    """Copy the modules into .stamps/modules, from where the reference is made; a sum of all that they say."""
    said, kept = sha256(), set[Path]()
    for module in sorted(needed()):
        path = _file(module)
        target = TARGET / path.relative_to(ROOTS[module.partition(".")[0]])
        text = path.read_bytes()
        said.update(text)
        staging.put(target, text)
        kept.add(target)
    staging.only(TARGET, kept)
    return said.hexdigest()


def needed() -> set[str]:
    """The modules in which the names of the reference are defined, with their packages."""
    seen: Seen = set()
    for door in api.DOORS:
        for name in importlib.import_module(f"wikijs.{door}").__all__:
            _follow(f"wikijs.{door}", name, seen)
    for module in api.MODULES:
        _follow(f"wikijs.{module}", "*", seen)
    for name in ("WikiJSClient", "AsyncWikiJSClient"):
        _follow("wikijs", name, seen)
    for cls in api.facades().values():
        _follow(cls.__module__, cls.__name__, seen)
    modules = {module for module, _ in seen}
    return {
        ".".join(parts[:end]) for parts in (each.split(".") for each in modules) for end in range(1, len(parts) + 1)
    }


def _follow(module: str, name: str, seen: Seen) -> None:
    """Note the module that a name comes from, and those of the classes that it inherits from."""
    if (module, name) in seen or not _file(module).is_file():
        return
    seen.add((module, name))
    imported, bases = _names(module)
    for source, original in imported.get("*", []):
        _follow(source, original, seen)
    for source, original in imported.get(name, []):
        _follow(source, original, seen)
        _follow(f"{source}.{original}", "*", seen)
    for base in bases.get(name, []):
        _follow(module, base, seen)


@cache
def _names(module: str) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[str]]]:
    """What a module imports, from where and as what; and what its classes inherit from."""
    imported: dict[str, list[tuple[str, str]]] = {}
    bases: dict[str, list[str]] = {}
    package = module if _file(module).name == "__init__.py" else module.rpartition(".")[0]
    for node in _statements(ast.parse(_file(module).read_text(encoding="utf-8")).body):
        if isinstance(node, ast.ClassDef):
            bases[node.name] = [each.id for base in node.bases for each in ast.walk(base) if isinstance(each, ast.Name)]
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*up, *([node.module] if node.module else [])])
            for each in node.names:
                imported.setdefault(each.asname or each.name, []).append((source, each.name))
    return imported, bases


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, with those that are for type checkers only."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from _statements(node.body)
            yield from _statements(node.orelse)


def _file(module: str) -> Path:
    """Where a module lies; a path that is not there for one of others."""
    root = ROOTS.get(module.partition(".")[0])
    if root is None:
        return ROOT / ".nowhere"
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
