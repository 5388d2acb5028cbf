"""A stand-in for Wiki.js 2.5.314, or an older one, in one process: for trying things out, and under tests.

From a request to its response: `http.app` (ASGI) or `http.transport` (httpx2, no port) -> `Sandbox.handle` ->
`http.body`, `accounts.tokens` -> `http.endpoint` (GraphQL over HTTP) -> `graphql.requests` (parse, validate, execute)
-> `graphql.schema` (permissions, rate limits) -> `resolvers/` -> `storage.database`. Everything else goes to `routes/`.
Behaviour is that of the measured server, traps included.

Names are loaded at first use: every run of pytest imports this package, for its fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.values.installing import pip_line

if TYPE_CHECKING:
    from .http.faults import FaultError as FaultError
    from .sandbox import Sandbox as Sandbox
    from .seeds.planting import UnknownSeedError as UnknownSeedError
    from .storage.database import DataFileError as DataFileError
    from .versions import UnknownVersionError as UnknownVersionError

_HOMES = {
    "DataFileError": "storage.database",
    "FaultError": "http.faults",
    "Sandbox": "sandbox",
    "UnknownSeedError": "seeds.planting",
    "UnknownVersionError": "versions",
}

__all__ = ["DataFileError", "FaultError", "Sandbox", "UnknownSeedError", "UnknownVersionError"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{_HOMES[name]}", __name__)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("wikijs"):
            raise
        raise ModuleNotFoundError(
            f"The sandbox needs {missing.name}, which is an extra: {pip_line('sandbox')}", name=missing.name
        ) from None
    value = getattr(module, name)
    globals()[name] = value
    return value
