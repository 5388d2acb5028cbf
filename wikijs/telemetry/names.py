"""Names of metrics, spans and attributes, in one table: those of GraphQL clients are still drafts and may change.

HTTP names are OpenTelemetry's stable ones. Those of GraphQL follow the draft for clients of the GraphQL working group.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Upper ends in seconds, those of OpenTelemetry's HTTP histograms."""

# OpenTelemetry
CALL_DURATION: Final = "graphql.client.request.duration"
ATTEMPT_DURATION: Final = "http.client.request.duration"
OPERATION_TYPE: Final = "graphql.operation.type"
OPERATION_NAME: Final = "graphql.operation.name"
DOCUMENT_HASH: Final = "graphql.document.hash"
SERVER: Final = "server.address"
PORT: Final = "server.port"
ERROR: Final = "error.type"
METHOD: Final = "http.request.method"
STATUS: Final = "http.response.status_code"
RESENDS: Final = "http.request.resend_count"
TEMPLATE: Final = "url.template"
BATCH_SIZE: Final = "wikijs.batch.size"
OUTCOME: Final = "wikijs.outcome"
PURPOSE: Final = "wikijs.purpose"
SETTLED: Final = "wikijs.settled"
CACHE: Final = "wikijs.cache"

# Prometheus
PREFIX: Final = "wikijs_client_"


@lru_cache(maxsize=1024)
def pascal(name: str) -> str:
    """The name of an operation in a span: `pages.list` is `PagesList`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("."))
