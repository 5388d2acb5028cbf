"""Constructors of all operations, for `client.execute` and `client.batch`: `ops.pages_single(1)`.

Those of a namespace are loaded when the first of them is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wikijs_generated.operations import *  # noqa: F403


def __getattr__(name: str) -> object:
    from wikijs_generated import specs

    value: object = getattr(specs, name) if name in specs.__all__ else _unknown(name)
    globals()[name] = value
    return value


def _unknown(name: str) -> object:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from wikijs_generated import specs

    return specs.__all__
