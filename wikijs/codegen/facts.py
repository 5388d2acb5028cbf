"""What is known about the server's fields beyond its schema: permissions, first version, rate limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wikijs.codegen.intermediate import Fact


def load(path: Path | None, more: Mapping[str, Mapping[str, Any]]) -> dict[str, Fact] | None:
    """Facts by server field (`pages.single`), from a facts file and from rows like its own; None without a file."""
    if path is None:
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    oldest = facts["versions_with_a_schema_change"][0]
    return {name: _fact(row, oldest) for name, row in {**facts["operations"], **more}.items()}


def _fact(row: Mapping[str, Any], oldest: str) -> Fact:
    limit = row.get("rate_limit")
    return Fact(
        since="" if row["since"] == oldest else row["since"],
        requires=tuple(row["requires"]),
        rate_limit=(limit["limit"], limit["duration"]) if limit else None,
        note=row.get("note", ""),
    )
