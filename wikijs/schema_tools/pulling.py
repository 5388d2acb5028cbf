"""Writes a schema and the facts about it into a folder."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

from graphql import GraphQLSchema

from wikijs.codegen.errors import CodegenError
from wikijs.core.documents import bundled
from wikijs.core.documents.schema_versions import order

from . import canonical, merging, sources
from .merging import Facts
from .sources import FACTS_FILE, SDL_FILE, Loaded


@dataclass(frozen=True)
class Pulled:
    """What was written.

    Attributes:
        folder: Where it is.
        version: The Wiki.js version, where known.
        changed: Names of the files that are not what they were.
        to_fill_in: Operations of facts.json whose permissions somebody has to look up.
        permissions: Permissions that differ from those known, in words.
    """

    folder: Path
    version: str | None
    changed: tuple[str, ...]
    to_fill_in: tuple[str, ...]
    permissions: tuple[str, ...]


def pull(loaded: Loaded, folder: Path, version: str | None = None, *, own_facts: bool = False) -> Pulled:
    """Write `wikijs.graphql` and `facts.json` for a schema. The files are replaced together, or not at all.

    Facts about what is known come from the folder; from those of this client where the folder has none, or older ones.

    Args:
        loaded: The schema.
        folder: Where to write; made if need be.
        version: The Wiki.js version that it comes from, unless `loaded` says.
        own_facts: Never look at the facts of this client, as in the repository that they come from.

    Raises:
        CodegenError: What is in the folder cannot be read, or the version is none, or needed and not known.
    """
    version = _release(version or loaded.version)
    there = sources.load((folder / SDL_FILE).as_posix()).schema if (folder / SDL_FILE).is_file() else None
    known = _known(folder, there, own_facts)
    merged = merging.merge(known.facts, known.schema, loaded.schema, version, loaded.permissions)
    like = there or known.schema
    texts = {SDL_FILE: canonical.printed(loaded.schema, like), FACTS_FILE: merging.as_text(merged.facts)}
    changed = tuple(name for name, text in texts.items() if _text(folder / name) != text)
    _write({folder / name: texts[name] for name in changed})
    return Pulled(folder, version, changed, merged.to_fill_in, merged.permissions)


def _release(version: str | None) -> str | None:
    """A version without what may follow its numbers, such as `-beta.1`."""
    if version is None:
        return None
    numbers = re.match(r"v?(\d+(?:\.\d+)+)", version)
    if numbers is None:
        raise CodegenError(f"{version} is no version of Wiki.js; write it like 2.5.314.")
    return numbers[1]


class _Known(NamedTuple):
    schema: GraphQLSchema
    facts: Facts


def _known(folder: Path, there: GraphQLSchema | None, own_facts: bool) -> _Known:
    """The schema that facts are known about, with these facts: those of the folder, or of this client."""
    carried = _Known(sources.carried().schema, _facts(bundled.facts()))
    if there is None or not (folder / FACTS_FILE).is_file():
        return carried
    found = _Known(there, _facts(folder / FACTS_FILE))
    if own_facts or _newest(found.facts) >= _newest(carried.facts):
        return found
    for part in ("operations", "field_permissions"):  # what somebody has looked up stays
        carried.facts[part] |= found.facts[part]
    return carried


def _newest(facts: Facts) -> tuple[int, ...]:
    return max(order(version) for version in facts["versions_with_a_schema_change"])


def _facts(path: Path) -> Facts:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CodegenError(f"{path.as_posix()}: not valid JSON: {error}.") from None
    parts = ("versions_with_a_schema_change", "operations", "field_permissions", "since_later", "removed")
    known = cast("dict[str, Any]", facts) if isinstance(facts, dict) else {}
    for part in (*parts, "type_changes"):
        if part not in known:
            raise CodegenError(f"{path.as_posix()}: these are no facts about a schema: `{part}` is missing.")
    return known


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _write(texts: Mapping[Path, str]) -> None:
    """Write all files beside their places first: what can fail has failed before the first one is replaced."""
    new: dict[Path, str] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, new[path] = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(new[path]).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        for path in list(new):
            Path(new.pop(path)).replace(path)
    except OSError as error:
        raise CodegenError(f"{error.filename}: cannot be written: {error.strerror}.") from None
    finally:
        for leftover in new.values():
            Path(leftover).unlink(missing_ok=True)
