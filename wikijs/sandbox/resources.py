"""The schema's files, wherever this package runs from: inside the wheel, or at the top of a source tree."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def schema_text(name: str) -> str:
    """The text of `wikijs.graphql` or `facts.json`."""
    packaged = files("wikijs").joinpath("_schema", name)
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "schema" / name).read_text(encoding="utf-8")
