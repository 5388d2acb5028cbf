"""The files that this client was compiled from, wherever it runs: in a source tree or installed from a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[2]
_WHEEL: Final = _PACKAGE / "_schema"
_TREE: Final = _PACKAGE.parent


def find(name: str) -> Path:
    """A file or folder by its place in the source tree, such as `schema/facts.json` or `queries`.

    In a wheel all of them are in `wikijs/_schema`, those of `schema/` at its top.
    """
    return _WHEEL / name.removeprefix("schema/") if _WHEEL.is_dir() else _TREE / name


@cache
def text(name: str) -> str:
    """The text of a file, by its place in the source tree. Read once for a process."""
    return find(name).read_text(encoding="utf-8")


def schema() -> Path:
    """The SDL of the newest Wiki.js that this client knows."""
    return find("schema/wikijs.graphql")


def facts() -> Path:
    """What the SDL does not tell: permissions, rate limits, first versions."""
    return find("schema/facts.json")


def corrections() -> Path:
    """What the SDL gets wrong."""
    return find("schema/corrections.toml")


def queries() -> Path:
    """The folder of this client's operations and fragments, `*.graphql`."""
    return find("queries")


def settings() -> Path:
    """The settings of code generation that this client was compiled with. Their paths hold in the source tree only."""
    return find("codegen.toml")
