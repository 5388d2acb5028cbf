"""Typed client for Wiki.js 2.x, compiled from its GraphQL schema. Start with `WikiJSClient` or `AsyncWikiJSClient`.

Importing this package loads neither the HTTP library nor a model; names are loaded at first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wikijs.core.identity import Identity as Identity
    from wikijs.core.operations import UNSET as UNSET
    from wikijs.core.operations import Operation as Operation

    from . import exceptions as exceptions
    from . import ops as ops
    from . import q as q
    from .aio import AsyncWikiJSClient as AsyncWikiJSClient
    from .client import WikiJSClient as WikiJSClient

__version__ = "0.1.0"

_HOMES = {
    "AsyncWikiJSClient": "aio",
    "WikiJSClient": "client",
    "Identity": "core.identity",
    "Operation": "core.operations",
    "UNSET": "core.operations",
    "exceptions": "",
    "ops": "",
    "q": "",
}

__all__ = [
    "UNSET",
    "AsyncWikiJSClient",
    "Identity",
    "Operation",
    "WikiJSClient",
    "__version__",
    "exceptions",
    "ops",
    "q",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name) if home else import_module(f".{name}", __name__)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
