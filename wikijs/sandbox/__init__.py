"""A stand-in for Wiki.js 2.5.314 in one process: for trying things out, and under tests.

From a request to its response: `app` (ASGI) or `transport` (httpx2, no port) -> `Sandbox.handle` -> `body`, `auth` ->
`endpoint` (GraphQL over HTTP) -> `graphql_request` (parse, validate, execute) -> `schema` (permissions, rate limits) ->
`resolvers/` -> `database`. Everything else goes to `routes/`. Behaviour is that of the measured server, traps included.
"""

from __future__ import annotations

from .database import DataFileError
from .faults import FaultError
from .sandbox import Sandbox
from .seeds import UnknownSeedError

__all__ = ["DataFileError", "FaultError", "Sandbox", "UnknownSeedError"]
