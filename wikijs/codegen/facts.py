"""What is known about the server's fields beyond its schema: permissions, first version, rate limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wikijs.codegen.config import Config
from wikijs.codegen.errors import CodegenError
from wikijs.codegen.intermediate import Fact


def load(config: Config) -> dict[str, Fact] | None:
    """Facts by server field (`pages.single`), from the facts file and the settings; None without a file.

    Raises:
        CodegenError: The file is not JSON, or a row lacks something.
    """
    if config.facts is None:
        return None
    name = config.shown(config.facts)
    try:
        facts = json.loads(config.facts.read_text(encoding="utf-8"))
        oldest = facts["versions_with_a_schema_change"][0]
        return {field: _fact(row, oldest) for field, row in {**facts["operations"], **config.facts_of}.items()}
    except ValueError as error:
        raise CodegenError(f"{name}: not valid JSON: {error}.") from None
    except KeyError as error:
        raise CodegenError(f"{name}: something lacks {error}.") from None


def _fact(row: Mapping[str, Any], oldest: str) -> Fact:
    limit = row.get("rate_limit")
    return Fact(
        since="" if row["since"] == oldest else row["since"],
        requires=tuple(row["requires"]),
        rate_limit=(limit["limit"], limit["duration"]) if limit else None,
        note=row.get("note", ""),
    )
