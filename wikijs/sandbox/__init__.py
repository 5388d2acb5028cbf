"""A stand-in for Wiki.js 2.5.314, or an older one, in one process: for trying things out, and under tests.

From a request to its response: `app` (ASGI) or `transport` (httpx2, no port) -> `Sandbox.handle` -> `body`, `auth` ->
`endpoint` (GraphQL over HTTP) -> `graphql_request` (parse, validate, execute) -> `schema` (permissions, rate limits) ->
`resolvers/` -> `database`. Everything else goes to `routes/`. Behaviour is that of the measured server, traps included.

Names are loaded at first use: every run of pytest imports this package, for its fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import DataFileError as DataFileError
    from .faults import FaultError as FaultError
    from .sandbox import Sandbox as Sandbox
    from .seeds import UnknownSeedError as UnknownSeedError
    from .versions import UnknownVersionError as UnknownVersionError

_HOMES = {
    "DataFileError": "database",
    "FaultError": "faults",
    "Sandbox": "sandbox",
    "UnknownSeedError": "seeds",
    "UnknownVersionError": "versions",
}

__all__ = ["DataFileError", "FaultError", "Sandbox", "UnknownSeedError", "UnknownVersionError"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
